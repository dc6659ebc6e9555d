import FCGIBridge
import OIDCLogic

/// Where an upstream sends its users back to (RFC 6749 §4.1.2).
struct CallbackHandler {
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
            let parameters = Parameters(try request.queryFields())
            guard let text = try parameters.value("state"), let sealed = try carrier.receive(text),
                let leg = try? UpstreamAttempt(sealed: sealed, opening: provider.seal),
                // RFC 9700 §4.4.2: an answer at the address of one upstream to what was asked of another.
                leg.upstream == upstream.name
            else {
                return provider.errorPage(
                    .expired, .invalidRequest("state is none that this upstream was given here"), for: request)
            }
            return try flow.explaining(request) {
                guard let browser = provider.cookies.browserToken(in: request) else {
                    throw PageForm.Refused(
                        kind: .cookiesBlocked, error: .invalidRequest("the browser sent no cookie of ours"),
                        attempt: leg.attempt)
                }
                guard leg.attempt.belongs(to: browser) else {
                    throw PageForm.Refused(
                        kind: .wrongBrowser, error: .invalidRequest("the sign-in was begun in another browser"),
                        attempt: leg.attempt)
                }
                return provider.answeringPage(request, uiLocales: leg.attempt.request.uiLocales) {
                    try flow.explaining(request) {
                        try UpstreamLeg(flow).finish(leg, at: upstream, parameters, for: request)
                    }
                }
            }
        }
    }
}
