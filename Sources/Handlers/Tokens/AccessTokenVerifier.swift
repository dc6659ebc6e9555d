import JOSE
import OIDCLogic

/// Finds out whether an access token is ours and still good.
struct AccessTokenVerifier {
    let provider: Provider

    /// Throws `invalid_token`, or why it can't be told now.
    func verify(_ text: String) throws -> LiveAccessToken {
        let token = try read(text)
        let store = provider.store
        let grant = try store.grant(token.grantID)
        let user = try grant.flatMap { try store.user($0.userID) }
        return try LiveAccessToken(
            token, of: LiveGrant(grant, client: try store.client(token.clientID), user: user))
    }

    /// RFC 9068 §4. The algorithm is ours to say, not the token's (RFC 8725 §3.1).
    private func read(_ text: String) throws -> AccessToken {
        do {
            let jws = try UnverifiedJWS(text)
            guard let id = jws.keyID, let key = try provider.keys.verificationKeys(from: provider.store)[id] else {
                throw OAuthError.invalidToken("the token was not signed by a key of ours")
            }
            let verified = try jws.verified(by: key, algorithm: KeyRing.accessTokenAlgorithm, type: AccessToken.type)
            return try AccessToken(verified: try verified.claims(), issuer: provider.issuer, at: provider.now())
        } catch let error as JWSError {
            throw OAuthError.invalidToken("the token is no valid access token of ours", cause: "\(error)")
        }
    }
}
