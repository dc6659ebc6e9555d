import OIDCLogic
import Synchronization

/// The password checks that this process is at, by what their failure would count for.
///
/// A failure is known only after the hash, so guesses sent at once would all pass the throttle before the first of them
/// counts. Counted here, each is throttled by those before it. In memory and not in the store: a row for each check
/// would cost everyone who signs in a second fsync. So the bound is one of the process: `n` processes let through at
/// most `n` times the free attempts at once, and then wait like everybody.
final class ChecksInFlight: Sendable {
    private let counts = Mutex<[ThrottleKey: Int]>([:])

    /// Runs `check` with how many others are at each of the keys.
    ///
    /// What `check` records before it returns can be read by whoever no longer finds it here.
    func during<Result>(_ keys: [ThrottleKey], _ check: ([ThrottleKey: Int]) throws -> Result) rethrows -> Result {
        let others = counts.withLock { counts in
            let others = counts.filter { keys.contains($0.key) }
            for key in keys { counts[key, default: 0] += 1 }
            return others
        }
        defer {
            counts.withLock { counts in
                for key in keys { counts[key] = counts[key].flatMap { $0 > 1 ? $0 - 1 : nil } }
            }
        }
        return try check(others)
    }
}
