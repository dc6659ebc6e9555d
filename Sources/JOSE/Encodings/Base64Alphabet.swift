/// One of the two alphabets of RFC 4648, with the digits and the way back.
struct Base64Alphabet: Sendable {
    static let standard = Base64Alphabet(lastTwo: "+/")
    static let url = Base64Alphabet(lastTwo: "-_")

    private static let invalid: UInt8 = 0xFF
    private let digits: [UInt8]
    private let values: [UInt8]

    private init(lastTwo: String) {
        digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8) + Array(lastTwo.utf8)
        var values = [UInt8](repeating: Self.invalid, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8]) -> [UInt8] {
        let digits = self.digits
        // Made at its full length: appending would look at every digit whether there is room.
        var text = [UInt8](repeating: 0, count: (bytes.count * 4 + 2) / 3)
        var position = 0
        var end = 0
        while position + 2 < bytes.count {
            let group = Int(bytes[position]) << 16 | Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
            text[end] = digits[group >> 18]
            text[end + 1] = digits[group >> 12 & 63]
            text[end + 2] = digits[group >> 6 & 63]
            text[end + 3] = digits[group & 63]
            position += 3
            end += 4
        }
        if position + 1 == bytes.count {
            let group = Int(bytes[position]) << 4
            text[end] = digits[group >> 6]
            text[end + 1] = digits[group & 63]
        } else if position + 2 == bytes.count {
            let group = Int(bytes[position]) << 10 | Int(bytes[position + 1]) << 2
            text[end] = digits[group >> 12]
            text[end + 1] = digits[group >> 6 & 63]
            text[end + 2] = digits[group & 63]
        }
        return text
    }

    /// Nil for anything that `encode` can't have made: foreign characters, a length that no bytes have, or bits left
    /// over that aren't zero (RFC 4648 section 3.5), so that each value has one spelling.
    func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let values = self.values
        let rest = text.count % 4
        guard rest != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var position = text.startIndex
        while position + 3 < text.endIndex {
            let (a, b) = (values[Int(text[position])], values[Int(text[position + 1])])
            let (c, d) = (values[Int(text[position + 2])], values[Int(text[position + 3])])
            guard a | b | c | d != Self.invalid else { return nil }
            bytes.append(a << 2 | b >> 4)
            bytes.append(b << 4 | c >> 2)
            bytes.append(c << 6 | d)
            position += 4
        }
        guard rest > 0 else { return bytes }
        let (a, b) = (values[Int(text[position])], values[Int(text[position + 1])])
        let c = rest == 3 ? values[Int(text[position + 2])] : 0
        guard a | b | c != Self.invalid, (rest == 3 ? c & 0x03 : b & 0x0F) == 0 else { return nil }
        bytes.append(a << 2 | b >> 4)
        if rest == 3 { bytes.append(b << 4 | c >> 2) }
        return bytes
    }
}
