import JOSE

/// The access token: a JWT that says so by its `typ` (RFC 9068 §2).
package struct AccessToken: Sendable {
    package static let type = "at+jwt"

    package let clientID: ClientID
    package let subject: UserID
    package let grantID: GrantID
    package let scope: Scope

    /// The claims of RFC 9068 §2.2, and `name`, which Mendix apps show.
    package static func claims(
        for accepted: CodeExchange.Accepted, issuer: Issuer, lifetimes: Lifetimes, at now: Timestamp,
        random: some RandomSource
    ) -> JSON {
        let code = accepted.code
        let client = accepted.client
        return .object([
            "iss": .string(issuer.value),
            "sub": .string(code.userID.value),
            "aud": .string(client.preset == .mendix ? client.id.value : issuer.value),
            "exp": .integer((now + lifetimes.accessToken).seconds),
            "iat": .integer(now.seconds),
            "nbf": .integer(now.seconds),
            // The grant it hangs on stands in front, so that what ends the grant ends the token.
            "jti": .string("\(code.id.value).\(Base64URL.encode(random.bytes(9)))"),
            "client_id": .string(client.id.value),
            "scope": .string(code.scope.description),
            "name": .string(accepted.user.displayName),
        ])
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
        self.subject = UserID(subject)
        grantID = GrantID(String(id[..<dot]))
        self.scope = scope
    }

    /// In seconds: another pool's clock is this machine's, but may have been set.
    private static let clockSkew: Int64 = 5
}
