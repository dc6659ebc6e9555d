import FCGIBridge
import JOSE
import OIDCLogic

/// Where a sign-out sets out to an upstream, and comes back from it (RP-Initiated Logout 1.0 §2 and §3). The session here has
/// ended already: whatever goes wrong from here on, the way goes on to the app.
struct UpstreamSignOutHandler {
    let provider: Provider
    private let carrier: Carrier

    init(_ provider: Provider) {
        self.provider = provider
        carrier = Carrier(store: provider.store, now: provider.now)
    }

    func respond(to request: Request) -> Response {
        provider.answeringPage(request) {
            let parameters = Parameters(try request.queryFields())
            if let text = try parameters.value("begin") { return try begin(text, request) }
            let state = try parameters.value("state").flatMap { try carrier.receive($0) }
                .flatMap { try? UpstreamSignOut(state: $0, opening: provider.seal) }
            // An upstream that brings no state back has signed its user out all the same.
            return finish(state, request)
        }
    }

    private func begin(_ text: String, _ request: Request) throws -> Response {
        guard let sealed = try carrier.receive(text),
            let (signOut, hint) = try? UpstreamSignOut.opened(sealed, by: provider.seal)
        else { return finish(nil, request) }
        guard signOut.startedAt.isWithin(provider.lifetimes.attempt, of: provider.now()),
            let upstream = try provider.upstream(in: request), upstream.name == signOut.upstream, upstream.signsOut
        else { return finish(signOut, request) }
        let state = try carrier.carry(
            signOut.sealedState(by: provider.seal), in: 512, from: request.remoteAddress, isOfSomeoneSignedIn: true,
            for: provider.lifetimes.attempt)
        provider.store.moveOn()
        guard let endpoint = endpoint(of: upstream, request) else { return finish(signOut, request) }
        let asked = UpstreamLogoutRequest(
            to: upstream, at: endpoint, hint, state: state, uiLocales: signOut.uiLocales, from: provider.issuer)
        return provider.redirect(to: asked.uri, for: request)
    }

    /// Nil: it has none, or isn't there now. Nobody is led to a server that doesn't answer.
    private func endpoint(of upstream: Upstream, _ request: Request) -> WebURI? {
        let cause: String
        do throws(UpstreamFault) {
            if let endpoint = try provider.upstreams.present(upstream, note: { provider.note($0, of: upstream.name) })
                .endSessionEndpoint
            {
                return endpoint
            }
            cause = "its discovery document has no end_session_endpoint"
        } catch {
            cause = "\(error)"
        }
        provider.log.notice(
            "nobody could be signed out at the upstream",
            metadata: ["upstream": "\(upstream.name)", "request": "\(request.id)", "cause": "\(cause)"])
        return nil
    }

    private func finish(_ signOut: UpstreamSignOut?, _ request: Request) -> Response {
        if let destination = signOut?.destination { return provider.redirect(to: destination, for: request) }
        return provider.page(SignedOutPage(.done), for: request, uiLocales: signOut?.uiLocales ?? [])
    }
}
