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
            let name = UpstreamName(request.tail)
            let upstream = try provider.upstream(in: request)
            let parameters = Parameters(try request.queryFields())
            guard let text = try parameters.value("state"), let sealed = try carrier.receive(text),
                let leg = try? UpstreamAttempt(sealed: sealed, opening: provider.seal),
                // RFC 9700 §4.4.2: an answer at the address of one upstream to what was asked of another.
                leg.upstream == name
            else {
                guard upstream != nil else {
                    return provider.errorPage(
                        .notFound, .invalidRequest("there is no upstream of that name"), for: request)
                }
                // Anybody can come here with these words, so they stand in the log alone.
                let complaint = UpstreamAnswer.complaint(parameters)
                return provider.errorPage(
                    .expired,
                    .invalidRequest(
                        "state is none that this upstream was given here",
                        cause: complaint.map { "\(name) is said to have answered: \($0)" }), for: request)
            }
            let trace = leg.trace.map { UpstreamTraceRecorder($0, now: provider.now) }
            trace?.note("Came back from the upstream", TraceCut.parameters(try request.queryFields()))
            defer { trace?.save(in: provider.store, log: provider.log) }
            return try flow.explaining(request) {
                guard let browser = provider.cookies.browserToken(in: request) else {
                    trace?.fail("the browser sent no cookie of ours")
                    throw PageForm.Refused(
                        kind: .cookiesBlocked, error: .invalidRequest("the browser sent no cookie of ours"),
                        attempt: leg.attempt)
                }
                guard leg.attempt.belongs(to: browser) else {
                    trace?.fail("the sign-in was begun in another browser")
                    throw PageForm.Refused(
                        kind: .wrongBrowser, error: .invalidRequest("the sign-in was begun in another browser"),
                        attempt: leg.attempt)
                }
                return provider.answeringPage(request, uiLocales: leg.attempt.request.uiLocales) {
                    try flow.explaining(request) {
                        var way = UpstreamLeg(flow)
                        way.trace = trace
                        guard let upstream else { return try way.leadOn(from: name, leg.attempt, for: request) }
                        return try way.finish(leg, at: upstream, parameters, for: request)
                    }
                }
            }
        }
    }
}
