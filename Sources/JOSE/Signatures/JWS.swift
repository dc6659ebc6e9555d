/// JSON Web Signatures in their compact form (RFC 7515 section 7.1).
package enum JWS {
    /// A signed JWT (RFC 7519) with the header `{"alg","kid","typ"}`. `type` is the `typ`: `JWT`, `at+jwt`, `logout+jwt`.
    ///
    /// Throws `OpenSSLError`.
    package static func sign(header type: String, claims: JSON, key: SigningKey) throws(OpenSSLError) -> String {
        try sign(header: type, payload: claims.serialized(), key: key)
    }

    /// The same for any payload.
    package static func sign(header type: String, payload: [UInt8], key: SigningKey) throws(OpenSSLError) -> String {
        let header: JSON = ["alg": .string(key.algorithm.rawValue), "kid": .string(key.keyID), "typ": .string(type)]
        let text = signingInput(header, payload)
        return compact(text, try key.sign(text))
    }

    /// A JWT with the header `{"alg","typ"}`, authenticated by a secret that its reader holds as well.
    package static func authenticate(header type: String, claims: JSON, key: MACKey) -> String {
        let text = signingInput(
            ["alg": .string(key.algorithm.rawValue), "typ": .string(type)], claims.serialized())
        return compact(text, key.code(for: text))
    }

    /// RFC 7515 section 5.1.
    private static func signingInput(_ header: JSON, _ payload: [UInt8]) -> [UInt8] {
        Base64Alphabet.url.encode(header.serialized()) + [separator] + Base64Alphabet.url.encode(payload)
    }

    private static func compact(_ signingInput: [UInt8], _ signature: [UInt8]) -> String {
        String(decoding: signingInput + [separator] + Base64Alphabet.url.encode(signature), as: UTF8.self)
    }

    static let separator = UInt8(ascii: ".")
}
