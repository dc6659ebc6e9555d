import JOSE

/// Signing in with a password.
package enum Authentication {
    /// RFC 8176 §2.
    package static let passwordAMR = ["pwd"]
    /// OpenID Connect Core §2: more than nothing (which is 0), less than a second factor.
    package static let passwordACR = "1"

    /// What checks a password. The same number of hashes is computed whether the user is known, disabled or unknown.
    ///
    /// - Parameter verify: compares a password with a crypt(3) hash.
    package static func user(
        _ candidate: User?, password: String, decoy: String, verify: (_ password: String, _ hash: String) throws -> Bool
    ) rethrows -> User? {
        let isMatch = try verify(password, candidate?.passwordHash ?? decoy)
        guard let candidate, candidate.passwordHash != nil, !candidate.isDisabled, isMatch else { return nil }
        return candidate
    }
}

/// How failures slow further attempts down (RFC 6819 §4.4.3.6): a few are free, then each doubles the wait.
package struct Throttle: Sendable {
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

    /// Seconds to wait yet; 0: go on. A clock set back waits for no longer than the whole step.
    package func wait(after failures: FailedAttempts?, at now: Timestamp) -> Int64 {
        guard let failures, failures.count >= free else { return 0 }
        let doublings = min(failures.count - free, 20)
        let step = min(Int64(1) << Int64(doublings), longest)
        return min(max(0, step - (now - failures.lastAt)), step)
    }
}
