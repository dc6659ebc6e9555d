import JOSE
import OIDCLogic

/// Finds out whether an access token is ours and still good. Whom it is for, the caller looks at.
struct AccessTokenVerifier {
    let provider: Provider

    /// Throws `invalid_token`, or why it can't be told now.
    func verify(_ text: String) throws -> LiveAccessToken {
        let token = try provider.verifiedTokens.token(text, at: try provider.store.generation()) {
            try AccessToken(verified: try claims(of: text), issuer: provider.issuer)
        }
        try token.requireTime(provider.now())
        let store = provider.store
        guard try !store.isRevoked(token.id) else {
            throw OAuthError.invalidToken("the token has been revoked", detail: .credential(.accessToken, .revoked))
        }
        guard let client = try store.client(token.clientID) else {
            throw OAuthError.invalidToken(
                "the token's client has been removed", detail: .credential(.accessToken, .clientRemoved))
        }
        guard let grantID = token.grantID else { return try LiveAccessToken(token, of: client) }
        let grant = try store.grant(grantID)
        let user = try grant.flatMap { try store.user($0.userID) }
        return try LiveAccessToken(
            token, of: LiveGrant(grant, client: client, user: user, subjects: try provider.subjects(of: client)))
    }

    private func claims(of text: String) throws -> JSON {
        do {
            return text.utf8.contains(UInt8(ascii: ".")) ? try signed(text) : try sealed(text)
        } catch let error as JWSError {
            throw OAuthError.invalidToken(
                "the token is no valid access token of ours", cause: "\(error)",
                detail: .credential(.accessToken, .foreign))
        } catch let error as SealError {
            throw OAuthError.invalidToken(
                "the token is no valid access token of ours", cause: "\(error)",
                detail: .credential(.accessToken, .foreign))
        }
    }

    /// RFC 9068 §4. The algorithm is the key's own, whatever the token says (RFC 8725 §3.1), and no other kind of token
    /// that the same key signs has this type (§3.11).
    private func signed(_ text: String) throws -> JSON {
        let jws = try UnverifiedJWS(text)
        guard let id = jws.keyID, let key = try provider.keys.verificationKeys(from: provider.store)[id],
            let algorithm = key.algorithm
        else {
            throw OAuthError.invalidToken(
                "the token was not signed by a key of ours", detail: .credential(.accessToken, .foreign))
        }
        return try jws.verified(by: key, algorithm: algorithm, type: AccessToken.type).claims()
    }

    private func sealed(_ text: String) throws -> JSON {
        let bytes = try provider.seal.open(text, purpose: .accessToken)
        return try JSON(parsing: bytes)
    }
}
