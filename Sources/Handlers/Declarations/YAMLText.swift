import JOSE

/// Writes what ``DeclarationReading`` reads: YAML that means the same to every reader.
enum YAMLText {
    /// A value behind a key, in one line.
    static func flow(_ value: JSON) -> String {
        switch value {
        case .string(let text): scalar(text)
        case .array(let items): "[\(items.map(flow).joined(separator: ", "))]"
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\(key($0.key)): \(flow($0.value))" }.joined(separator: ", "))}"
        case .null, .bool, .integer, .number: value.text
        }
    }

    /// YAML 1.2, section 7.4.2: a key of more than 1024 characters is none without the question mark.
    private static func key(_ text: String) -> String {
        let key = scalar(text)
        return key.utf8.count <= 1024 ? key : "? \(key) "
    }

    /// Plain if that can't be taken for anything else, or in quotes.
    static func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// An item of a list, its members one a line. Lists of texts stand below their key, an item a line.
    static func item(_ members: [(name: String, value: JSON)], indent: String) -> [String] {
        var lines: [String] = []
        for (name, value) in members {
            let start = indent + (lines.isEmpty ? "- " : "  ")
            if case .array(let items) = value, !items.isEmpty, items.allSatisfy({ $0.stringValue != nil }) {
                lines.append("\(start)\(name):")
                lines += items.map { "\(indent)    - \(flow($0))" }
            } else {
                lines.append("\(start)\(name): \(flow(value))")
            }
        }
        return lines
    }

    /// Words that YAML 1.1, which many readers still speak, takes for something else.
    private static let words: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]

    /// Letters, digits and what means nothing to YAML within a text; single spaces between.
    private static func isPlain(_ text: String) -> Bool {
        let inner = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@+-()".utf8)
        guard let first = text.utf8.first, Character(UnicodeScalar(first)).isASCII,
            Character(UnicodeScalar(first)).isLetter || first == UInt8(ascii: "/"), text.utf8.last != UInt8(ascii: ":"),
            !words.contains(text.lowercased())
        else { return false }
        let parts = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy(inner.contains) && part.last != UInt8(ascii: ":")
        }
    }

    /// YAML 1.2, section 5.7. What doesn't print is spelled out, and so is what is a line's end to some.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: quoted += "\\\""
            case 0x5C: quoted += "\\\\"
            case 0x0A: quoted += "\\n"
            case 0x09: quoted += "\\t"
            case 0x0D: quoted += "\\r"
            case 0..<0x20, 0x7F...0xA0: quoted += "\\x" + hex(scalar.value, digits: 2)
            case 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: quoted += "\\u" + hex(scalar.value, digits: 4)
            default:
                if scalar.properties.generalCategory == .format {
                    quoted += "\\U" + hex(scalar.value, digits: 8)
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
