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
    /// As far as refusals are kept.
    case failedSignIns
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
