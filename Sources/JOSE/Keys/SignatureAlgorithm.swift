/// A JWS algorithm with a key pair (RFC 7518 section 3.1, RFC 8037 section 3.1). `none` has no spelling here, and what
/// needs a shared secret is a ``MACAlgorithm``.
package enum SignatureAlgorithm: String, CaseIterable, Codable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    enum Scheme: Sendable, Equatable {
        case rsaPKCS1
        case rsaPSS
        case ecdsa(EllipticCurve)
        case edDSA
    }

    /// How it signs, and the hash that goes with it.
    private var parameters: (scheme: Scheme, hash: HashFunction) {
        switch self {
        case .rs256: (.rsaPKCS1, .sha256)
        case .rs384: (.rsaPKCS1, .sha384)
        case .rs512: (.rsaPKCS1, .sha512)
        case .ps256: (.rsaPSS, .sha256)
        case .ps384: (.rsaPSS, .sha384)
        case .ps512: (.rsaPSS, .sha512)
        case .es256: (.ecdsa(.p256), .sha256)
        case .es384: (.ecdsa(.p384), .sha384)
        case .es512: (.ecdsa(.p521), .sha512)
        case .edDSA: (.edDSA, .sha512)
        }
    }

    var scheme: Scheme { parameters.scheme }
    var hash: HashFunction { parameters.hash }

    /// The value of `at_hash` and `c_hash` (OpenID Connect Core sections 3.1.3.6 and 3.3.2.11): the left half of the
    /// hash, in base64url. For EdDSA with Ed25519 that hash is SHA-512.
    package func leftHalfHash(of text: String) -> String { hash.leftHalf(of: text) }
}
