import JOSE

/// A success of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
package struct TokenResponse: Sendable {
    package let accessToken: String
    /// In seconds.
    package let expiresIn: Int64
    package let scope: Scope
    /// Only where `openid` was granted.
    package let idToken: String?
    /// Only where `offline_access` was granted.
    package let refreshToken: String?

    package init(accessToken: String, expiresIn: Int64, scope: Scope, idToken: String?, refreshToken: String?) {
        self.accessToken = accessToken
        self.expiresIn = expiresIn
        self.scope = scope
        self.idToken = idToken
        self.refreshToken = refreshToken
    }

    package var json: JSON {
        var object: [String: JSON] = [
            "access_token": .string(accessToken),
            "token_type": .string("Bearer"),
            "expires_in": .integer(expiresIn),
            "scope": .string(scope.description),
        ]
        object["id_token"] = idToken.map(JSON.string)
        object["refresh_token"] = refreshToken.map(JSON.string)
        return .object(object)
    }
}
