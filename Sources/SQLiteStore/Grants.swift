import JOSE
import OIDCLogic

extension SQLiteStore: GrantStore {
    private static let columns = """
        id, client_id, sub, session_id, sid, auth_time, amr, acr, request, scope, created_at, expires_at, is_revoked,
        claims
        """

    package func redeemOrRevoke(_ grant: Grant) throws -> Redemption {
        let authentication = grant.authentication
        let amr = JSON.array(authentication.amr.map(JSON.string)).text
        return try write { database in
            // Check and change are one statement, so that of two racing processes one gets the row, and none where the
            // session, the user or the client has come to an end since the code was looked at.
            let recorded = try database.run(
                """
                INSERT INTO authorization_grant (\(Self.columns))
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
                WHERE EXISTS (SELECT 1 FROM session WHERE id = ?4 AND sub = ?3)
                    AND EXISTS (SELECT 1 FROM user WHERE sub = ?3 AND is_disabled = 0)
                    AND EXISTS (SELECT 1 FROM client WHERE client_id = ?2)
                ON CONFLICT (id) DO NOTHING
                """,
                Value(grant.id), Value(grant.clientID), Value(grant.userID), Value(authentication.sessionID),
                .text(authentication.sid), Value(authentication.authTime), .text(amr), .text(authentication.acr),
                .text(grant.request.json.text), .text(grant.scope.description), Value(grant.createdAt),
                Value(grant.expiresAt), Value(grant.isRevoked), .text(grant.claims.json.text))
            if recorded == 1 { return .recorded }
            return try Self.revoke(grant.id, in: database) ? .replayed : .ended
        }
    }

    package func revoke(_ id: GrantID) throws {
        try write { database in _ = try Self.revoke(id, in: database) }
    }

    /// False: there is none.
    private static func revoke(_ id: GrantID, in database: Database) throws -> Bool {
        try database.run("UPDATE authorization_grant SET is_revoked = 1 WHERE id = ?1", Value(id)) == 1
    }

    package func grant(_ id: GrantID) throws -> Grant? {
        let sql = "SELECT \(Self.columns) FROM authorization_grant WHERE id = ?1"
        return try reader.first(sql, Value(id)) { row throws(StoreError) in
            guard let request = SignInRequest(stored: try row.json(8)) else { throw row.malformed(8) }
            guard let claims = GrantedClaims(stored: try row.json(13)) else { throw row.malformed(13) }
            return Grant(
                id: GrantID(try row.text(0)), clientID: ClientID(try row.text(1)),
                authentication: AuthenticationContext(
                    userID: UserID(try row.text(2)), sessionID: SessionID(try row.text(3)), sid: try row.text(4),
                    authTime: row.time(5), amr: try row.strings(6), acr: try row.text(7)),
                request: request, scope: try row.scope(9), createdAt: row.time(10), expiresAt: row.time(11),
                isRevoked: row.flag(12), claims: claims)
        }
    }
}
