/// The name of a custom claim: flat, as it is written, or a path of nested objects.
package struct ClaimName: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    package let text: String
    /// The names of the members, from the outermost on; never empty.
    package let path: [String]

    private static let limit = 256
    /// Of a path. One part alone would be another spelling of a flat name.
    private static let depths = 2...8

    /// Printable ASCII without spaces. What begins with `/` is a path, whose parts are written as RFC 6901 §3 says; any
    /// other is one flat name, dots and slashes included. Nil for what is neither.
    package init?(_ text: String) {
        guard (1...Self.limit).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.text = text
        guard text.utf8.first == UInt8(ascii: "/") else {
            path = [text]
            return
        }
        let parts = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let names = parts.compactMap { Self.unescaped(Array($0)) }
        guard names.count == parts.count, Self.depths.contains(names.count) else { return nil }
        path = names
    }

    /// RFC 6901 §4: `~1` is `/`, `~0` is `~`. Nil for an empty part, or another use of `~`.
    private static func unescaped(_ part: [UInt8]) -> String? {
        var bytes: [UInt8] = []
        var rest = part[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    package var description: String { text }
}
