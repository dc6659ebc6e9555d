import CSQLite
import Glibc
import OIDCLogic

/// Excludes the writers of other processes, in turns.
///
/// The right to write is `flock` on the file. That alone promises no order: who has just let go is running, and may
/// take it again before who waits has noticed. So a range lock on the same file is the queue: only its holder waits for
/// the right, and lets go of the queue when it has the right. Who lets go of the right then comes after who waits.
///
/// Nobody waits for ever: a process that was stopped while it wrote would stop all others.
final class DatabaseLock: Sendable {
    private let descriptor: Int32
    private let path: String
    /// In milliseconds.
    private let patience: Int64

    init(path: String, patience: Int64 = 5000) throws(StoreError) {
        descriptor = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unavailable("can't open \(path): error \(errno)") }
        self.path = path
        self.patience = patience
    }

    deinit { close(descriptor) }

    /// Waits for the right to write. Throws ``StoreError/unavailable(_:)`` when another process keeps it for too long.
    ///
    /// - Parameter milliseconds: nil: its own patience.
    func acquire(patience milliseconds: Int64? = nil) throws(StoreError) {
        var wait = Wait(atMost: milliseconds ?? patience)
        try retry(&wait) { csqlite_set_range_lock(descriptor, F_WRLCK) }
        defer { _ = csqlite_set_range_lock(descriptor, F_UNLCK) }
        try retry(&wait) { flock(descriptor, LOCK_EX | LOCK_NB) }
    }

    func release() { flock(descriptor, LOCK_UN) }

    private func retry(_ wait: inout Wait, _ call: () -> Int32) throws(StoreError) {
        while call() != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK, EACCES:
                guard wait.again() else {
                    throw .unavailable("another process has held \(path) for \(patience) ms; it may have been stopped")
                }
            case let code: throw .unavailable("can't lock \(path): error \(code)")
            }
        }
    }

    /// The kernel's own waiting has no end that a thread could set. So this asks again and again, after a fraction of
    /// what a commit takes; less often when it lasts longer than any commit on a sound disk. (That is as quick as the
    /// kernel for two processes and for four, and quicker than a thread that waits in another's place.)
    private struct Wait {
        private let limit: Int64
        private var start: Int64?

        init(atMost milliseconds: Int64) { limit = milliseconds }

        /// False: it has lasted long enough.
        mutating func again() -> Bool {
            let now = Monotonic.milliseconds
            // Who needn't wait needn't know the time.
            let start = self.start ?? now
            self.start = start
            guard now - start < limit else { return false }
            usleep(now - start < 100 ? 100 : 5000)
            return true
        }
    }
}
