import JOSE

/// The userinfo answer (OpenID Connect Core §5.3).
package enum UserInfo {
    /// The claims for a token, as its user and its grant are now.
    package static func claims(
        for token: LiveAccessToken, in catalogue: ScopeCatalogue
    ) throws(OAuthError) -> JSON {
        guard token.scope.contains(Scope.openID) else {
            throw .insufficientScope("userinfo wants a token with the scope openid")
        }
        guard case .user(let live) = token.subject else {
            throw .invalidToken("the token is about a client, and no user's")
        }
        var claims = ClaimRelease(live, in: catalogue).claims(for: .userInfo)
        claims["sub"] = .string(live.user.id.value)
        return .object(claims)
    }
}
