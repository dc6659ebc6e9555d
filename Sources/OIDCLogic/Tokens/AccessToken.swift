import JOSE

/// The access token: a JWT that says so by its `typ` (RFC 9068 §2).
package struct AccessToken: Sendable {
    package static let type = "at+jwt"

    package let clientID: ClientID
    /// A user's, or the client's own id.
    package let subject: String
    package let grantID: GrantID
    package let scope: Scope

    /// The claims of RFC 9068 §2.2, and what is released to it.
    package static func claims(
        for live: LiveGrant, releasing release: ClaimRelease, issuer: Issuer, lifetimes: Lifetimes, at now: Timestamp,
        random: some RandomSource
    ) -> JSON {
        let client = live.client
        var claims = release.claims(for: .accessToken)
        claims["iss"] = .string(issuer.value)
        claims["sub"] = .string(live.user.id.value)
        claims["aud"] = .string(client.preset == .mendix ? client.id.value : issuer.value)
        claims["exp"] = .integer((now + lifetimes.accessToken).seconds)
        claims["iat"] = .integer(now.seconds)
        claims["nbf"] = .integer(now.seconds)
        // The grant it hangs on stands in front, so that what ends the grant ends the token.
        claims["jti"] = .string("\(live.grant.id.value).\(Base64URL.encode(random.bytes(9)))")
        claims["client_id"] = .string(client.id.value)
        claims["scope"] = .string(live.scope.description)
        return .object(claims)
    }

    /// Reads the claims of a token whose signature and `typ` have been verified (RFC 9068 §4, RFC 7519 §4.1).
    package init(verified claims: JSON, issuer: Issuer, at now: Timestamp) throws(OAuthError) {
        guard claims["iss"]?.stringValue.map({ $0.hasSameBytes(as: issuer.value) }) ?? false else {
            throw .invalidToken("the token is of another issuer")
        }
        guard let expiry = claims["exp"]?.integerValue, now < Timestamp(expiry) else {
            throw .invalidToken("the token has expired")
        }
        guard let begin = claims["nbf"]?.integerValue, now + Self.clockSkew >= Timestamp(begin) else {
            throw .invalidToken("the token is not valid yet")
        }
        guard let client = claims["client_id"]?.stringValue, let subject = claims["sub"]?.stringValue,
            let id = claims["jti"]?.stringValue, let dot = id.firstIndex(of: "."),
            let scope = try claims["scope"]?.stringValue.map({ text throws(OAuthError) in try Scope(text) })
        else { throw .invalidToken("the token lacks a claim of RFC 9068") }
        // RFC 9068 §4. What is for another resource is no good here.
        guard let audience = claims["aud"]?.stringValue,
            [issuer.value, client].contains(where: { $0.hasSameBytes(as: audience) })
        else { throw .invalidToken("the token is for another audience") }
        clientID = ClientID(client)
        self.subject = subject
        grantID = GrantID(String(id[..<dot]))
        self.scope = scope
    }

    /// In seconds: another pool's clock is this machine's, but may have been set.
    private static let clockSkew: Int64 = 5
}
