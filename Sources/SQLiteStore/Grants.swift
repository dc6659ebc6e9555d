import OIDCLogic

extension SQLiteStore: GrantStore {
    private static let columns = """
        id, client_id, sub, session_id, scope, auth_time, created_at, expires_at, is_revoked
        """

    /// Throws ``StoreError/missing`` if the user is gone.
    package func redeemOrRevoke(_ grant: Grant) throws -> Bool {
        try write { database in
            // Check and change are one statement, so that of two racing processes one gets the row.
            let recorded = try database.run(
                """
                INSERT INTO authorization_grant (\(Self.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                ON CONFLICT (id) DO NOTHING
                """,
                Value(grant.id), Value(grant.clientID), Value(grant.userID), Value(grant.sessionID),
                .text(grant.scope.description), Value(grant.authTime), Value(grant.createdAt), Value(grant.expiresAt),
                Value(grant.isRevoked))
            if recorded == 1 { return true }
            try database.run("UPDATE authorization_grant SET is_revoked = 1 WHERE id = ?1", Value(grant.id))
            return false
        }
    }

    package func grant(_ id: GrantID) throws -> Grant? {
        let sql = "SELECT \(Self.columns) FROM authorization_grant WHERE id = ?1"
        return try reader.first(sql, Value(id)) { row throws(StoreError) in
            Grant(
                id: GrantID(try row.text(0)), clientID: ClientID(try row.text(1)), userID: UserID(try row.text(2)),
                sessionID: SessionID(try row.text(3)), scope: try row.scope(4), authTime: row.time(5),
                createdAt: row.time(6), expiresAt: row.time(7), isRevoked: row.flag(8))
        }
    }
}
