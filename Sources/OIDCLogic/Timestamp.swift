/// A point in time, in whole seconds since 1970-01-01T00:00:00Z (RFC 7519 §2, NumericDate).
package struct Timestamp: Hashable, Comparable, Sendable {
    package let seconds: Int64

    package init(_ seconds: Int64) { self.seconds = seconds }

    package static func < (one: Self, other: Self) -> Bool { one.seconds < other.seconds }
    package static func + (one: Self, seconds: Int64) -> Self { Self(one.seconds + seconds) }
    package static func - (one: Self, other: Self) -> Int64 { one.seconds - other.seconds }

    /// Whether less than `seconds` have passed since then. It is false as well when the clock was set back to before
    /// then, so that a clock set back never makes an old thing new.
    package func isWithin(_ seconds: Int64, of now: Timestamp) -> Bool {
        let age = now - self
        return 0 <= age && age < seconds
    }
}

/// The clock, handed in, so that a test says what time it is.
package typealias Clock = @Sendable () -> Timestamp
