import JOSE

/// 256 random bits that open something for whoever has them. The store knows their digest only.
///
/// `Kind` is an empty type that keeps one sort of them from being taken for another.
package struct OpaqueToken<Kind>: Sendable {
    package let text: String

    package init(random: some RandomSource) { text = Base64URL.encode(random.bytes(32)) }

    /// Nil for what was never one of ours.
    package init?(presented text: String) {
        guard text.utf8.count == 43, Base64URL.decode(text)?.count == 32 else { return nil }
        self.text = text
    }

    package var digest: [UInt8] { Digest.sha256(Array(text.utf8)) }
}

extension OpaqueToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
