import FCGIBridge
import OIDCLogic

/// Where a user sets out to an upstream: from a button of the login page, or sent by `authorize` without a page.
struct UpstreamHandler {
    let provider: Provider
    private let flow: SignInFlow
    private let carrier: Carrier

    init(_ provider: Provider) {
        self.provider = provider
        flow = SignInFlow(provider)
        carrier = Carrier(store: provider.store, now: provider.now)
    }

    func respond(to request: Request) -> Response {
        provider.answeringPage(request) {
            let upstream = try provider.upstream(in: request)
            if request.method == .post { return fromPage(to: upstream, request) }
            return try upstream.map { straight(to: $0, request) } ?? straightToNone(request)
        }
    }

    /// - Parameter upstream: nil: there is none of that name, or not any more.
    private func fromPage(to upstream: Upstream?, _ request: Request) -> Response {
        flow.answering(request) { form in
            try form.requireLoginToken(opening: provider.seal)
            guard let upstream else {
                return try UpstreamLeg(flow).leadOn(from: UpstreamName(request.tail), form.attempt, for: request)
            }
            return try UpstreamLeg(flow).begin(form.attempt, at: upstream, for: request)
        }
    }

    private func straight(to upstream: Upstream, _ request: Request) -> Response {
        provider.answeringPage(request) {
            let parameters = Parameters(try request.queryFields())
            if let token = try parameters.value("trace") {
                return try UpstreamTraceLink(flow).follow(token, to: upstream, request)
            }
            guard let attempt = try attempt(parameters) else {
                return provider.errorPage(
                    .expired, .invalidRequest("this address belongs to a sign-in that is over"), for: request)
            }
            let isAsked = try parameters.value("ask") == "session"
            return provider.answeringPage(request, uiLocales: attempt.request.uiLocales) {
                try flow.explaining(request) {
                    let leg = UpstreamLeg(flow)
                    let browser = provider.cookies.browserToken(in: request)
                    // An address of another sign-in, which would lead nowhere in the end. Where cookies are blocked there is none of
                    // one's own, and the way back says so.
                    guard browser == nil || attempt.belongs(to: browser) else {
                        return try leg.beginAnew(attempt, for: request)
                    }
                    return isAsked
                        ? try leg.ask(about: attempt, upstream, for: request)
                        : try leg.begin(attempt, at: upstream, for: request)
                }
            }
        }
    }

    private func straightToNone(_ request: Request) throws -> Response {
        guard let attempt = try attempt(Parameters(try request.queryFields())) else {
            return provider.errorPage(.notFound, .invalidRequest("there is no upstream of that name"), for: request)
        }
        return provider.answeringPage(request, uiLocales: attempt.request.uiLocales) {
            try flow.explaining(request) {
                try UpstreamLeg(flow).leadOn(from: UpstreamName(request.tail), attempt, for: request)
            }
        }
    }

    private func attempt(_ parameters: Parameters) throws -> Attempt? {
        guard let text = try parameters.value("attempt"), let sealed = try carrier.receive(text) else { return nil }
        return try? Attempt(sealed: sealed, opening: provider.seal)
    }
}

extension Provider {
    /// The one that the request's path names.
    func upstream(in request: Request) throws -> Upstream? {
        try signInOptions().upstream(named: UpstreamName(request.tail))
    }
}
