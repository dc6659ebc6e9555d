/// A URI as it may be written down: without a user name, the values of its query, and its fragment.
package struct RedactedURI: Sendable, Hashable {
    package let value: String

    /// Stands for what is left out. In ASCII, so that the rest can still be taken apart.
    static let gap = "..."

    package init(redacting uri: String) {
        // By bytes: a mark behind "?" or "#" hides it from a comparison of characters.
        let bytes = uri.utf8.prefix(RedirectURI.limit)
        let beforeFragment = bytes.prefix { $0 != UInt8(ascii: "#") }
        let beforeQuery = beforeFragment.prefix { $0 != UInt8(ascii: "?") }
        var text = Self.withoutUser(String(decoding: beforeQuery, as: UTF8.self))
        if beforeQuery.endIndex != beforeFragment.endIndex {
            let parts = beforeFragment[beforeQuery.endIndex...].dropFirst().split(
                separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
            text += "?" + parts.map(Self.withoutValue).joined(separator: "&")
        }
        if beforeFragment.endIndex != bytes.endIndex { text += "#" + Self.gap }
        value = text
    }

    /// One that was redacted before.
    package init(stored value: String) { self.value = value }

    package static func == (one: Self, other: Self) -> Bool { one.value.hasSameBytes(as: other.value) }

    /// A parameter without "=" may be all value.
    private static func withoutValue(_ parameter: String.UTF8View.SubSequence) -> String {
        guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")) else { return parameter.isEmpty ? "" : gap }
        return String(decoding: parameter[...equals], as: UTF8.self) + gap
    }

    /// A name and password stand before an "@" in the authority; where there is none to be made out, before any.
    private static func withoutUser(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            return bytes.lastIndex(of: UInt8(ascii: "@")).map { gap + decoded(bytes[$0...]) } ?? text
        }
        let rest = bytes[(colon + 1)...]
        let slash = UInt8(ascii: "/")
        let hasAuthority = rest.starts(with: [slash, slash])
        let start = hasAuthority ? colon + 3 : colon + 1
        let end = hasAuthority ? bytes[start...].firstIndex(of: slash) ?? bytes.endIndex : bytes.endIndex
        guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) else { return text }
        return decoded(bytes[..<start]) + gap + decoded(bytes[at...])
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
