/// A key of a key file: 256 bits from which the key of each sealed value is derived. It never encrypts by itself.
package struct SealingKey: Sendable {
    package static let byteCount = 32
    static let idCount = 4

    /// Four bytes that name the key and tell nothing of it. Two keys may share them, though hardly ever do.
    package let keyID: [UInt8]
    let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(valid: bytes)
    }

    private init(valid bytes: [UInt8]) {
        self.bytes = bytes
        keyID = HKDF.sha256(key: bytes, salt: [], info: Array("postern key id v1".utf8), count: Self.idCount)
    }

    package static func generate(random: some RandomSource = SystemRandom()) -> SealingKey {
        SealingKey(valid: random.bytes(byteCount))
    }
}

extension SealingKey: Equatable {
    package static func == (left: SealingKey, right: SealingKey) -> Bool { constantTimeEqual(left.bytes, right.bytes) }
}

extension SealingKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
