/// What an e-mail address looks like, as far as that tells a slip from an address.
package enum EmailAddressForm {
    /// Something before the last `@` and something after it, at most 254 bytes (RFC 5321 §4.5.3.1.3), no space within.
    package static func isPlausible(_ text: String) -> Bool {
        let isClean = !text.unicodeScalars.contains {
            $0.value <= 0x20 || $0.value == 0x7F || $0.properties.isWhitespace
        }
        guard isClean, text.utf8.count <= 254, let at = text.lastIndex(of: "@") else { return false }
        return at != text.startIndex && text.index(after: at) != text.endIndex
    }
}
