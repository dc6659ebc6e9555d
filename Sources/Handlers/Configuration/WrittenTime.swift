import FoundationEssentials
import OIDCLogic

/// A point in time as an administrator writes it, in UTC: `2026-11-24`, `2026-11-24 13:50`, `2026-11-24T13:50:12Z`; or
/// how long ago it was: `90m`, `8h`, `30d`.
package enum WrittenTime {
    package static let explanation =
        "a time in UTC, such as 2026-11-24, \"2026-11-24 13:50\" or 2026-11-24T13:50:12Z, or how long ago, such as 90m, "
        + "8h or 30d"

    /// Nil if it isn't written so, or never was.
    package static func time(_ text: String, now: Timestamp) -> Timestamp? {
        // A bare number might be either.
        if text.last?.isLetter == true, let seconds = WrittenDuration.seconds(text) { return now + -seconds }
        var written = text
        for suffix in ["Z", " UTC"] where written.hasSuffix(suffix) { written.removeLast(suffix.count) }
        let bytes = Array(written.utf8)
        guard [10, 16, 19].contains(bytes.count), bytes.count == 10 || "T ".utf8.contains(bytes[10]) else { return nil }
        let day = written.prefix(10)
        let clock = written.dropFirst(11) + "00:00:00".dropFirst(max(0, bytes.count - 11))
        let whole = "\(day)T\(clock)Z"
        guard let date = try? Date(whole, strategy: .iso8601) else { return nil }
        let time = Timestamp(Int64(date.timeIntervalSince1970))
        // There is no 30th of February.
        return Self.text(time) == whole ? time : nil
    }

    /// RFC 3339 §5.6, such as `2026-11-24T13:50:12Z`.
    package static func text(_ time: Timestamp) -> String {
        Date(timeIntervalSince1970: Double(time.seconds)).formatted(.iso8601)
    }
}
