import JOSE

/// The access token: a JWT that says so by its `typ` (RFC 9068 §2), or the same claims sealed.
package struct AccessToken: Sendable {
    package static let type = "at+jwt"

    package let id: TokenID
    package let clientID: ClientID
    /// A user's, as the client knows them, or the client's own id.
    package let subject: String
    /// Nil: it is the client's own, by its credentials.
    package let grantID: GrantID?
    package let scope: Scope
    package let audience: [String]
    package let issuedAt: Timestamp
    package let expiresAt: Timestamp
    private let notBefore: Timestamp
    /// All of them, as they were signed.
    package let claims: JSON

    /// The claims of RFC 9068 §2.2, and what is released to it.
    package static func claims(
        for subject: TokenSubject, releasing released: [String: JSON], profile: AccessTokenProfile, issuer: Issuer,
        at now: Timestamp, random: some RandomSource
    ) -> JSON {
        let client = subject.client
        let unique = Base64URL.encode(random.bytes(subject.grantID == nil ? 16 : 9))
        var claims = released
        claims["iss"] = .string(issuer.value)
        claims["sub"] = .string(subject.value)
        claims["aud"] =
            profile.audience.count == 1
            ? .string(profile.audience[0]) : .array(profile.audience.map(JSON.string))
        claims["exp"] = .integer((now + profile.lifetime).seconds)
        claims["iat"] = .integer(now.seconds)
        claims["nbf"] = .integer(now.seconds)
        // The grant it hangs on stands in front, so that what ends the grant ends the token.
        claims["jti"] = .string(subject.grantID.map { "\($0.value).\(unique)" } ?? unique)
        claims["client_id"] = .string(client.id.value)
        claims["scope"] = .string(subject.scope.description)
        return .object(claims)
    }

    /// Reads the claims of a token whose signature and `typ` have been verified (RFC 9068 §4, RFC 7519 §4.1). Whom it is
    /// for, and ``requireTime(_:)``, its reader must look at.
    package init(verified claims: JSON, issuer: Issuer) throws(OAuthError) {
        guard claims["iss"]?.stringValue.map({ $0.hasSameBytes(as: issuer.value) }) ?? false else {
            throw .invalidToken("the token is of another issuer", detail: .credential(.accessToken, .foreign))
        }
        guard let expiry = claims["exp"]?.integerValue, let begin = claims["nbf"]?.integerValue,
            let client = claims["client_id"]?.stringValue, let subject = claims["sub"]?.stringValue,
            let id = claims["jti"]?.stringValue, !id.isEmpty, let issuedAt = claims["iat"]?.integerValue,
            let audience = claims["aud"].flatMap(Self.audience),
            let scope = try claims["scope"]?.stringValue.map({ text throws(OAuthError) in try Scope(text) })
        else {
            throw .invalidToken(
                "the token lacks a claim of RFC 9068", detail: .credential(.accessToken, .malformed))
        }
        self.id = TokenID(id)
        clientID = ClientID(client)
        self.subject = subject
        grantID = id.firstIndex(of: ".").map { GrantID(String(id[..<$0])) }
        self.scope = scope
        self.audience = audience
        self.issuedAt = Timestamp(issuedAt)
        expiresAt = Timestamp(expiry)
        notBefore = Timestamp(begin)
        self.claims = claims
    }

    /// Throws `invalid_token` if `now` is outside of its time.
    package func requireTime(_ now: Timestamp) throws(OAuthError) {
        guard now < expiresAt else {
            throw .invalidToken("the token has expired", detail: .credential(.accessToken, .expired))
        }
        guard now + Self.clockSkew >= notBefore else {
            throw .invalidToken("the token is not valid yet", detail: .credential(.accessToken, .malformed))
        }
    }

    /// Whether it is for one of these (RFC 9068 §4): what is for another resource is no good here.
    package func isFor(_ names: String...) -> Bool {
        names.contains { name in audience.contains { $0.hasSameBytes(as: name) } }
    }

    private static func audience(_ json: JSON) -> [String]? {
        switch json {
        case .string(let one): [one]
        case .array(let all) where !all.isEmpty && all.allSatisfy({ $0.stringValue != nil }):
            all.compactMap(\.stringValue)
        default: nil
        }
    }

    /// In seconds: another pool's clock is this machine's, but may have been set.
    private static let clockSkew: Int64 = 5
}
