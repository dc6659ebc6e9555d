/// A secret that authenticates messages by one algorithm.
package struct MACKey: Sendable {
    package let algorithm: MACAlgorithm
    private let secret: Secret<Self>

    /// Nil if the secret is shorter than the hash, which RFC 7518 section 3.2 forbids.
    package init?(_ secret: [UInt8], for algorithm: MACAlgorithm) {
        guard secret.count >= algorithm.hash.byteCount else { return nil }
        self.secret = Secret(bytes: secret)
        self.algorithm = algorithm
    }

    func code(for bytes: [UInt8]) -> [UInt8] {
        HMAC.code(algorithm.hash, key: secret.revealBytes(), message: bytes)
    }

    /// In constant time.
    func accepts(_ code: [UInt8], for bytes: [UInt8]) -> Bool { constantTimeEqual(code, self.code(for: bytes)) }
}
