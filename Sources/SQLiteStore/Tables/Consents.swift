import JOSE
import OIDCLogic

extension SQLiteStore {
    private static let consentSQL = "SELECT scope, granted_at FROM consent WHERE sub = ?1 AND client_id = ?2"

    package func consent(of user: UserID, to client: ClientID) throws -> Consent? {
        try reader.first(Self.consentSQL, Value(user), Value(client)) { row throws(StoreError) in
            Consent(userID: user, clientID: client, scope: try row.scope(0), grantedAt: row.time(1))
        }
    }

    package func consents(to client: ClientID, after user: UserID?, limit: Int) throws -> [Consent] {
        let sql =
            "SELECT sub, scope, granted_at FROM consent WHERE client_id = ?1 AND sub > ?2 ORDER BY sub LIMIT ?3"
        return try reader.all(sql, Value(client), .text(user?.value ?? ""), Value(max(0, limit))) {
            row throws(StoreError) in
            Consent(
                userID: UserID(try row.text(0)), clientID: client, scope: try row.scope(1), grantedAt: row.time(2))
        }
    }

    package func consents(of user: UserID, after client: ClientID?, limit: Int) throws -> [Consent] {
        let sql = """
            SELECT client_id, scope, granted_at FROM consent WHERE sub = ?1 AND client_id > ?2 ORDER BY client_id LIMIT ?3
            """
        return try reader.all(sql, Value(user), .text(client?.value ?? ""), Value(max(0, limit))) {
            row throws(StoreError) in
            Consent(
                userID: user, clientID: ClientID(try row.text(0)), scope: try row.scope(1), grantedAt: row.time(2))
        }
    }

    package func disconnect(_ client: ClientID, from user: UserID) throws -> Bool {
        try change { database, audit in
            let scope = try Self.removeConsent(of: user, to: client, in: database)
            let grants = try database.run(
                "UPDATE authorization_grant SET is_revoked = 1 WHERE sub = ?1 AND client_id = ?2 AND is_revoked = 0",
                Value(user), Value(client))
            guard scope != nil || grants > 0 else { return false }
            let before = scope.map { ["scope": JSON.string($0)] } ?? [:]
            try audit.write(
                .consentWithdrawn, client.value, client: client, user: user,
                AuditChange(before: before).ending(grants, "grants"), in: database)
            return true
        }
    }

    package func removeConsent(of user: UserID, to client: ClientID) throws -> Bool {
        try change { database, audit in
            guard let scope = try Self.removeConsent(of: user, to: client, in: database) else { return false }
            try audit.write(
                .consentWithdrawn, client.value, client: client, user: user,
                AuditChange(before: ["scope": .string(scope)]), in: database)
            return true
        }
    }

    /// Returns its scope; nil: there was none.
    private static func removeConsent(
        of user: UserID, to client: ClientID, in database: Database
    ) throws(StoreError) -> String? {
        let sql = "DELETE FROM consent WHERE sub = ?1 AND client_id = ?2 RETURNING scope"
        return try database.first(sql, Value(user), Value(client)) { row throws(StoreError) in try row.text(0) }
    }

    package func remember(_ consent: Consent, spending attempt: AttemptID, until: Timestamp) throws -> Bool {
        try change { database, audit in
            guard try Self.spend(attempt, until: until, in: database) else { return false }
            // Read within the writing transaction, so that two pages that are answered at once lose neither's scope.
            let known = try database.first(Self.consentSQL, Value(consent.userID), Value(consent.clientID)) {
                row throws(StoreError) in try row.scope(0)
            }
            let scope = consent.scope.union(known ?? .none).description
            try database.run(
                """
                INSERT INTO consent (sub, client_id, scope, granted_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (sub, client_id) DO UPDATE SET scope = excluded.scope, granted_at = excluded.granted_at
                """,
                Value(consent.userID), Value(consent.clientID),
                .text(scope), Value(consent.grantedAt))
            let before = known.map { ["scope": JSON.string($0.description)] } ?? [:]
            // Also where nothing is new: the user has said so again.
            try audit.write(
                .consentGiven, consent.clientID.value, client: consent.clientID, user: consent.userID,
                AuditChange(before: before, after: ["scope": .string(scope)]), in: database)
            return true
        }
    }
}
