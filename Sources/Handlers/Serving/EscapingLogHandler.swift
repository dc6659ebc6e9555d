import Logging

/// Sees to it that nothing in a request can forge a line of the log, or command the terminal that shows it: of all that
/// is logged it leaves printable ASCII, escapes the rest, and bounds each text. Then another handler writes it.
///
/// It is here, and not where something is logged, so that nobody can forget it.
struct EscapingLogHandler: LogHandler {
    /// In bytes, before escaping: more of a text isn't shown.
    static let limit = 200
    /// The same where something failed here: that has more to say, and is no request's choice.
    static let errorLimit = 1000

    private var written: any LogHandler

    init(_ written: any LogHandler) { self.written = written }

    var logLevel: Logger.Level {
        get { written.logLevel }
        set { written.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { written.metadata }
        set { written.metadata = Self.escaped(newValue, Self.limit) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { written[metadataKey: key] }
        set { written[metadataKey: key] = newValue.map { Self.escaped($0, Self.limit) } }
    }

    func log(event: LogEvent) {
        var event = event
        let limit = event.level >= .error ? Self.errorLimit : Self.limit
        event.message = "\(Self.escaped("\(event.message)", Self.errorLimit))"
        if let error = event.error {
            event.metadata = (event.metadata ?? [:]).merging(["cause": "\(error)"]) { own, _ in own }
            event.error = nil
        }
        event.metadata = event.metadata.map { Self.escaped($0, limit) }
        written.log(event: event)
    }

    private static func escaped(_ metadata: Logger.Metadata, _ limit: Int) -> Logger.Metadata {
        Logger.Metadata(
            metadata.map { name, value in (escaped(name, limit), escaped(value, limit)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// A value that has more than one word is quoted, so that it can't be taken for two.
    private static func escaped(_ value: Logger.Metadata.Value, _ limit: Int) -> Logger.Metadata.Value {
        let text = value.description
        let isOneWord = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != equals && $0 != quote }
        return .string(isOneWord && !text.isEmpty ? escaped(text, limit) : "\"\(escaped(text, limit))\"")
    }

    private static func escaped(_ text: String, _ limit: Int) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(limit) {
            switch byte {
            case quote, backslash: bytes += [backslash, byte]
            case 0x20...0x7E: bytes.append(byte)
            case 0x0A: bytes += "\\n".utf8
            default: bytes += [backslash, UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        if text.utf8.count > limit { bytes += "...".utf8 }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let equals = UInt8(ascii: "=")
}
