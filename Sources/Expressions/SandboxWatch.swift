import CSQLite
import Glibc

/// What SQLite's callbacks note: a rule that was broken, and how long an evaluation has gone on.
@safe final class SandboxWatch {
    /// What the expression tried that it may not.
    private(set) var objection: String?
    private var steps: Int32 = 0
    private var deadline = 0.0

    /// Before anything is compiled or computed.
    func begin() {
        objection = nil
        steps = 0
        deadline = Self.seconds + SandboxRules.seconds
    }

    var hasRunOut: Bool { steps > SandboxRules.steps || Self.seconds > deadline }

    /// Of a clock that nobody sets.
    private static var seconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The caller keeps this for as long as the connection is open.
    func attach(to connection: OpaquePointer) {
        let pointer = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sqlite3_set_authorizer(
            connection,
            { pointer, action, first, second, _, _ in
                guard let pointer = unsafe pointer else { return SQLITE_DENY }
                let watch = unsafe Unmanaged<SandboxWatch>.fromOpaque(pointer).takeUnretainedValue()
                let objection = SandboxRules.objection(
                    to: action, unsafe first.map { unsafe String(cString: $0) },
                    unsafe second.map { unsafe String(cString: $0) })
                guard let objection else { return SQLITE_OK }
                watch.objection = watch.objection ?? objection
                return SQLITE_DENY
            }, pointer)
        unsafe sqlite3_progress_handler(
            connection, SandboxRules.stepsBetweenLooks,
            { pointer in
                guard let pointer = unsafe pointer else { return 1 }
                let watch = unsafe Unmanaged<SandboxWatch>.fromOpaque(pointer).takeUnretainedValue()
                watch.steps += SandboxRules.stepsBetweenLooks
                return watch.hasRunOut ? 1 : 0
            }, pointer)
    }
}
