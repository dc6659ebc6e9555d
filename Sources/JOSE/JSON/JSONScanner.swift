/// Walks over JSON text once and refuses what a decoder would let pass: nesting beyond a limit, an object with two
/// members of one name, half of a surrogate pair.
///
/// It checks the whole grammar of RFC 8259, so that nothing depends on how lenient the decoder after it is. Names are
/// compared after their escapes are resolved: `{"a":1,"\u0061":2}` is refused. Names that are canonically equivalent
/// in Unicode count as the same, since a `Dictionary` can't hold both.
struct JSONScanner {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0

    static func check(_ bytes: [UInt8], maximumDepth: Int) throws(JSONError) {
        var scanner = JSONScanner(bytes: bytes, maximumDepth: maximumDepth)
        scanner.skipWhiteSpace()
        try scanner.scanValue(depth: 1)
        scanner.skipWhiteSpace()
        guard scanner.position == bytes.count else { throw .malformed }
    }

    private init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ text: StaticString) throws(JSONError) {
        for scalar in text.description.utf8 {
            guard take(scalar) else { throw .malformed }
        }
    }

    private mutating func scanValue(depth: Int) throws(JSONError) {
        switch next {
        case UInt8(ascii: "{"): try scanObject(depth: depth)
        case UInt8(ascii: "["): try scanArray(depth: depth)
        case UInt8(ascii: "\""): _ = try scanString()
        case UInt8(ascii: "t"): try expect("true")
        case UInt8(ascii: "f"): try expect("false")
        case UInt8(ascii: "n"): try expect("null")
        default: try scanNumber()
        }
    }

    private mutating func scanObject(depth: Int) throws(JSONError) {
        guard depth <= maximumDepth else { throw .tooDeep }
        position += 1
        skipWhiteSpace()
        if take(UInt8(ascii: "}")) { return }
        var names: Set<String> = []
        repeat {
            skipWhiteSpace()
            guard next == UInt8(ascii: "\"") else { throw .malformed }
            let name = try scanString()
            guard names.insert(name).inserted else { throw .duplicateMember }
            skipWhiteSpace()
            guard take(UInt8(ascii: ":")) else { throw .malformed }
            skipWhiteSpace()
            try scanValue(depth: depth + 1)
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw .malformed }
    }

    private mutating func scanArray(depth: Int) throws(JSONError) {
        guard depth <= maximumDepth else { throw .tooDeep }
        position += 1
        skipWhiteSpace()
        if take(UInt8(ascii: "]")) { return }
        repeat {
            skipWhiteSpace()
            try scanValue(depth: depth + 1)
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw .malformed }
    }

    /// RFC 8259 section 7. Returns the text with its escapes resolved.
    private mutating func scanString() throws(JSONError) -> String {
        position += 1
        let start = position
        var unescaped: [UInt8]?
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                let end = position
                position += 1
                return String(decoding: unescaped ?? Array(bytes[start..<end]), as: UTF8.self)
            case UInt8(ascii: "\\"):
                var text = unescaped ?? Array(bytes[start..<position])
                position += 1
                text.append(contentsOf: String(try scanEscape()).utf8)
                unescaped = text
            case 0..<0x20:
                throw .malformed
            default:
                unescaped?.append(byte)
                position += 1
            }
        }
        throw .malformed
    }

    private mutating func scanEscape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = next else { throw .malformed }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try scanUnicodeEscape()
        default: throw .malformed
        }
    }

    private mutating func scanUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try scanFourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw .malformed }
        let second = try scanFourHexDigits()
        guard UTF16.isTrailSurrogate(second) else { throw .malformed }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func scanFourHexDigits() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw .malformed }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw .malformed
            }
            position += 1
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// RFC 8259 section 6.
    private mutating func scanNumber() throws(JSONError) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try scanDigits() }
        if take(UInt8(ascii: ".")) { try scanDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try scanDigits()
        }
    }

    private mutating func scanDigits() throws(JSONError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw .malformed }
    }
}
