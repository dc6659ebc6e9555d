/// A public key that verifies signatures.
package final class VerificationKey: Sendable {
    /// The JWK's `kid`, or the thumbprint if it had none.
    package let keyID: String
    /// RFC 7638, SHA-256, base64url.
    package let thumbprint: String
    /// The one algorithm that the key may serve; nil for an RSA key whose JWK named none.
    package let algorithm: SignatureAlgorithm?
    /// RFC 7517, with `kid`, `use` and, if there is but one, `alg`.
    package let publicJWK: JSON

    private let type: KeyType
    private let operations: [SignatureAlgorithm: SignatureOperation]

    /// Throws `JWKError` for anything but a public key for signatures: RSA from 2048 to 8192 bits with an exponent from
    /// 65537 on, EC on P-256, P-384 or P-521, Ed25519 (RFC 7518 section 6, RFC 8037 section 2). A JWK with private
    /// members is refused: whoever sent it has given their key away.
    package convenience init(publicJWK json: JSON) throws(JWKError) {
        let jwk = try JWKMembers(json)
        guard !["d", "p", "q", "dp", "dq", "qi", "oth", "k"].contains(where: jwk.has) else { throw .notPublic }
        let type = try jwk.keyType()
        let algorithm = try jwk.algorithm(for: type, operation: "verify")
        let keyID = try jwk.optionalText("kid")
        let key = try PKey.make(type, from: jwk, isPrivate: false)
        do throws(OpenSSLError) {
            try self.init(key, type: type, algorithm: algorithm, keyID: keyID)
        } catch {
            throw .unusable
        }
    }

    init(_ key: PKey, type: KeyType, algorithm: SignatureAlgorithm?, keyID: String?) throws(OpenSSLError) {
        var members = try key.requiredMembers(type)
        thumbprint = Base64URL.encode(Digest.sha256(JSON.object(members).serialized()))
        self.keyID = keyID ?? thumbprint
        self.type = type
        self.algorithm = algorithm
        members["kid"] = .string(self.keyID)
        members["use"] = "sig"
        if let algorithm { members["alg"] = .string(algorithm.rawValue) }
        publicJWK = .object(members)
        var operations: [SignatureAlgorithm: SignatureOperation] = [:]
        for served in SignatureAlgorithm.allCases where type.serves(served) && (algorithm ?? served) == served {
            operations[served] = try .verifying(with: key, algorithm: served)
        }
        self.operations = operations
    }

    package func serves(_ algorithm: SignatureAlgorithm) -> Bool { operations[algorithm] != nil }

    /// Whether the key's owner signed the bytes with that algorithm. False also if the key doesn't serve the algorithm.
    package func verify(_ signature: [UInt8], for bytes: [UInt8], algorithm: SignatureAlgorithm) -> Bool {
        guard let operation = operations[algorithm] else { return false }
        guard case .ec(let curve) = type else { return operation.verify(signature, for: bytes) }
        guard let der = ECDSASignature.der(raw: signature, coordinateCount: curve.coordinateCount) else { return false }
        return operation.verify(der, for: bytes)
    }
}
