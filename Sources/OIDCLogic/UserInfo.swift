import JOSE

/// The userinfo answer (OpenID Connect Core §5.3).
package enum UserInfo {
    /// The claims for a token, as its user and its grant are now.
    package static func claims(
        for token: AccessToken, client: Client?, user: User?, grant: Grant?
    ) throws(OAuthError) -> JSON {
        guard let grant, !grant.isRevoked, grant.clientID == token.clientID, grant.userID == token.subject else {
            throw .invalidToken("the token has been revoked")
        }
        guard client != nil else { throw .invalidToken("the token's client has been removed") }
        guard let user, !user.isDisabled else { throw .invalidToken("the token's user can no longer sign in") }
        guard token.scope.contains(Scope.openID) else {
            throw .insufficientScope("userinfo wants a token with the scope openid")
        }
        var claims = StandardClaims.released(to: token.scope, of: user)
        claims["sub"] = .string(user.id.value)
        return .object(claims)
    }
}
