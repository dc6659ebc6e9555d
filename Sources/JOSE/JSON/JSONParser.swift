/// Reads JSON text by the grammar of RFC 8259, and refuses what common decoders let pass: nesting beyond a limit, an
/// object with two members of one name, half of a surrogate pair.
///
/// Names are compared after their escapes are resolved: `{"a":1,"\u0061":2}` is refused. Names that are canonically
/// equivalent in Unicode count as the same, since a `Dictionary` can't hold both.
struct JSONParser {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0
    /// The name that made parsing end with ``JSONError/duplicateMember``.
    private var duplicate: String?

    /// `bytes` must be UTF-8.
    static func parse(_ bytes: [UInt8], maximumDepth: Int) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        parser.skipWhiteSpace()
        let value = try parser.value(depth: 1)
        parser.skipWhiteSpace()
        guard parser.position == bytes.count else { throw .malformed }
        return value
    }

    /// The first name that an object has twice; nil: none has, before whatever else is wrong.
    static func duplicateMember(in bytes: [UInt8], maximumDepth: Int) -> String? {
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        parser.skipWhiteSpace()
        _ = try? parser.value(depth: 1)
        return parser.duplicate
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

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        switch next {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for byte in text.description.utf8 {
            guard take(byte) else { throw .malformed }
        }
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> [String: JSON] {
        guard depth <= maximumDepth else { throw .tooDeep }
        position += 1
        skipWhiteSpace()
        var members: [String: JSON] = [:]
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipWhiteSpace()
            guard next == UInt8(ascii: "\"") else { throw .malformed }
            let name = try string()
            skipWhiteSpace()
            guard take(UInt8(ascii: ":")) else { throw .malformed }
            skipWhiteSpace()
            guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
                duplicate = name
                throw .duplicateMember
            }
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw .malformed }
        return members
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        guard depth <= maximumDepth else { throw .tooDeep }
        position += 1
        skipWhiteSpace()
        var items: [JSON] = []
        if take(UInt8(ascii: "]")) { return items }
        repeat {
            skipWhiteSpace()
            items.append(try value(depth: depth + 1))
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw .malformed }
        return items
    }

    /// RFC 8259 section 7. Returns the text with its escapes resolved.
    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        var unescaped: ArraySlice<UInt8>?
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                let end = position
                position += 1
                return String(decoding: unescaped ?? bytes[start..<end], as: UTF8.self)
            case UInt8(ascii: "\\"):
                var text = unescaped ?? bytes[start..<position]
                position += 1
                text.append(contentsOf: String(try escape()).utf8)
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

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = next else { throw .malformed }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw .malformed
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw .malformed }
        let second = try fourHexDigits()
        guard UTF16.isTrailSurrogate(second) else { throw .malformed }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt16 {
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

    /// RFC 8259 section 6. A whole number that fits is exact; one too large for a `Double` is refused.
    private mutating func number() throws(JSONError) -> JSON {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw .malformed }
        return .number(number)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw .malformed }
    }
}
