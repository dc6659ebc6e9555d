import CSQLite

/// What SQLite's callbacks note: a rule that was broken, and how long an evaluation has gone on.
@safe final class SandboxWatch {
    /// What the expression tried that it may not.
    private(set) var objection: String?
    private var thousandsOfSteps = 0

    /// Before anything is compiled or computed.
    func begin() {
        objection = nil
        thousandsOfSteps = 0
    }

    var hasRunOut: Bool { thousandsOfSteps > SandboxRules.thousandsOfSteps }

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
            connection, 1000,
            { pointer in
                guard let pointer = unsafe pointer else { return 1 }
                let watch = unsafe Unmanaged<SandboxWatch>.fromOpaque(pointer).takeUnretainedValue()
                watch.thousandsOfSteps += 1
                return watch.hasRunOut ? 1 : 0
            }, pointer)
    }
}
