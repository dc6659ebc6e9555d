import Mustache

/// Text made safe for element content and quoted attribute values of HTML, scalar by scalar.
///
/// swift-mustache's own escaping goes by `Character`: a quote followed by a combining mark is one Character that
/// isn't `"`, so it passes raw, and a browser, which reads scalars, sees the attribute end.
struct HTMLText: MustacheContentType {
    /// The name by which a template's pragma asks for this content type.
    static let pragmaName = "POSTERN_HTML"

    /// Runs once, however many renderers are made: the registry is the library's global.
    static let registered: Void = MustacheContentTypes.register(HTMLText(), named: pragmaName)

    func escapeText(_ text: String) -> String { Self.escape(text) }

    static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: needsCare) else { return text }
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "`": escaped.append(contentsOf: "&#96;".unicodeScalars)
            case _ where isHidden(scalar): escaped.append("\u{FFFD}")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// As `escape`, and no brace is left: what is put into a template's source must not become a tag.
    static func escapeForTemplate(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in escape(text).unicodeScalars {
            switch scalar {
            case "{": escaped.append(contentsOf: "&#123;".unicodeScalars)
            case "}": escaped.append(contentsOf: "&#125;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// Controls, and the bidirectional controls that open or close a level: a stray U+2069 in an app's name would
    /// end the isolation that `<bdi>` gives it, and U+202E writes the words after it backwards.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Every scalar that `escape` changes has such a byte; most texts have none.
    private static func needsCare(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x1F, 0x7F...0xFF: true
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"): true
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): true
        default: false
        }
    }
}
