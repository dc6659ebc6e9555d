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
        var text = Base64Alphabet.url.encode(header.serialized())
        text.append(separator)
        text.append(contentsOf: Base64Alphabet.url.encode(payload))
        let signature = try key.sign(text)
        text.append(separator)
        text.append(contentsOf: Base64Alphabet.url.encode(signature))
        return String(decoding: text, as: UTF8.self)
    }

    static let separator = UInt8(ascii: ".")
}
