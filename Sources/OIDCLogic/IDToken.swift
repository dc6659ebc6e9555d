import JOSE

/// The ID token (OpenID Connect Core §2), with the claims of the client's preset.
package enum IDToken {
    /// RFC 8725 §3.11: no other kind of token has this `typ`.
    package static let type = "JWT"

    package static func claims(
        for accepted: CodeExchange.Accepted, accessToken: String, issuer: Issuer, lifetimes: Lifetimes,
        at now: Timestamp
    ) -> JSON {
        let code = accepted.code
        let client = accepted.client
        var claims: [String: JSON] = [:]
        if client.preset == .mendix {
            claims = StandardClaims.released(to: code.scope, of: accepted.user)
            claims["scope"] = .string(code.scope.description)
            claims["name"] = .string(accepted.user.displayName)
            claims["preferred_username"] = StandardClaims.preferredUsername(of: accepted.user)
            claims["username"] = .string(accepted.user.username.value)
        }
        claims["iss"] = .string(issuer.value)
        claims["sub"] = .string(code.userID.value)
        claims["aud"] = .string(client.id.value)
        claims["exp"] = .integer((now + lifetimes.idToken).seconds)
        claims["iat"] = .integer(now.seconds)
        claims["auth_time"] = .integer(code.authTime.seconds)
        claims["nonce"] = code.nonce.map(JSON.string)
        claims["at_hash"] = .string(client.metadata.idTokenSignedResponseAlg.leftHalfHash(of: accessToken))
        claims["sid"] = .string(code.sid)
        claims["acr"] = .string(code.acr)
        claims["amr"] = .array(code.amr.map(JSON.string))
        return .object(claims)
    }
}
