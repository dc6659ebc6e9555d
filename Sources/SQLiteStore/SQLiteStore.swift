import OIDCLogic

/// The embedded store, for one thread: it reads by a connection of its own, and waits for the writer's thread to write.
package final class SQLiteStore: Store {
    let database: SQLiteDatabase
    var cache = GenerationCache()
    /// Once it was read.
    var knownSalt: PairwiseSalt?
    /// When this thread last said that a client was used.
    var notedUses: [ClientID: Timestamp] = [:]
    private let connection: Database
    private var moment: Moment?
    private let actor: AuditActor
    private let now: Clock?
    /// Who acts at the moment, and when they began.
    private var acting: (actor: AuditActor, at: Timestamp)?

    /// What reads see while they are asked to see one state.
    private enum Moment {
        /// Nothing was read yet, or something was written since.
        case ahead
        /// A read transaction is open, and by it the generation is known or not.
        case seen(generation: Int64?)
    }

    init(database: SQLiteDatabase, reader: Database, actor: AuditActor, now: Clock?) {
        self.database = database
        connection = reader
        self.actor = actor
        self.now = now
    }

    /// The connection to read by.
    var reader: Database {
        get throws(StoreError) {
            if case .ahead = moment {
                try connection.run("BEGIN")
                moment = .seen(generation: nil)
            }
            return connection
        }
    }

    package func reading<Result>(_ body: () throws -> Result) throws -> Result {
        guard moment == nil else { return try body() }
        moment = .ahead
        defer {
            moveOn()
            moment = nil
        }
        return try body()
    }

    func write<Result: Sendable>(_ change: @escaping @Sendable (Database) throws -> Result) throws -> Result {
        // Whoever waits for the writer sees what it has written.
        moveOn()
        return try database.write(change)
    }

    /// As ``write(_:)``, for what the audit log tells of.
    func change<Result: Sendable>(
        _ change: @escaping @Sendable (Database, AuditRow) throws -> Result
    ) throws -> Result {
        let row = acting.map { AuditRow(actor: $0.actor, at: $0.at) } ?? AuditRow(actor: actor, at: now?())
        return try write { database in try change(database, row) }
    }

    package func acting<Result>(
        as actor: AuditActor, at now: Timestamp, _ body: () throws -> Result
    ) rethrows -> Result {
        let outer = acting
        acting = (actor, now)
        defer { acting = outer }
        return try body()
    }

    package func moveOn() {
        guard case .seen = moment else { return }
        moment = .ahead
        do { try connection.run("COMMIT") } catch {
            // It has ended by itself, or must: the next one could not begin.
            _ = try? connection.run("ROLLBACK")
        }
    }

    package func generation() throws -> Int64 {
        if case .seen(let generation?) = moment { return generation }
        guard let value = try reader.first("SELECT value FROM generation", read: { $0.integer(0) }) else {
            throw StoreError.broken("the generation row is gone")
        }
        if moment != nil { moment = .seen(generation: value) }
        return value
    }

    package func prune(at now: Timestamp, limit: Int) throws -> Int {
        let pruning = database.pruning
        return try write { database in try pruning.step(in: database, at: now, limit: limit).reduce(0, +) }
    }
}
