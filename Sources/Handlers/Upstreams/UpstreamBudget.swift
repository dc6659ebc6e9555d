import OIDCLogic
import Synchronization

/// How many users each upstream may be asked about in the background, by all threads of a process together.
final class UpstreamBudget: Sendable {
    private struct Account {
        var left: Int
        var at: Timestamp
    }

    private let accounts = Mutex<[UpstreamName: Account]>([:])

    /// Spends one of so many a second. A second that was slept through may be made up for, and no more than one.
    func spend(on name: UpstreamName, perSecond: Int, at now: Timestamp) -> Bool {
        accounts.withLock { accounts in
            var account = accounts[name] ?? Account(left: perSecond, at: now)
            // Of two threads the later one may have looked at the clock before. One that was set back further begins anew.
            let seconds = now - account.at
            if seconds < -2 {
                account = Account(left: perSecond, at: now)
            } else if seconds > 0 {
                account.left = min(2 * perSecond, account.left + Int(min(seconds, 2)) * perSecond)
                account.at = now
            }
            defer { accounts[name] = account }
            guard account.left > 0 else { return false }
            account.left -= 1
            return true
        }
    }

    /// Leaves it alone for the rest of the second: it doesn't answer, or there is nobody to ask about.
    func rest(from name: UpstreamName, at now: Timestamp) {
        accounts.withLock { accounts in
            accounts[name] = Account(left: 0, at: max(now, accounts[name]?.at ?? now))
        }
    }
}
