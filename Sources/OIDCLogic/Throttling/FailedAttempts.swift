/// How often something failed in a row, and when last.
package struct FailedAttempts: Sendable, Equatable {
    package let count: Int
    package let lastAt: Timestamp

    package init(count: Int, lastAt: Timestamp) {
        self.count = count
        self.lastAt = lastAt
    }
}
