import JOSE
import OIDCLogic

/// Makes and signs tokens. Its keys are fetched first, so that nothing is spent where nothing can be signed.
struct TokenIssuer {
    private let provider: Provider
    private let accessTokenKey: SigningKey
    /// Nil: there is no ID token.
    private let idTokenKey: SigningKey?

    /// Throws `server_error` where a key is missing.
    init(_ provider: Provider, for client: Client, scope: Scope) throws {
        self.provider = provider
        accessTokenKey = try provider.keys.signingKey(KeyRing.accessTokenAlgorithm, from: provider.store)
        idTokenKey =
            scope.contains(Scope.openID)
            ? try provider.keys.signingKey(client.metadata.idTokenSignedResponseAlg, from: provider.store) : nil
    }

    /// - Parameters:
    ///   - release: of the same grant, for the ID token and the access token.
    ///   - nonce: that of the authorization request, for its own answer alone.
    func issue(for live: LiveGrant, releasing release: ClaimRelease, nonce: String?) throws -> TokenResponse {
        let now = provider.now()
        let accessToken = try JWS.sign(
            header: AccessToken.type,
            claims: AccessToken.claims(
                for: live, releasing: release, issuer: provider.issuer, lifetimes: provider.lifetimes, at: now,
                random: provider.random),
            key: accessTokenKey)
        let idToken = try idTokenKey.map { key in
            try JWS.sign(
                header: IDToken.type,
                claims: IDToken.claims(
                    for: live, releasing: release, nonce: nonce, accessToken: accessToken, issuer: provider.issuer,
                    lifetimes: provider.lifetimes, at: now),
                key: key)
        }
        return TokenResponse(
            accessToken: accessToken, expiresIn: provider.lifetimes.accessToken, scope: live.scope, idToken: idToken)
    }
}
