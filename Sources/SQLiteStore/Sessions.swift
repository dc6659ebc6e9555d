import JOSE
import OIDCLogic

extension SQLiteStore: SessionStore {
    private static let columns = """
        id, sub, auth_time, amr, acr, created_at, last_used_at, expires_at, sid_key
        """

    package func session(digest: [UInt8]) throws -> Session? {
        let sql = "SELECT \(Self.columns) FROM session WHERE digest = ?1"
        return try reader.first(sql, .blob(digest)) { row throws(StoreError) in try Self.session(row) }
    }

    package func session(_ id: SessionID) throws -> Session? {
        let sql = "SELECT \(Self.columns) FROM session WHERE id = ?1"
        return try reader.first(sql, Value(id)) { row throws(StoreError) in try Self.session(row) }
    }

    /// Throws ``StoreError/missing`` if the user is gone.
    package func start(
        _ session: Session, digest: [UInt8], ending ended: SessionID?, spending attempt: AttemptID, until: Timestamp
    ) throws -> Bool {
        let amr = JSON.array(session.amr.map(JSON.string)).text
        return try write { database in
            guard try Self.spend(attempt, until: until, in: database) else { return false }
            if let ended { try database.run("DELETE FROM session WHERE id = ?1", Value(ended)) }
            try database.run(
                """
                INSERT INTO session (\(Self.columns), digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT (id) DO UPDATE SET sub = excluded.sub, auth_time = excluded.auth_time, amr = excluded.amr,
                    acr = excluded.acr, created_at = excluded.created_at, last_used_at = excluded.last_used_at,
                    expires_at = excluded.expires_at, sid_key = excluded.sid_key, digest = excluded.digest
                """,
                Value(session.id), Value(session.userID), Value(session.authTime), .text(amr), .text(session.acr),
                Value(session.createdAt), Value(session.lastUsedAt), Value(session.expiresAt), .blob(session.sidKey),
                .blob(digest))
            return true
        }
    }

    package func touch(_ id: SessionID, at now: Timestamp) throws {
        let sql = "UPDATE session SET last_used_at = ?2 WHERE id = ?1 AND last_used_at < ?2"
        try write { database in _ = try database.run(sql, Value(id), Value(now)) }
    }

    package func endSession(_ id: SessionID) throws {
        try write { database in _ = try database.run("DELETE FROM session WHERE id = ?1", Value(id)) }
    }

    package func spend(_ attempt: AttemptID, until: Timestamp) throws -> Bool {
        try write { database in try Self.spend(attempt, until: until, in: database) }
    }

    private static func spend(_ attempt: AttemptID, until: Timestamp, in database: Database) throws -> Bool {
        // Check and change are one statement, so that of two racing processes one gets the row.
        let sql = "INSERT INTO spent_attempt (id, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        return try database.run(sql, Value(attempt), Value(until)) == 1
    }

    private static func session(_ row: borrowing Row) throws(StoreError) -> Session {
        guard case .array(let values) = try row.json(3) else { throw row.malformed(3) }
        let amr = values.compactMap(\.stringValue)
        guard amr.count == values.count else { throw row.malformed(3) }
        return Session(
            id: SessionID(try row.text(0)), userID: UserID(try row.text(1)), authTime: row.time(2),
            amr: amr, acr: try row.text(4), createdAt: row.time(5), lastUsedAt: row.time(6),
            expiresAt: row.time(7), sidKey: row.bytes(8))
    }
}
