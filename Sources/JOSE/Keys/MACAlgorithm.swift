/// A JWS algorithm with a secret that both sides hold (RFC 7518 section 3.2). It is no `SignatureAlgorithm`, and its key
/// no `VerificationKey`: a public key can't be mistaken for the secret (RFC 8725 section 2.1).
package enum MACAlgorithm: String, CaseIterable, Codable, Sendable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"

    var hash: HashFunction {
        switch self {
        case .hs256: .sha256
        case .hs384: .sha384
        case .hs512: .sha512
        }
    }

    /// RFC 7518 section 3.2: the fewest bytes of a key.
    package var keyBytes: Int { hash.byteCount }

    /// The same as for a signature (OpenID Connect Core section 3.1.3.6).
    package func leftHalfHash(of text: String) -> String { hash.leftHalf(of: text) }
}
