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
            guard let upstream = try provider.upstream(in: request) else {
                return provider.errorPage(
                    .notFound, .invalidRequest("there is no upstream of that name"), for: request)
            }
            return request.method == .post ? fromPage(to: upstream, request) : straight(to: upstream, request)
        }
    }

    private func fromPage(to upstream: Upstream, _ request: Request) -> Response {
        flow.answering(request) { form in
            try form.requireLoginToken(opening: provider.seal)
            return try UpstreamLeg(flow).begin(form.attempt, at: upstream, for: request)
        }
    }

    private func straight(to upstream: Upstream, _ request: Request) -> Response {
        provider.answeringPage(request) {
            let parameters = Parameters(try request.queryFields())
            if let token = try parameters.value("trace") {
                return try UpstreamTraceLink(flow).follow(token, to: upstream, request)
            }
            guard let text = try parameters.value("attempt"), let sealed = try carrier.receive(text),
                let attempt = try? Attempt(sealed: sealed, opening: provider.seal)
            else {
                return provider.errorPage(
                    .expired, .invalidRequest("this address belongs to a sign-in that is over"), for: request)
            }
            let isAsked = try parameters.value("ask") == "session"
            return provider.answeringPage(request, uiLocales: attempt.request.uiLocales) {
                try flow.explaining(request) {
                    let leg = UpstreamLeg(flow)
                    return isAsked
                        ? try leg.ask(about: attempt, upstream, for: request)
                        : try leg.begin(attempt, at: upstream, for: request)
                }
            }
        }
    }
}

extension Provider {
    /// The one that the request's path names.
    func upstream(in request: Request) throws -> Upstream? {
        try signInOptions().upstream(named: UpstreamName(request.tail))
    }
}
