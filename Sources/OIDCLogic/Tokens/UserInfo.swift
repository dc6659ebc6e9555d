import JOSE

/// The userinfo answer (OpenID Connect Core §5.3).
package enum UserInfo {
    /// Whom a token is about. Throws `insufficient_scope` or `invalid_token` for one that is no good here.
    package static func subject(of token: LiveAccessToken) throws(OAuthError) -> ClaimSubject {
        guard token.scope.contains(Scope.openID) else {
            throw .insufficientScope("userinfo wants a token with the scope openid")
        }
        guard case .user(let live) = token.subject else {
            throw .invalidToken("the token is about a client, and no user's")
        }
        return ClaimSubject(live, scope: token.scope)
    }

    /// The claims about `subject`, as they are now.
    package static func claims(about subject: ClaimSubject, releasing release: ClaimRelease) -> JSON {
        var claims = release.claims(for: .userInfo)
        claims["sub"] = .string(subject.user.id.value)
        return .object(claims)
    }
}
