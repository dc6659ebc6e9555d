import JOSE
import OIDCLogic

extension SQLiteStore {
    private static let consentSQL = "SELECT scope, granted_at FROM consent WHERE sub = ?1 AND client_id = ?2"

    package func consent(of user: UserID, to client: ClientID) throws -> Consent? {
        try reader.first(Self.consentSQL, Value(user), Value(client)) { row throws(StoreError) in
            Consent(userID: user, clientID: client, scope: try row.scope(0), grantedAt: row.time(1))
        }
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
