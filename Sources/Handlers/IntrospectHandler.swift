import FCGIBridge
import JOSE
import OIDCLogic

/// The introspection endpoint (RFC 7662).
struct IntrospectHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.servingTokens(request) {
            let inquiry = try TokenInquiry(request, provider: provider)
            let answer = try answer(inquiry.token, to: inquiry.client)
            provider.store.noteUse(of: inquiry.client.client.id, at: provider.now())
            provider.note(.introspected, for: inquiry.client.client.id, request)
            return .json(answer)
        }
    }

    /// §2.2: what is wrong with a token is not said, but a store that can't answer is no inactive token.
    private func answer(_ text: String, to client: AuthenticatedClient) throws -> JSON {
        do {
            if let refreshed = try refreshToken(text, of: client) { return refreshed }
            let live = try AccessTokenVerifier(provider: provider).verify(text)
            guard Introspection.maySee(live.token, client.client, issuer: provider.issuer) else {
                return Introspection.inactive
            }
            return Introspection.answer(claims: try provider.introspectedClaims(of: live))
        } catch let error as OAuthError where error.code == .invalidToken {
            return Introspection.inactive
        }
    }

    /// Nil: it is none of ours.
    private func refreshToken(_ text: String, of client: AuthenticatedClient) throws -> JSON? {
        guard let token = try? RefreshToken(text, seal: provider.seal) else { return nil }
        let store = provider.store
        guard let grant = try store.grant(token.grantID), grant.clientID == client.client.id,
            client.client.metadata.grantTypes.contains(.refreshToken), !client.client.metadata.isPublic,
            let family = grant.refresh, constantTimeEqual(family.digest, token.digest)
        else { return Introspection.inactive }
        // Whichever comes first: the second moves with the configuration.
        let end = min(family.expiresAt, grant.createdAt + provider.lifetimes.refreshTokenAbsolute)
        guard provider.now() < end else { return Introspection.inactive }
        // Nobody asks the upstream for it: where its word is old, or it is down, the next refresh may still be taken.
        do { _ = try provider.knownStanding(of: grant, for: client.client) } catch let error as OAuthError
            where error.code == .invalidGrant
        {
            return Introspection.inactive
        }
        let live = try LiveGrant(
            grant, client: client.client, user: try store.user(grant.userID),
            subjects: try provider.subjects(of: client.client))
        return Introspection.answer(refreshing: live, until: end, issuer: provider.issuer)
    }
}
