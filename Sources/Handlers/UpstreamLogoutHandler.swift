import FCGIBridge
import JOSE
import OIDCLogic

/// Where an upstream tells that somebody is no longer signed in there (Back-Channel Logout 1.0 §2.5). What it ends here is
/// told to every app in turn.
struct UpstreamLogoutHandler {
    let provider: Provider

    private static let limit = 8 * 1024

    func respond(to request: Request) -> Response {
        provider.answeringJSON(request) {
            guard let upstream = try provider.upstream(in: request) else {
                throw OAuthError.invalidRequest("there is no upstream of that name")
            }
            let parameters = Parameters(try request.formFields())
            guard let text = try parameters.value("logout_token", limit: Self.limit) else {
                throw OAuthError.invalidRequest(
                    "logout_token is missing", detail: .parameter("logout_token", .absent))
            }
            do {
                let token = try verified(text, of: upstream)
                try end(token, of: upstream, request)
                // After it: where the store fails in between, the upstream repeats it, and ending twice is ending once.
                _ = try provider.store.spend(token.id, until: token.end)
            } catch let fault as UpstreamLogoutToken.Fault {
                throw fault.error(of: upstream.name)
            } catch let fault as UpstreamFault {
                throw OAuthError.temporarilyUnavailable(
                    cause: "\(upstream.name) \(fault)", detail: .upstream(upstream.name, "\(fault)"))
            }
            // §2.8
            var response = Response(status: .ok)
            response[.cacheControl] = "no-store"
            return response
        }
    }

    private func verified(_ text: String, of upstream: Upstream) throws -> UpstreamLogoutToken {
        provider.store.moveOn()
        let metadata = try provider.metadata(of: upstream)
        let token = try UpstreamLogoutToken(
            text, from: upstream, metadata, keys: provider.publishedKeys, at: provider.now())
        // §2.6: one that is replayed ends nothing, such as a session that was begun since.
        guard try !provider.store.isSpent(token.id) else { throw UpstreamLogoutToken.Fault.usedBefore }
        return token
    }

    private func end(_ token: UpstreamLogoutToken, of upstream: Upstream, _ request: Request) throws {
        let ended = try provider.acting(as: .upstream(upstream.name), by: .upstream, request) {
            switch token.ended {
            case .session(let sid, let subject):
                try provider.store.endSessions(ofUpstream: upstream.issuer.value, sid: sid, subject: subject)
            case .person(let subject): try endEverything(of: subject, at: upstream)
            }
        }
        // An upstream that believes to sign people out, and doesn't, is a riddle without this line.
        provider.log.log(
            level: ended > 0 ? .info : .notice,
            ended > 0
                ? "an upstream has signed somebody out" : "an upstream signs out somebody who isn't signed in here",
            metadata: ["upstream": "\(upstream.name)", "request": "\(request.id)", "sessions": "\(ended)"])
    }

    /// Whoever is gone there has nothing left here, refresh tokens included.
    private func endEverything(of subject: String, at upstream: Upstream) throws -> Int {
        let store = provider.store
        store.moveOn()
        let link = UpstreamLinkID(issuer: upstream.issuer.value, subject: subject)
        guard let known = try store.upstreamLink(link), let user = try store.user(known.userID) else { return 0 }
        let sessions = try store.sessions(of: user.id, limit: 100).count
        try UserAdministration(store: store, now: provider.now).signOut(user)
        try leaveNothingToAskWith(known)
        return sessions
    }

    /// Tokens that ended with the sign-out would look like the end of the user.
    private func leaveNothingToAskWith(_ known: UpstreamLink) throws {
        let store = provider.store
        // A check that ended meanwhile has left others. Whoever has signed in meanwhile keeps theirs.
        for _ in 0..<3 {
            store.moveOn()
            guard let link = try store.upstreamLink(known.id), link.lastUsedAt == known.lastUsedAt else { return }
            var check = link.check
            (check.needsSignIn, check.sealedTokens, check.nextAt) = (true, nil, nil)
            if try store.record(check, of: link.id, after: link.check, telling: nil, at: provider.now()) { return }
        }
    }
}

extension UpstreamLogoutToken.Fault {
    fileprivate func error(of upstream: UpstreamName) -> OAuthError {
        let cause = "gave a logout token that can't be taken: \(self)"
        return switch self {
        case .unavailableKeys:
            .temporarilyUnavailable(cause: "\(upstream) \(cause)", detail: .upstream(upstream, cause))
        default:
            .invalidRequest(
                "the logout token can't be taken", cause: "\(upstream) \(cause)", detail: .upstream(upstream, cause))
        }
    }
}
