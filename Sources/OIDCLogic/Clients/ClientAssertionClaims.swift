import JOSE

/// What a client's assertion says, once its signature was right (RFC 7523 §3).
struct ClientAssertionClaims {
    /// In seconds: how far the client's clock and ours may be apart.
    static let clockSkew: Int64 = 30
    let id: String
    let expiresAt: Timestamp

    /// Throws `invalid_client`.
    ///
    /// - Parameters:
    ///   - audiences: each names us. Exactly one is to be there: an assertion that is good elsewhere as well can be used
    ///     here by whoever got it there.
    ///   - lifetime: in seconds, how far ahead `exp` may be. The `jti` is kept for so long.
    init(_ claims: JSON, audiences: [String], lifetime: Int64, at now: Timestamp) throws(OAuthError) {
        let named = claims["aud"].map { $0.arrayValue ?? [$0] } ?? []
        guard named.count == 1, let audience = named[0].stringValue,
            audiences.contains(where: { $0.hasSameBytes(as: audience) })
        else {
            throw .invalidClient(
                "aud of client_assertion must be this provider's issuer, and nothing else",
                detail: .clientAuthentication(.mismatch, registered: nil))
        }
        guard let expiresAt = Timestamp(numericDate: claims["exp"]) else {
            throw .invalidClient(
                "exp of client_assertion is missing", detail: .clientAuthentication(.mismatch, registered: nil))
        }
        guard now < expiresAt + Self.clockSkew else {
            throw .invalidClient(
                "client_assertion has expired", detail: .clientAuthentication(.mismatch, registered: nil))
        }
        guard expiresAt - now <= lifetime + Self.clockSkew else {
            throw .invalidClient(
                "exp of client_assertion is too far ahead; let it live for a minute",
                cause: "exp is \(expiresAt - now) s ahead, \(lifetime) are allowed",
                detail: .clientAuthentication(.mismatch, registered: nil))
        }
        for name in ["nbf", "iat"] where claims[name] != nil {
            guard let time = Timestamp(numericDate: claims[name]), time <= now + Self.clockSkew, time <= expiresAt
            else {
                throw .invalidClient(
                    "client_assertion is not valid yet: look at nbf and iat, and at the clock",
                    detail: .clientAuthentication(.mismatch, registered: nil))
            }
        }
        guard let id = claims["jti"]?.stringValue, !id.isEmpty else {
            throw .invalidClient(
                "jti of client_assertion is missing", detail: .clientAuthentication(.mismatch, registered: nil))
        }
        self.id = id
        self.expiresAt = expiresAt
    }
}
