import JOSE

/// The ID token (OpenID Connect Core §2).
package enum IDToken {
    /// RFC 8725 §3.11: no other kind of token has this `typ`.
    package static let type = "JWT"

    /// - Parameters:
    ///   - released: about the user.
    ///   - nonce: that of the authorization request; nil at a refresh (§12.2).
    ///   - accessToken: the one that it comes with.
    package static func claims(
        for live: LiveGrant, releasing released: [String: JSON], nonce: String?, accessToken: String, issuer: Issuer,
        lifetimes: Lifetimes, at now: Timestamp
    ) -> JSON {
        let authentication = live.grant.authentication
        let client = live.client
        var claims = released
        claims["iss"] = .string(issuer.value)
        claims["sub"] = .string(live.subject.value)
        claims["aud"] = .string(client.id.value)
        claims["exp"] = .integer((now + lifetimes.idToken).seconds)
        claims["iat"] = .integer(now.seconds)
        claims["auth_time"] = authentication.authTime.map { .integer($0.seconds) }
        claims["nonce"] = nonce.map(JSON.string)
        claims["at_hash"] = .string(client.metadata.idTokenSignedResponseAlg.leftHalfHash(of: accessToken))
        claims["sid"] = .string(authentication.sid)
        claims["acr"] = authentication.acr.map(JSON.string)
        claims["amr"] = .array(authentication.amr.map(JSON.string))
        return .object(claims)
    }
}
