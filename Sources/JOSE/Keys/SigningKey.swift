/// A key pair that signs with one algorithm. All threads may use one at once.
package final class SigningKey: Sendable {
    package let algorithm: SignatureAlgorithm
    package let publicKey: VerificationKey
    /// The public key's thumbprint (RFC 7638, SHA-256, base64url).
    package var keyID: String { publicKey.keyID }

    private let key: PKey
    private let type: KeyType
    private let operation: SignatureOperation
    private let maximumSignatureCount: Int

    /// A new key. `rsaBits` counts for the RSA algorithms only.
    ///
    /// Throws `OpenSSLError`.
    package static func generate(
        _ algorithm: SignatureAlgorithm, rsaBits: Int = 2048
    ) throws(OpenSSLError) -> SigningKey {
        switch algorithm.scheme {
        case .rsaPKCS1, .rsaPSS:
            precondition((2048...8192).contains(rsaBits), "an RSA key has 2048 to 8192 bits")
            return try SigningKey(.generateRSA(bits: rsaBits), type: .rsa, algorithm: algorithm)
        case .ecdsa(let curve):
            return try SigningKey(.generateEC(group: curve.rawValue), type: .ec(curve), algorithm: algorithm)
        case .edDSA:
            return try SigningKey(.generateEd25519(), type: .ed25519, algorithm: algorithm)
        }
    }

    /// Reads a private JWK (RFC 7517, RFC 7518 section 6, RFC 8037 section 2); an RSA key must have `alg` and all
    /// numbers of its Chinese-remainder form. The key ID is the thumbprint, whatever `kid` says.
    ///
    /// Throws `JWKError`; `.unusable` if the private and the public half don't belong together.
    package convenience init(privateJWK json: JSON) throws(JWKError) {
        let jwk = try JWKMembers(json)
        guard !jwk.has("oth") else { throw .unsupported }
        let type = try jwk.keyType()
        guard let algorithm = try jwk.algorithm(for: type, operation: "sign") else { throw .member("alg") }
        let key = try PKey.make(type, from: jwk, isPrivate: true)
        do throws(OpenSSLError) {
            try self.init(key, type: type, algorithm: algorithm)
            let proof = Array("both halves are of one pair".utf8)
            guard publicKey.verify(try sign(proof), for: proof, algorithm: algorithm) else {
                throw OpenSSLError("checking a key")
            }
        } catch {
            throw .unusable
        }
    }

    private init(_ key: PKey, type: KeyType, algorithm: SignatureAlgorithm) throws(OpenSSLError) {
        self.key = key
        self.type = type
        self.algorithm = algorithm
        publicKey = try VerificationKey(key, type: type, algorithm: algorithm, keyID: nil)
        operation = try .signing(with: key, algorithm: algorithm)
        // RSA: as long as the modulus. EC: DER adds at most 16 bytes to both halves. Ed25519: 64.
        maximumSignatureCount =
            switch type {
            case .rsa: (key.bits + 7) / 8
            case .ec(let curve): 2 * curve.coordinateCount + 16
            case .ed25519: 64
            }
    }

    /// The signature as JWS carries it: for ECDSA r ‖ s (RFC 7518 section 3.4).
    ///
    /// Throws `OpenSSLError`.
    package func sign(_ bytes: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let signature = try operation.sign(bytes, maximumCount: maximumSignatureCount)
        guard case .ec(let curve) = type else { return signature }
        guard let raw = ECDSASignature.raw(der: signature, coordinateCount: curve.coordinateCount) else {
            throw OpenSSLError("signing")
        }
        return raw
    }

    /// The JWK with its private members: to be sealed at once, and never shown.
    ///
    /// Throws `OpenSSLError`.
    package func privateJWK() throws(OpenSSLError) -> JSON {
        let members = try key.privateMembers(type)
        return .object((publicKey.publicJWK.objectValue ?? [:]).merging(members, uniquingKeysWith: { _, own in own }))
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "SigningKey(\(keyID), \(algorithm.rawValue))" }
    package var customMirror: Mirror { Mirror(self, children: ["keyID": keyID, "algorithm": algorithm.rawValue]) }
}
