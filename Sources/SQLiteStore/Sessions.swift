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

    package func sessions(of user: UserID, limit: Int) throws -> [Session] {
        let sql = "SELECT \(Self.columns) FROM session WHERE sub = ?1 ORDER BY created_at DESC, id LIMIT ?2"
        return try reader.all(sql, Value(user), Value(max(0, limit))) { row throws(StoreError) in
            try Self.session(row)
        }
    }

    package func start(_ start: SessionStart) throws -> SessionStart.Outcome {
        do {
            return try change { database, audit in try Self.start(start, in: database, audit) }
        } catch is FormerSessionChanged {
            return .sessionChanged
        }
    }

    /// Thrown, so that the attempt is unspent again.
    private struct FormerSessionChanged: Error {}

    private static func start(
        _ start: SessionStart, in database: Database, _ audit: AuditRow
    ) throws -> SessionStart.Outcome {
        // Whether the attempt is unspent and the user may still sign in by this password is checked by the statement
        // that spends it: of two racing processes one gets the row, and nobody who was disabled, or given another
        // password, while theirs was being checked.
        let spent = try database.run(
            """
            INSERT INTO spent_attempt (id, expires_at)
            SELECT ?1, ?2 FROM user WHERE sub = ?3 AND password_hash = ?4 AND is_disabled = 0
            ON CONFLICT DO NOTHING
            """,
            Value(start.attempt), Value(start.attemptExpiresAt), Value(start.session.userID),
            .text(start.user.passwordHash))
        guard spent == 1 else { return try isSpent(start.attempt, in: database) ? .attemptSpent : .userChanged }
        switch start.former {
        case .absent: try insert(start.session, digest: start.digest, in: database)
        case .ended(let former):
            try end(former, in: database, audit)
            try insert(start.session, digest: start.digest, in: database)
        case .renewed(let presented):
            try renew(start.session, presented: presented, digest: start.digest, in: database)
        }
        if let hash = start.user.betterHash {
            try database.run(
                "UPDATE user SET password_hash = ?2, version = version + 1 WHERE sub = ?1", Value(start.session.userID),
                .text(hash))
        }
        try clearFailures(for: start.cleared, in: database)
        let session = start.session
        let event: AuditEvent = if case .renewed = start.former { .sessionRenewed } else { .sessionStarted }
        try audit.write(
            event, session.id.value, client: start.clientID, user: session.userID,
            AuditChange(after: [
                "username": .string(start.user.user.username.value), "acr": .string(session.acr),
                "amr": .array(session.amr.map(JSON.string)),
            ]), in: database)
        return .started
    }

    private static func insert(_ session: Session, digest: [UInt8], in database: Database) throws {
        try database.run(
            "INSERT INTO session (\(columns), digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            Value(session.id), Value(session.userID), Value(session.authTime), .text(text(of: session.amr)),
            .text(session.acr), Value(session.createdAt), Value(session.lastUsedAt), Value(session.expiresAt),
            .blob(session.sidKey), .blob(digest))
    }

    private static func renew(
        _ session: Session, presented: [UInt8], digest: [UInt8], in database: Database
    ) throws {
        // Check and change are one statement, so that a session which ended since it was read stays ended, and of two
        // racing sign-ins one sets the cookie.
        let renewed = try database.run(
            """
            UPDATE session SET auth_time = ?3, amr = ?4, acr = ?5, last_used_at = ?6, expires_at = ?7, digest = ?8
            WHERE id = ?1 AND sub = ?2 AND expires_at > ?6 AND digest = ?9
            """,
            Value(session.id), Value(session.userID), Value(session.authTime), .text(text(of: session.amr)),
            .text(session.acr), Value(session.lastUsedAt), Value(session.expiresAt), .blob(digest),
            .blob(presented))
        guard renewed == 1 else { throw FormerSessionChanged() }
    }

    private static func text(of amr: [String]) -> String { JSON.array(amr.map(JSON.string)).text }

    package func touch(_ id: SessionID, at now: Timestamp) throws {
        let sql = "UPDATE session SET last_used_at = ?2 WHERE id = ?1 AND last_used_at < ?2"
        try write { database in _ = try database.run(sql, Value(id), Value(now)) }
    }

    package func endSession(_ id: SessionID) throws {
        try change { database, audit in try Self.end(id, in: database, audit) }
    }

    private static func end(_ id: SessionID, in database: Database, _ audit: AuditRow) throws {
        let user = try database.first("DELETE FROM session WHERE id = ?1 RETURNING sub", Value(id)) {
            row throws(StoreError) in UserID(try row.text(0))
        }
        if let user { try audit.write(.sessionEnded, id.value, user: user, in: database) }
    }

    package func spend(_ attempt: AttemptID, until: Timestamp) throws -> Bool {
        try write { database in try Self.spend(attempt, until: until, in: database) }
    }

    private static func isSpent(_ attempt: AttemptID, in database: Database) throws -> Bool {
        try database.first("SELECT 1 FROM spent_attempt WHERE id = ?1", Value(attempt), read: { _ in true }) ?? false
    }

    static func spend(_ attempt: AttemptID, until: Timestamp, in database: Database) throws -> Bool {
        // Check and change are one statement, so that of two racing processes one gets the row.
        let sql = "INSERT INTO spent_attempt (id, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        return try database.run(sql, Value(attempt), Value(until)) == 1
    }

    private static func session(_ row: borrowing Row) throws(StoreError) -> Session {
        return Session(
            id: SessionID(try row.text(0)), userID: UserID(try row.text(1)), authTime: row.time(2),
            amr: try row.strings(3), acr: try row.text(4), createdAt: row.time(5), lastUsedAt: row.time(6),
            expiresAt: row.time(7), sidKey: row.bytes(8))
    }
}
