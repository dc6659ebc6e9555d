/// Standard base64 (RFC 4648 section 4), as HTTP Basic authentication uses it (RFC 7617 section 2).
package enum Base64 {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = Base64Alphabet.standard.encode(Array(bytes))
        while !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nil. Padding is there in full or not at all; white space and bits left over are refused.
    package static func decode(_ text: String) -> [UInt8]? {
        var digits = Array(text.utf8)[...]
        if digits.count.isMultiple(of: 4) {
            for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        }
        return Base64Alphabet.standard.decode(digits)
    }
}
