/// base64url without padding (RFC 4648 section 5, RFC 7515 section 2).
package enum Base64URL {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Base64Alphabet.url.encode(Array(bytes)), as: UTF8.self)
    }

    /// The same for what nearly all have, which needn't be copied by a function that knows no type.
    package static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: Base64Alphabet.url.encode(bytes), as: UTF8.self)
    }

    /// The bytes, or nil if the text has padding, white space, any other foreign character, or bits left over that
    /// aren't zero: each value has one spelling.
    package static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)[...]) }

    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? { Base64Alphabet.url.decode(text) }
}
