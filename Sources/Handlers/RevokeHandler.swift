import FCGIBridge
import JOSE
import OIDCLogic

/// The revocation endpoint (RFC 7009).
struct RevokeHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.servingTokens(request) {
            let inquiry = try TokenInquiry(request, provider: provider)
            if try revoke(inquiry.token, for: inquiry.client.client) {
                provider.note(.revoked, for: inquiry.client.client.id, request)
            }
            // §2.2: also where there was nothing to revoke.
            return .json([:])
        }
    }

    /// A refresh token takes with it all that its grant gave (§2.1); an access token goes alone. False: there was nothing to
    /// revoke.
    private func revoke(_ text: String, for client: Client) throws -> Bool {
        if let token = try? RefreshToken(text, seal: provider.seal) {
            guard let grant = try provider.store.grant(token.grantID) else { return false }
            try requireOwn(grant.clientID, client, .refreshToken)
            try provider.store.revoke(grant.id, because: .requested)
            return !grant.isRevoked
        }
        let live: LiveAccessToken
        do {
            live = try AccessTokenVerifier(provider: provider).verify(text)
        } catch let error as OAuthError where error.code == .invalidToken {
            return false
        }
        try requireOwn(live.token.clientID, client, .accessToken)
        try provider.store.revoke(live.token.id, until: live.token.expiresAt)
        return true
    }

    /// §2.1: "If this validation fails, the request is refused".
    private func requireOwn(
        _ owner: ClientID, _ client: Client, _ kind: RefusalDetail.CredentialKind
    ) throws(OAuthError) {
        guard owner == client.id else {
            throw .invalidGrant(
                "the token was issued to another client", cause: "token of \(owner), sent by \(client.id)",
                detail: .credential(kind, .ofAnotherClient(owner)))
        }
    }
}
