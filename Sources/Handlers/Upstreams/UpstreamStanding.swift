import OIDCLogic

extension Provider {
    /// Whether a grant may be refreshed, as its upstream has it: asked at most every so often (``UpstreamRhythm``).
    ///
    /// - Parameter client: the grant's.
    ///
    /// Throws `invalid_grant` for whoever is gone there, or has to sign in there again, and `temporarily_unavailable` where
    /// nobody has known for too long.
    func requireStanding(of grant: Grant, for client: Client) throws {
        guard let (upstream, link) = try knownStanding(of: grant, for: client) else { return }
        let standing = link.check.standing(by: upstream.rhythm, at: now())
        guard standing != .fresh else { return upstreams.breaker.note(upstream.name, answeredAt: link.check.at) }
        switch try UpstreamRecheck(provider: self).verdictInPassing(on: link, of: upstream) {
        case .valid: return
        case .gone:
            throw OAuthError.invalidGrant(
                "the user may no longer sign in", cause: "gone at the upstream \(upstream.name)",
                detail: .credential(.refreshToken, .userEnded))
        case .needsSignIn, .usedUp: throw OAuthError.upstreamSignInNeeded(upstream.name)
        case .unreachable(let cause), .unanswered(let cause):
            guard standing == .due else {
                throw OAuthError.temporarilyUnavailable(
                    cause: "\(upstream.name) \(cause)", detail: .upstream(upstream.name, cause))
            }
        }
    }

    /// What is known of that without asking anybody: whose word it rests on. Nil: no upstream's.
    ///
    /// Throws `invalid_grant` as ``requireStanding(of:for:)`` does.
    func knownStanding(of grant: Grant, for client: Client) throws -> (upstream: Upstream, link: UpstreamLink)? {
        let upstream = try grant.upstream.flatMap { try signInOptions().upstream(of: $0) }
        guard client.metadata.upstreams.admit(upstream?.name) else {
            throw OAuthError.invalidGrant(
                "the user has to sign in where this client's users do", cause: "upstreams of the client has changed",
                detail: .credential(.refreshToken, .sessionOver))
        }
        guard let id = grant.upstream else { return nil }
        guard let upstream, let link = try store.upstreamLink(id),
            link.userID == grant.userID
        else {
            throw OAuthError.invalidGrant(
                "the user has to sign in again", cause: "the upstream \(id.issuer), or the link to it, is no more",
                detail: .credential(.refreshToken, .sessionOver))
        }
        guard !link.check.needsSignIn else { throw OAuthError.upstreamSignInNeeded(upstream.name) }
        return (upstream, link)
    }
}

extension OAuthError {
    fileprivate static func upstreamSignInNeeded(_ upstream: UpstreamName) -> Self {
        .invalidGrant(
            "the user has to sign in again at their identity provider", cause: "upstream \(upstream)",
            detail: .upstream(upstream, "wants its user to sign in again before it says anything of them"))
    }
}
