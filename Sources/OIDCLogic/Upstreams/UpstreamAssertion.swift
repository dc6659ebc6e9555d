import JOSE

/// A JWT by which we prove to an upstream's token endpoint who we are (RFC 7523 §2.2, OpenID Connect Core §9).
package struct UpstreamAssertion: Sendable {
    private let text: String

    /// In seconds. It is used at once; the upstream's clock may be ahead.
    private static let lifetime: Int64 = 120

    /// Its one audience is the upstream's issuer: what is good at one server is good at no other, whatever endpoints that
    /// one claims to have. Throws `OpenSSLError`.
    package init(to upstream: Upstream, by key: SigningKey, random: some RandomSource, at now: Timestamp) throws {
        let claims: JSON = [
            "iss": .string(upstream.clientID), "sub": .string(upstream.clientID), "aud": .string(upstream.issuer.value),
            "jti": .string(Base64URL.encode(random.bytes(16))), "iat": .integer(now.seconds),
            "exp": .integer((now + Self.lifetime).seconds),
        ]
        text = try JWS.sign(header: "JWT", claims: claims, key: key)
    }

    /// What goes into the request (RFC 7521 §4.2).
    package var fields: [(String, String)] {
        [("client_assertion_type", ClientAssertion.type), ("client_assertion", text)]
    }
}
