import FCGIBridge
import OIDCLogic

/// What an upstream frames when its user signs out there (Front-Channel Logout 1.0 §2). It ends what this browser's session
/// came from: whoever else calls it ends nothing. A browser sends our cookie from a frame only where the upstream is of the same
/// site; elsewhere the back-channel is the way.
struct FrontchannelHandler {
    let provider: Provider
    private let flow: SignInFlow

    init(_ provider: Provider) {
        self.provider = provider
        flow = SignInFlow(provider)
    }

    func respond(to request: Request) -> Response {
        provider.answeringPage(request) {
            guard let upstream = try provider.upstream(in: request) else {
                return provider.errorPage(
                    .notFound, .invalidRequest("there is no upstream of that name"), for: request)
            }
            let parameters = Parameters(try request.queryFields())
            // §2: both or none; and without them anybody could sign anybody out.
            guard let iss = try parameters.value("iss"), let sid = try parameters.value("sid"),
                iss.hasSameBytes(as: upstream.issuer.value)
            else {
                return provider.errorPage(
                    .badRequest,
                    .invalidRequest(
                        "iss and sid must be there, and iss be the upstream's issuer",
                        detail: .upstream(upstream.name, "signs out by the browser without iss and sid that are right")),
                    for: request)
            }
            let hasEnded = try end(sid, of: upstream, request)
            // It is the end that writes down whom to tell.
            let token = hasEnded ? provider.cookies.sessionToken(in: request) : nil
            let told = try token.map(provider.frontchannelLogouts(of:)) ?? []
            var response = try provider.signedOutPage(
                .done, telling: told, onward: nil, for: request, uiLocales: [])
            response.allowFraming(framing: told.headerFrameSources)
            if hasEnded {
                response.clear([provider.cookies.endingSession])
                provider.tell(nil, by: &response, to: request)
            }
            return response
        }
    }

    private func end(_ sid: String, of upstream: Upstream, _ request: Request) throws -> Bool {
        guard let came = try flow.signedIn(request)?.session.upstream,
            came.link.issuer.hasSameBytes(as: upstream.issuer.value), let own = came.sid, own.hasSameBytes(as: sid)
        else {
            provider.log.info(
                "an upstream signs out by the browser, and its session isn't this browser's",
                metadata: ["upstream": "\(upstream.name)", "request": "\(request.id)"])
            return false
        }
        try provider.acting(as: .upstream(upstream.name), by: .upstream, request) {
            _ = try provider.store.endSessions(
                ofUpstream: came.link.issuer, sid: sid, subject: came.link.subject)
        }
        return true
    }
}
