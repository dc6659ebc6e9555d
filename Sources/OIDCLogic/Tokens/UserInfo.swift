import JOSE

/// The userinfo answer (OpenID Connect Core §5.3).
package enum UserInfo {
    /// What common libraries take. An ID token has claims that this one lacks (`exp`, `iat`), so neither passes for the other.
    package static let type = "JWT"

    package static func signedClaims(_ claims: JSON, for client: Client, issuer: Issuer) -> JSON {
        var object = claims.objectValue ?? [:]
        object["iss"] = .string(issuer.value)
        object["aud"] = .string(client.id.value)
        return .object(object)
    }

    /// The claims for a token, as its user and its grant are now.
    package static func claims(
        for token: LiveAccessToken, in catalogue: ScopeCatalogue, issuer: Issuer
    ) throws(OAuthError) -> JSON {
        guard case .user(let live) = token.subject else {
            throw .invalidToken("the token is about a client, and no user's")
        }
        guard token.token.isFor(issuer.value, token.token.clientID.value) else {
            throw .invalidToken("the token is for another audience")
        }
        guard token.token.scope.contains(Scope.openID) else {
            throw .insufficientScope("userinfo wants a token with the scope openid")
        }
        var claims = ClaimRelease(live, in: catalogue).claims(for: .userInfo)
        claims["sub"] = .string(live.user.id.value)
        return .object(claims)
    }
}
