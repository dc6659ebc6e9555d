/// Comma-separated values (RFC 4180), read byte by byte.
///
/// Lines end with CRLF, LF or CR. A line with nothing in it is no record.
struct CSV: Sendable {
    struct Record: Sendable {
        /// Of its first byte, from 1.
        let line: Int
        let fields: [[UInt8]]
    }

    /// What breaks the grammar: nothing after it can be told apart.
    struct Fault: Error, Equatable {
        let line: Int
        let text: String
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next record; nil at the end.
    mutating func next() throws(Fault) -> Record? {
        while position < bytes.count {
            if takeLineEnd() { continue }
            let start = line
            var fields = [try field()]
            while take(Self.comma) { fields.append(try field()) }
            guard position == bytes.count || takeLineEnd() else {
                throw Fault(line: line, text: "a comma must follow the closing quote")
            }
            return Record(line: start, fields: fields)
        }
        return nil
    }

    private mutating func field() throws(Fault) -> [UInt8] {
        if take(Self.quote) { return try quoted() }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case Self.comma, Self.lineFeed, Self.carriageReturn: return Array(bytes[start..<position])
            case Self.quote:
                throw Fault(
                    line: line, text: "a quote stands within a field; quote the whole field, and double the quote")
            default: position += 1
            }
        }
        return Array(bytes[start...])
    }

    /// The opening quote is read already. Commas, line ends and doubled quotes within are text.
    private mutating func quoted() throws(Fault) -> [UInt8] {
        let start = line
        var text: [UInt8] = []
        while position < bytes.count {
            if take(Self.quote) {
                guard take(Self.quote) else { return text }
                text.append(Self.quote)
                continue
            }
            let first = position
            if !takeLineEnd() { position += 1 }
            text += bytes[first..<position]
        }
        throw Fault(line: start, text: "the quote that opens here is never closed")
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeLineEnd() -> Bool {
        let isReturn = take(Self.carriageReturn)
        guard take(Self.lineFeed) || isReturn else { return false }
        line += 1
        return true
    }
}
