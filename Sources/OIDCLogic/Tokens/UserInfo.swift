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

    /// Whom a token is about. Throws `insufficient_scope` or `invalid_token` for one that is no good here.
    package static func subject(
        of token: LiveAccessToken, in catalogue: ScopeCatalogue, issuer: Issuer
    ) throws(OAuthError) -> ClaimSubject {
        guard case .user(let live) = token.subject else {
            throw .invalidToken(
                "the token is about a client, and no user's", detail: .credential(.accessToken, .otherAudience))
        }
        guard token.token.isFor(issuer.value, token.token.clientID.value) else {
            throw .invalidToken("the token is for another audience", detail: .credential(.accessToken, .otherAudience))
        }
        guard token.scope.contains(Scope.openID) else {
            throw .insufficientScope("userinfo wants a token with the scope openid", detail: .scope(.tooLittle))
        }
        return ClaimSubject(live, scope: token.scope, in: catalogue)
    }

    /// The claims about the token's user, as they are now. §5.3.2: `sub` is that of the ID token.
    package static func claims(of token: LiveAccessToken, releasing released: [String: JSON]) -> JSON {
        var claims = released
        claims["sub"] = .string(token.subject.value)
        return .object(claims)
    }
}
