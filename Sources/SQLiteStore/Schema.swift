import JOSE
import OIDCLogic

/// The tables, as numbered migrations. One that has been released is never changed: add another.
///
/// Tables are STRICT, columns are named as in the RFCs, times are whole seconds since 1970.
enum Schema {
    /// In `PRAGMA application_id`: "Pstn". Another program's database is refused.
    static let applicationID: Int64 = 0x5073_746E

    /// In their order, which the names of their files in `Migrations` give as well.
    static let migrations = [
        firstTables,
        registrationAndSearch,
        declarations,
        auditLog,
        clientUseAndActivity,
        pairwiseSalt,
        approval,
        signingKeyStates,
        initialAccessTokenIssuer,
        logoutDeliveries,
        sessionDevice,
        frontchannelLogout,
        tokenServiceActivity,
        upstreams,
        upstreamDeclarations,
        upstreamTraces,
        upstreamKeys,
        upstreamSignOut,
        upstreamSignedOut,
        upstreamLinkByHand,
        upstreamCheckStates,
    ]

    static func version(of database: Database) throws(StoreError) -> Int {
        Int(try database.first("PRAGMA user_version", read: { $0.integer(0) }) ?? 0)
    }

    /// Throws ``StoreError/broken(_:)`` if this program can't serve the database: it is another program's, or a newer
    /// release has changed it.
    static func check(_ database: Database) throws(StoreError) {
        let application = try database.first("PRAGMA application_id", read: { $0.integer(0) })
        let version = try version(of: database)
        let tables = try database.first("SELECT count(*) FROM sqlite_schema", read: { $0.integer(0) })
        guard application == applicationID || (application == 0 && tables == 0) else {
            throw .broken("the file is a database of another program")
        }
        guard version <= migrations.count else {
            throw .broken(
                "the database has schema \(version), written by a newer release; this one knows \(migrations.count): "
                    + "install the newer release, or restore a backup from before")
        }
    }

    /// Brings the database up to date, a transaction for each step. The caller holds the lock.
    static func migrate(_ database: Database) throws(StoreError) {
        for (number, script) in migrations.enumerated().dropFirst(try version(of: database)) {
            do throws(StoreError) {
                try database.run("BEGIN IMMEDIATE")
                try database.runScript(script)
                // Not SQLite's own generator, which has one seed and is made for no keys.
                if script == pairwiseSalt {
                    try database.run(
                        "INSERT INTO pairwise_salt (id, salt) VALUES (1, ?1)", .blob(SystemRandom().bytes(32)))
                }
                try database.run("PRAGMA application_id = \(applicationID)")
                try database.run("PRAGMA user_version = \(number + 1)")
                try database.run("COMMIT")
            } catch {
                if database.isInTransaction { try? database.runScript("ROLLBACK") }
                throw error
            }
        }
    }
}
