import OIDCLogic

/// The embedded store, for one thread: it reads by a connection of its own, and waits for the writer's thread to write.
package final class SQLiteStore: Store {
    let reader: Database
    let database: SQLiteDatabase

    init(database: SQLiteDatabase, reader: Database) {
        self.database = database
        self.reader = reader
    }

    func write<Result: Sendable>(_ change: @escaping @Sendable (Database) throws -> Result) throws -> Result {
        try database.write(change)
    }

    package func generation() throws -> Int64 {
        guard let value = try reader.first("SELECT value FROM generation", read: { $0.integer(0) }) else {
            throw StoreError.broken("the generation row is gone")
        }
        return value
    }

    package func prune(at now: Timestamp, limit: Int) throws -> Int {
        try write { database in try Pruning.step(in: database, at: now, limit: limit).reduce(0, +) }
    }
}
