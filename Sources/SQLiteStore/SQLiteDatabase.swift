import OIDCLogic
import Synchronization

/// A database file and the thread that writes to it: one for a process, shared by the ``SQLiteStore``s of its threads.
package final class SQLiteDatabase: Sendable {
    /// What an administrator should know about where the file lies; empty if all is well.
    package let warnings: [String]

    private let path: String
    let pruning: Pruning
    let queue = Monitor(WriteQueue())
    let upkeep = Monitor(Upkeep())
    private let writerHasEnded = Monitor(false)

    /// Opens the file, or makes it (mode 0600), and brings its schema up to date. Beside it are `PATH.lock`, and
    /// SQLite's `PATH-wal` and `PATH-shm`.
    ///
    /// With a clock, the writer removes what has expired by it, about every minute; rows of the audit log after `auditKeep`
    /// seconds, and apps that wait for approval after `approvalDeadline`. With `expiry` it ends sessions as whoever ends them
    /// before their time, so that their clients are told. Throws ``StoreError``: `broken` for a database of a newer release
    /// or of another program.
    package convenience init(
        path: String, pruningBy clock: Clock? = nil, keepingAudit auditKeep: Int64 = AuditRecord.lifetime,
        awaitingApproval approvalDeadline: Int64 = ClientApproval.deadline, tellingOf expiry: SessionExpiry? = nil
    ) throws(StoreError) {
        try self.init(
            path: path, pruning: clock.map { PruneSchedule(clock: $0) }, auditKeep: auditKeep,
            approvalDeadline: approvalDeadline, expiry: expiry)
    }

    /// `patience`: for how many milliseconds a write waits for another process.
    /// `refusalReserve`: how many bytes must be free on the disk for refusals to be kept.
    init(
        path: String, pruning schedule: PruneSchedule?, auditKeep: Int64 = AuditRecord.lifetime,
        approvalDeadline: Int64 = ClientApproval.deadline, expiry: SessionExpiry? = nil, patience: Int64 = 5000,
        refusalReserve: Int64 = 64 << 20
    ) throws(StoreError) {
        self.path = path
        pruning = Pruning(auditKeep: auditKeep, approvalDeadline: approvalDeadline, expiry: expiry)
        let lock = try DatabaseLock(path: path + ".lock", patience: patience)
        let database = try Self.open(path, under: lock)
        warnings = DatabaseFile(path: path).warnings

        var writer = Writer(
            queue: queue, database: database, lock: lock, schedule: schedule, pruning: pruning,
            observations: ObservationWriter(reserve: refusalReserve, path: path))
        let hasEnded = writerHasEnded
        let started = DatabaseThread.start {
            writer.run()
            hasEnded.update { $0 = true }
        }
        guard started else { throw .unavailable("the system has no thread for the writer") }
    }

    deinit { close() }

    /// Ends the upkeep, and the writer after what waits. Later writes throw ``StoreError/unavailable(_:)``.
    package func close() {
        endUpkeep()
        queue.update { $0.close() }
        writerHasEnded.wait { $0 ? () : nil }
    }

    /// A store for one thread, with a read connection of its own.
    ///
    /// - Parameters:
    ///   - actor: whose changes are those that nobody else acts in, see ``AuditStore/acting(as:at:_:)``.
    ///   - now: when they are made; nil: by the operating system's clock.
    package func store(for actor: AuditActor = .system, now: Clock? = nil) throws(StoreError) -> SQLiteStore {
        SQLiteStore(database: self, reader: try reader(), actor: actor, now: now)
    }

    /// What `PRAGMA integrity_check` and `PRAGMA foreign_key_check` find; empty if the database is sound. It reads the
    /// whole file.
    package func integrityCheck() throws(StoreError) -> [String] {
        let reader = try reader()
        let faults = try reader.all("PRAGMA integrity_check") { row throws(StoreError) in try row.text(0) }
        let orphans = try reader.all("PRAGMA foreign_key_check") { row throws(StoreError) in
            "\(try row.text(0)) has a row whose \(try row.text(2)) is gone"
        }
        return faults.filter { $0 != "ok" } + orphans
    }

    /// The number of the last migration that was run.
    package var schemaVersion: Int {
        get throws(StoreError) { try Schema.version(of: reader()) }
    }

    /// Runs `change` in a transaction, beside those of other threads, and returns when it is on disk. If it throws,
    /// nothing of it is.
    func write<Result: Sendable>(_ change: @escaping @Sendable (Database) throws -> Result) throws -> Result {
        let result = WriteResult<Result>()
        let write = PendingWrite { database in
            let value = try change(database)
            result.value.withLock { $0 = value }
        }
        guard queue.update({ $0.append(write) }) else { throw StoreError.unavailable("the database is closed") }
        try write.wait()
        guard let value = result.value.withLock({ $0 }) else { throw StoreError.broken("a write had no result") }
        return value
    }

    /// As ``RefusalStore/offer(_:)``.
    @discardableResult package func offer(_ refusal: RefusalRecord) -> RefusalOffer {
        queue.update { $0.offer(refusal) }
    }

    /// False: it is dropped.
    func offer(useOf client: ClientID, at now: Timestamp) -> Bool { queue.update { $0.offer(useOf: client, at: now) } }

    func count(_ event: TokenServiceEvent, at now: Timestamp) {
        let event = TokenServiceHour(event, at: now)
        queue.updateQuietly { $0.count(event) }
    }

    func note(_ event: UpstreamEvent, of upstream: UpstreamName, at now: Timestamp) {
        queue.updateQuietly { $0.note(event, of: upstream, at: now) }
    }

    func settleObservations() { queue.wait { $0.observations.isSettled ? () : nil } }

    private final class WriteResult<Result: Sendable>: Sendable {
        let value = Mutex<Result?>(nil)
    }

    /// Under the lock, since processes may start at once.
    private static func open(_ path: String, under lock: DatabaseLock) throws(StoreError) -> sending Database {
        try lock.acquire()
        defer { lock.release() }
        try DatabaseFile(path: path).create()
        let database = try Database(path: path, access: .readWrite)
        try Schema.check(database)
        guard
            try database.first("PRAGMA journal_mode = WAL", read: { row throws(StoreError) in try row.text(0) })
                == "wal"
        else {
            throw .unavailable("the file system of \(path) can't hold a write-ahead log")
        }
        // A success answered is on disk.
        try database.run("PRAGMA synchronous = FULL")
        try database.run("PRAGMA foreign_keys = ON")
        // In bytes: what a burst of writes leaves of the log.
        try database.run("PRAGMA journal_size_limit = 8388608")
        // In KiB.
        try database.run("PRAGMA cache_size = -1024")
        try Schema.migrate(database)
        return database
    }

    private func reader() throws(StoreError) -> Database {
        let reader = try Database(path: path, access: .readOnly)
        // In KiB, for each worker: the system's page cache is behind it.
        try reader.run("PRAGMA cache_size = -256")
        return reader
    }
}
