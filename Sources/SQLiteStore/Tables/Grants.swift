import JOSE
import OIDCLogic

extension SQLiteStore: GrantStore {
    private static let columns = """
        id, client_id, sub, session_id, sid, auth_time, amr, acr, request, scope, resources, created_at, expires_at,
        is_revoked, claims, refresh_digest, refresh_expires_at, predecessor_digest, predecessor_salt,
        predecessor_used_at, predecessor_request, upstream_issuer, upstream_sub
        """

    package func redeemOrRevoke(_ grant: Grant) throws -> Redemption {
        let authentication = grant.authentication
        let amr = JSON.array(authentication.amr.map(JSON.string)).text
        return try change { database, audit in
            // Check and change are one statement, so that of two racing processes one gets the row, and none where the
            // session, the user or the client has come to an end since the code was looked at.
            let recorded = try database.run(
                """
                INSERT INTO authorization_grant (\(Self.columns))
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                    NULL, NULL, NULL, NULL, session.upstream_issuer, session.upstream_sub
                FROM session WHERE session.id = ?4 AND session.sub = ?3
                    AND EXISTS (SELECT 1 FROM user WHERE sub = ?3 AND is_disabled = 0)
                    AND EXISTS (SELECT 1 FROM client WHERE client_id = ?2)
                ON CONFLICT (id) DO NOTHING
                """,
                Value(grant.id), Value(grant.clientID), Value(grant.userID), Value(authentication.sessionID),
                .text(authentication.sid), Value(authTime: authentication.authTime), .text(amr),
                .text(authentication.acr ?? ""),
                .text(grant.request.json.text), .text(grant.scope.description),
                .text(JSON.array(grant.resources.map { .string($0.value) }).text), Value(grant.createdAt),
                Value(grant.expiresAt), Value(grant.isRevoked), .text(grant.claims.json.text),
                Value(grant.refresh?.digest), Value(grant.refresh?.expiresAt))
            if recorded == 1 {
                // Grants go before sessions end: this is how a session knows whom to tell.
                try database.run(
                    "INSERT INTO session_client (session_id, client_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                    Value(authentication.sessionID), Value(grant.clientID))
                return .recorded
            }
            return try Self.revoke(grant.id, because: .codeReused, in: database, audit) ? .replayed : .ended
        }
    }

    package func rotate(
        _ id: GrantID, from digest: [UInt8], to family: RefreshFamily, keeping claims: GrantedClaims,
        until expiresAt: Timestamp
    ) throws -> Bool {
        try write { database in
            // Check and change are one statement: of two requests with one token, one makes the successor.
            try database.run(
                """
                UPDATE authorization_grant SET refresh_digest = ?3, refresh_expires_at = ?4, predecessor_digest = ?5,
                    predecessor_salt = ?6, predecessor_used_at = ?7, predecessor_request = ?8, expires_at = ?9,
                    claims = ?10
                WHERE id = ?1 AND refresh_digest = ?2 AND is_revoked = 0
                """,
                Value(id), .blob(digest), .blob(family.digest), Value(family.expiresAt),
                Value(family.predecessor?.digest), Value(family.predecessor?.salt), Value(family.predecessor?.usedAt),
                Value(family.predecessor?.request), Value(expiresAt), .text(claims.json.text)) == 1
        }
    }

    private static func family(_ row: borrowing Row) -> RefreshFamily? {
        guard let digest = row.optionalBytes(15) else { return nil }
        let predecessor = row.optionalBytes(17).map { predecessor in
            RefreshFamily.Predecessor(
                digest: predecessor, salt: row.bytes(18), usedAt: row.time(19), request: row.bytes(20))
        }
        return RefreshFamily(digest: digest, expiresAt: row.time(16), predecessor: predecessor)
    }

    package func revoke(_ id: GrantID, because reason: GrantRevocation) throws {
        try change { database, audit in _ = try Self.revoke(id, because: reason, in: database, audit) }
    }

    /// False: there is none.
    private static func revoke(
        _ id: GrantID, because reason: GrantRevocation, in database: Database, _ audit: AuditRow
    ) throws -> Bool {
        // A code may come any number of times: what is revoked already is told of no more.
        let sql =
            "UPDATE authorization_grant SET is_revoked = 1 WHERE id = ?1 AND is_revoked = 0 RETURNING client_id, sub"
        let revoked = try database.first(sql, Value(id)) { row throws(StoreError) in
            (client: ClientID(try row.text(0)), user: UserID(try row.text(1)))
        }
        guard let revoked else {
            return try database.first(
                "SELECT 1 FROM authorization_grant WHERE id = ?1", Value(id), read: { _ in true }) ?? false
        }
        if reason.isAudited {
            try audit.write(
                .grantRevoked, id.value, client: revoked.client, user: revoked.user,
                AuditChange(after: ["reason": .string(reason.rawValue)]), in: database)
        }
        return true
    }

    package func grant(_ id: GrantID) throws -> Grant? {
        let sql = "SELECT \(Self.columns) FROM authorization_grant WHERE id = ?1"
        return try reader.first(sql, Value(id)) { row throws(StoreError) in try Self.grant(row) }
    }

    package func grants(of client: ClientID, at now: Timestamp, before id: GrantID?, limit: Int) throws -> [Grant] {
        let end = try id.map { id in
            let sql = "SELECT position FROM authorization_grant WHERE id = ?1"
            return try reader.first(sql, Value(id), read: { $0.integer(0) }) ?? 0
        }
        let sql = """
            SELECT \(Self.columns) FROM authorization_grant
            WHERE client_id = ?1 AND is_revoked = 0 AND expires_at > ?2 AND position < ?3
            ORDER BY position DESC LIMIT ?4
            """
        return try reader.all(
            sql, Value(client), Value(now), .integer(end ?? Int64.max), Value(max(0, limit))
        ) { row throws(StoreError) in try Self.grant(row) }
    }

    package func refreshableGrants(of user: UserID, at now: Timestamp, limit: Int) throws -> [Grant] {
        let sql = """
            SELECT \(Self.columns) FROM authorization_grant
            WHERE sub = ?1 AND is_revoked = 0 AND refresh_expires_at > ?2 ORDER BY position DESC LIMIT ?3
            """
        return try reader.all(sql, Value(user), Value(now), Value(max(0, limit))) { row throws(StoreError) in
            try Self.grant(row)
        }
    }

    private static func grant(_ row: borrowing Row) throws(StoreError) -> Grant {
        guard let request = SignInRequest(stored: try row.json(8)) else { throw row.malformed(8) }
        guard let claims = GrantedClaims(stored: try row.json(14)) else { throw row.malformed(14) }
        var upstream: UpstreamLinkID?
        if let issuer = try row.optionalText(21) {
            upstream = UpstreamLinkID(issuer: issuer, subject: try row.text(22))
        }
        return Grant(
            id: GrantID(try row.text(0)), clientID: ClientID(try row.text(1)),
            authentication: AuthenticationContext(
                userID: UserID(try row.text(2)), sessionID: SessionID(try row.text(3)), sid: try row.text(4),
                authTime: row.authTime(5), amr: try row.strings(6), acr: try row.acr(7)),
            request: request, scope: try row.scope(9),
            resources: try row.strings(10).map(ResourceIndicator.init(stored:)), refresh: family(row),
            createdAt: row.time(11), expiresAt: row.time(12), isRevoked: row.flag(13), claims: claims,
            upstream: upstream)
    }
}
