import OIDCLogic

/// Writes observations in transactions of their own, so that their failure is nobody else's, and only while there is room.
struct ObservationWriter: Sendable {
    /// In bytes: what must be free on the disk. Less of it is left to what must last.
    let reserve: Int64
    let path: String
    /// In milliseconds: how long it waits for another program, since requests may wait behind it.
    static let patience: Int64 = 20

    /// Returns what is to be tried again. All else is kept, or dropped.
    func write(_ observations: Observations, in database: Database, under lock: DatabaseLock) -> Observations {
        let nothing = Observations()
        guard DatabaseFile(path: path).freeBytes.map({ $0 >= reserve }) ?? true else { return nothing }
        guard (try? lock.acquire(patience: Self.patience)) != nil else { return observations }
        defer { lock.release() }
        do {
            try database.waiting(atMost: Int32(Self.patience)) { _ = try database.run("BEGIN IMMEDIATE") }
            try RefusalRing.keep(observations.refusals, in: database)
            try HourlyActivity.count(observations.refusals, in: database)
            try HourlyActivity.count(observations.events, in: database)
            try HourlyActivity.count(observations.upstreams, in: database)
            try ClientUses.keep(observations.uses, in: database)
            try database.run("COMMIT")
        } catch {
            if database.isInTransaction { try? database.runScript("ROLLBACK") }
        }
        return nothing
    }
}
