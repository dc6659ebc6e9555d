import FoundationEssentials

/// A time for people to read.
enum WrittenTimestamp {
    /// `2026-11-26 09:05 UTC`, from seconds since 1970.
    static func text(_ seconds: Int64) -> String {
        let text = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}
