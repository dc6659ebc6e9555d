import FCGIBridge
import OIDCLogic

/// Where a traced sign-in begins: by a link that an administrator made, and that serves once. It leads to the account's pages.
struct UpstreamTraceLink {
    private let flow: SignInFlow

    init(_ flow: SignInFlow) { self.flow = flow }

    /// The token stands in the query, which no log holds.
    static func address(_ token: UpstreamTraceToken, of upstream: UpstreamName, issuer: Issuer) -> String {
        issuer.endpoint("upstream/\(upstream)") + "?trace=\(token.text)"
    }

    func follow(_ text: String, to upstream: Upstream, _ request: Request) throws -> Response {
        let provider = flow.provider
        // What looks at a link before anybody follows it is no person, and spends it not.
        guard request.isOfPerson, let token = UpstreamTraceToken(presented: text),
            let trace = try provider.store.beginUpstreamTrace(digest: token.digest, at: provider.now()),
            trace.upstream == upstream.name
        else {
            return provider.errorPage(
                .expired, .invalidRequest("the link of this trace was used, or is over; make another"), for: request)
        }
        let recorder = UpstreamTraceRecorder(trace.id, now: provider.now)
        defer { recorder.save(in: provider.store, log: provider.log) }
        recorder.note("Somebody followed the link", ["address": .string(request.remoteAddress)])
        let raw = try AuthorizationRequest(Parameters(flow.fields(ofSignInBy: .account, for: request)))
        let known = provider.cookies.browserToken(in: request)
        let browser = known ?? BrowserToken(random: provider.random)
        let attempt = Attempt(raw, in: browser, at: provider.now(), random: provider.random)
        var leg = UpstreamLeg(flow)
        leg.trace = recorder
        var response = try flow.explaining(request) { try leg.begin(attempt, at: upstream, for: request) }
        if known == nil { response.setCookie(provider.cookies.setting(browser)) }
        return response
    }
}
