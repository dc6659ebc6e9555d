import Foundation
import JOSE

/// Text as it is shown on a terminal.
enum DisplayText {
    /// Control characters and those that turn the direction of writing are spelled out: a name that someone chose must
    /// not move the cursor or hide what stands beside it.
    static func safe(_ text: String) -> String {
        spelled(text) { "\\u{\(String($0.value, radix: 16))}" }
    }

    /// The same JSON in a line that journals and terminals show as it is: what ``safe(_:)`` spells out is escaped.
    static func json(_ json: JSON) -> String {
        spelled(json.text) { scalar in
            String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
    }

    private static func spelled(_ text: String, as spelling: (UnicodeScalar) -> String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                shown.append(contentsOf: spelling(scalar).unicodeScalars)
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// Such as `2026-11-24 13:50 UTC`.
    static func time(_ seconds: Int64) -> String {
        let text = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    /// Such as `2026-11-24 13:50:12`, where the heading says that it is UTC.
    static func timeToTheSecond(_ seconds: Int64) -> String {
        let text = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }

    /// Such as `2026-11-24`.
    static func day(_ seconds: Int64) -> String { String(time(seconds).prefix(10)) }
}
