/// How often something happened, span by span.
package struct ActivitySpan: Sendable, Equatable {
    /// When it begins.
    package let start: Timestamp
    package let count: Int

    package init(start: Timestamp, count: Int) {
        self.start = start
        self.count = count
    }
}

/// What is counted for administrators.
package enum Activity: Sendable {
    /// Sessions that began, or were renewed by a sign-in.
    case signIns
    /// Counted by the hour. Of a flood, as many as were kept.
    case failedSignIns
    /// Access tokens that were issued, counted by the hour.
    case tokens
    /// Refusals of the token service, counted by the hour.
    case tokenRefusals
    /// The most that lived at once, by the hour.
    case sessions

    /// In seconds, how long what is counted by the hour is kept.
    package static let memory: Int64 = 32 * 86_400
}

extension ActivitySpan {
    /// Every span from `start` to `end`, those too in which nothing happened.
    package static func filled(
        _ spans: [ActivitySpan], from start: Timestamp, to end: Timestamp, by length: Int64
    ) -> [ActivitySpan] {
        let counts = Dictionary(spans.map { ($0.start.seconds, $0.count) }) { first, _ in first }
        return stride(from: start.seconds / length * length, through: end.seconds, by: Int(length)).map {
            ActivitySpan(start: Timestamp($0), count: counts[$0] ?? 0)
        }
    }
}
