import JOSE
import OIDCLogic
import Synchronization

/// Checks passwords, a fixed number at once: a hash takes 16 MB and a good part of a second's processor, so an attack
/// must not decide how many there are.
final class PasswordChecker: Sendable {
    private struct Load {
        var running = 0
        var waiting = 0
    }

    private let limit: Int
    private let queue: Int
    private let load = Mutex(Load())

    /// - Parameters:
    ///   - limit: hashes at once.
    ///   - queue: how many may wait for their turn; beyond that the answer is "busy".
    init(limit: Int, queue: Int) {
        self.limit = limit
        self.queue = queue
    }

    /// Whoever it is that signs in, or nil. Throws `temporarily_unavailable` when too many wait.
    func user(_ candidate: User?, password: String) throws -> User? {
        try enter()
        defer { leave() }
        return Authentication.user(candidate, password: password, decoy: PasswordHash.decoy) { password, hash in
            PasswordHash.verify(password.utf8, hash)
        }
    }

    private func enter() throws {
        var isQueued = false
        while true {
            let mayRun = try load.withLock { load throws(OAuthError) in
                if load.running < limit {
                    load.running += 1
                    if isQueued { load.waiting -= 1 }
                    return true
                }
                if !isQueued {
                    guard load.waiting < queue else {
                        throw OAuthError.temporarilyUnavailable(cause: "too many passwords wait to be checked")
                    }
                    load.waiting += 1
                    isQueued = true
                }
                return false
            }
            if mayRun { return }
            Pause.milliseconds(5)
        }
    }

    private func leave() { load.withLock { $0.running -= 1 } }
}
