/// How failures slow further attempts down (RFC 6819 §4.4.3.6): a few are free, then each doubles the wait.
package struct Throttle: Hashable, Sendable {
    /// How many in a row cost nothing.
    package let free: Int
    /// In seconds, at most.
    package let longest: Int64
    /// After so many seconds without a failure, a count begins anew.
    package let memory: Int64

    /// One account: a person who mistypes barely notices, who guesses gets a few dozen tries a day.
    package static let account = Throttle(free: 5, longest: 15 * 60, memory: 24 * 3600)
    /// One network address, behind which may be a whole company.
    package static let address = Throttle(free: 100, longest: 5 * 60, memory: 3600)
    /// One client from one address.
    package static let client = Throttle(free: 20, longest: 60, memory: 3600)

    /// Open registration from one address.
    package static let openRegistration = Throttle(free: 10, longest: 3600, memory: 24 * 3600)

    /// Seconds to wait yet; 0: go on. A clock set back waits for no longer than the whole step.
    ///
    /// - Parameter inFlight: attempts whose end isn't known yet. They count as failures of this moment, so that guesses
    ///   made at once get no more than guesses made in turn.
    package func wait(after failures: FailedAttempts?, inFlight: Int = 0, at now: Timestamp) -> Int64 {
        // A count begins anew with the next failure, so it is over now, whether or not its row is still there.
        let failures = failures.flatMap { now - $0.lastAt < memory ? $0 : nil }
        let count = (failures?.count ?? 0).addingReportingOverflow(inFlight)
        let beyond = (count.overflow ? .max : count.partialValue) - free
        guard beyond > 0 else { return 0 }
        let step = min(Int64(1) << Int64(min(beyond - 1, 20)), longest)
        guard inFlight == 0, let failures else { return step }
        return min(max(0, step - (now - failures.lastAt)), step)
    }
}
