import Logging

/// Writes each event as one line, and sees to it that nothing in a request can forge a line of the log, or command the
/// terminal that shows it: of all that is logged it leaves printable ASCII, escapes the rest, and bounds each text.
///
/// It is here, and not where something is logged, so that nobody can forget it. The line is made in one buffer and
/// written at once: the token service writes one for each token, so a line's price is a part of a token's.
struct LineLogHandler: LogHandler {
    /// In bytes, before escaping: more of a text isn't shown.
    static let limit = 200
    /// The same where something failed here: that has more to say, and is no request's choice.
    static let errorLimit = 1000

    private let label: String
    private let write: @Sendable ([UInt8]) -> Void
    private let time: @Sendable () -> String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    /// - Parameters:
    ///   - label: the program's name, in each line.
    ///   - time: how the line begins.
    ///   - write: takes a line with its end.
    init(label: String, time: @escaping @Sendable () -> String, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.label = label
        self.time = time
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let limit = event.level >= .error ? Self.errorLimit : Self.limit
        var line = EscapedLine()
        line.append(time(), " ", event.level.rawValue, " ", label, ":")
        var values = metadata
        if let own = event.metadata { values.merge(own) { _, own in own } }
        if let error = event.error, values["cause"] == nil { values["cause"] = "\(error)" }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            line.append(" ")
            line.append(escaping: name, limit)
            line.append("=")
            line.append(word: value.description, limit)
        }
        line.append(" [", event.source, "] ")
        line.append(escaping: "\(event.message)", Self.errorLimit)
        line.append("\n")
        write(line.bytes)
    }
}

/// A line as it grows.
private struct EscapedLine {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    /// What is our own.
    mutating func append(_ texts: String...) {
        for text in texts { bytes += text.utf8 }
    }

    /// A value that has more than one word is quoted, so that it can't be taken for two.
    mutating func append(word text: String, _ limit: Int) {
        let isOneWord =
            !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != equals && $0 != quote }
        if !isOneWord { bytes.append(quote) }
        append(escaping: text, limit)
        if !isOneWord { bytes.append(quote) }
    }

    mutating func append(escaping text: String, _ limit: Int) {
        for byte in text.utf8.prefix(limit) {
            switch byte {
            case quote, backslash: bytes += [backslash, byte]
            case 0x20...0x7E: bytes.append(byte)
            case 0x0A: bytes += "\\n".utf8
            default: bytes += [backslash, UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        if text.utf8.count > limit { bytes += "...".utf8 }
    }
}

private let digits = Array("0123456789abcdef".utf8)
private let quote = UInt8(ascii: "\"")
private let backslash = UInt8(ascii: "\\")
private let equals = UInt8(ascii: "=")
