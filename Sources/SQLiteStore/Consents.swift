import OIDCLogic

extension SQLiteStore {
    package func consent(of user: UserID, to client: ClientID) throws -> Consent? {
        let sql = "SELECT scope, granted_at FROM consent WHERE sub = ?1 AND client_id = ?2"
        return try reader.first(sql, Value(user), Value(client)) { row throws(StoreError) in
            Consent(userID: user, clientID: client, scope: try row.scope(0), grantedAt: row.time(1))
        }
    }

    /// Throws ``StoreError/missing`` if the user or the client is gone.
    package func remember(_ consent: Consent) throws {
        try write { database in
            _ = try database.run(
                """
                INSERT INTO consent (sub, client_id, scope, granted_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (sub, client_id) DO UPDATE SET scope = excluded.scope, granted_at = excluded.granted_at
                """,
                Value(consent.userID), Value(consent.clientID), .text(consent.scope.description),
                Value(consent.grantedAt))
        }
    }
}
