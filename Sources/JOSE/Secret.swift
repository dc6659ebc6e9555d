/// Bytes that must not be seen: a password, a client secret, a key. Whatever prints it prints `[redacted]`.
///
/// `Kind` is an empty type that keeps a client secret from being handed over as a password.
package struct Secret<Kind>: Sendable {
    private let bytes: [UInt8]

    package init(_ text: String) { bytes = Array(text.utf8) }
    package init(bytes: [UInt8]) { self.bytes = bytes }

    package var byteCount: Int { bytes.count }

    /// The text, for its owner's eyes. Bytes that are not UTF-8 become U+FFFD.
    package func reveal() -> String { String(decoding: bytes, as: UTF8.self) }

    /// The bytes, for a computation.
    package func revealBytes() -> [UInt8] { bytes }

    /// In constant time, but for the length.
    package func matches(_ other: Secret) -> Bool { constantTimeEqual(bytes, other.bytes) }
    package func matches(_ text: String) -> Bool { constantTimeEqual(bytes, Array(text.utf8)) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
