import Dispatch
import JOSE
import OIDCLogic
import Synchronization

/// Checks passwords, a fixed number at once: a hash takes 16 MB and about 30 ms of a processor, so an attack must not
/// decide how many there are.
final class PasswordChecker: Sendable {
    private let slots: DispatchSemaphore
    private let queue: Int
    private let waiting = Mutex(0)
    private let verify: @Sendable (_ password: String, _ hash: String) -> Bool
    private let improve: @Sendable (_ password: String, _ hash: String) -> String?

    /// - Parameters:
    ///   - limit: hashes at once.
    ///   - queue: how many may wait for their turn; beyond that the answer is "busy".
    ///   - verify: compares a password with a crypt(3) hash.
    ///   - improve: hashes a right password anew if its hash is of the past.
    init(
        limit: Int, queue: Int,
        verify: @escaping @Sendable (_ password: String, _ hash: String) -> Bool = { PasswordHash.verify($0.utf8, $1) },
        improve: @escaping @Sendable (_ password: String, _ hash: String) -> String? = PasswordChecker.rehash
    ) {
        slots = DispatchSemaphore(value: limit)
        self.queue = queue
        self.verify = verify
        self.improve = improve
    }

    /// Whoever it is that signs in, or nil. Throws `temporarily_unavailable` when too many wait.
    func user(_ candidate: User?, password: String) throws(OAuthError) -> AuthenticatedUser? {
        try enter()
        defer { slots.signal() }
        return Authentication.user(
            candidate, password: password, decoy: PasswordHash.decoy, verify: verify, improve: improve)
    }

    private func enter() throws(OAuthError) {
        if slots.wait(timeout: .now()) == .success { return }
        let mayWait = waiting.withLock { waiting in
            guard waiting < queue else { return false }
            waiting += 1
            return true
        }
        guard mayWait else { throw .temporarilyUnavailable(cause: "too many passwords wait to be checked") }
        slots.wait()
        waiting.withLock { $0 -= 1 }
    }

    /// Whoever can't be given a better hash keeps the one that was right.
    private static func rehash(_ password: String, _ hash: String) -> String? {
        PasswordHash.needsRehash(hash) ? try? PasswordHash.hash(password.utf8) : nil
    }
}
