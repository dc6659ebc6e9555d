import JOSE
import OIDCLogic

extension SQLiteStore: SessionStore {
    private static let columns = """
        id, sub, auth_time, amr, acr, created_at, last_used_at, expires_at, sid_key, address,
        user_agent, is_remembered, signed_in_at, upstream, upstream_issuer, upstream_sub, upstream_sid,
        sealed_logout_hint
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
        } catch is UpstreamUserChanged {
            return .userChanged
        }
    }

    /// Thrown, so that the attempt is unspent again.
    private struct FormerSessionChanged: Error {}

    private static func start(
        _ start: SessionStart, in database: Database, _ audit: AuditRow
    ) throws -> SessionStart.Outcome {
        switch start.proof {
        case .password(let user): if let refused = try spend(start, by: user, in: database) { return refused }
        case .upstream(let user):
            guard try spend(start.attempt, until: start.attemptExpiresAt, in: database) else { return .attemptSpent }
            try keep(user, by: start.session.upstream, in: database, audit)
        }
        switch start.former {
        case .absent: try insert(start.session, digest: start.digest, in: database)
        case .ended(let former):
            try endOne(former, in: database, audit)
            try insert(start.session, digest: start.digest, in: database)
        case .renewed(let presented):
            try renew(start.session, presented: presented, digest: start.digest, in: database)
        }
        try clearFailures(for: start.cleared, in: database)
        let session = start.session
        let event: AuditEvent = if case .renewed = start.former { .sessionRenewed } else { .sessionStarted }
        try audit.write(
            event, session.id.value, client: start.clientID, user: session.userID,
            AuditChange(
                after: [
                    "username": .string(start.proof.user.username.value), "acr": session.acr.map(JSON.string) ?? .null,
                    "amr": .array(session.amr.map(JSON.string)),
                    "upstream": (session.upstream?.upstream.value).map(JSON.string),
                    "remembered": session.isRemembered ? .bool(true) : nil,
                ].compactMapValues { $0 }), in: database)
        return .started
    }

    /// Nil: it was unspent, and the user may sign in.
    private static func spend(
        _ start: SessionStart, by user: AuthenticatedUser, in database: Database
    ) throws -> SessionStart.Outcome? {
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
            .text(user.passwordHash))
        guard spent == 1 else { return try isSpent(start.attempt, in: database) ? .attemptSpent : .userChanged }
        if let hash = user.betterHash {
            try database.run(
                "UPDATE user SET password_hash = ?2, version = version + 1 WHERE sub = ?1", Value(start.session.userID),
                .text(hash))
        }
        return nil
    }

    private static func insert(_ session: Session, digest: [UInt8], in database: Database) throws {
        try database.run(
            """
            INSERT INTO session (\(columns), digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
            """,
            Value(session.id), Value(session.userID), Value(authTime: session.authTime), .text(text(of: session.amr)),
            .text(session.acr ?? ""), Value(session.createdAt), Value(session.lastUsedAt), Value(session.expiresAt),
            .blob(session.sidKey), Value(session.device?.address), Value(session.device?.userAgent),
            Value(session.isRemembered), Value(session.signedInAt), Value(session.upstream?.upstream.value),
            Value(session.upstream?.link.issuer), Value(session.upstream?.link.subject), Value(session.upstream?.sid),
            Value(session.upstream?.sealedLogoutHint), .blob(digest))
    }

    private static func renew(
        _ session: Session, presented: [UInt8], digest: [UInt8], in database: Database
    ) throws {
        // Check and change are one statement, so that a session which ended since it was read stays ended, and of two
        // racing sign-ins one sets the cookie.
        let renewed = try database.run(
            """
            UPDATE session SET auth_time = ?3, amr = ?4, acr = ?5, last_used_at = ?6, expires_at = ?7, digest = ?8,
                address = ?10, user_agent = ?11, is_remembered = ?12, signed_in_at = ?13, upstream = ?14,
                upstream_issuer = ?15, upstream_sub = ?16, upstream_sid = ?17, sealed_logout_hint = ?18
            WHERE id = ?1 AND sub = ?2 AND expires_at > ?6 AND digest = ?9
            """,
            Value(session.id), Value(session.userID), Value(authTime: session.authTime), .text(text(of: session.amr)),
            .text(session.acr ?? ""), Value(session.lastUsedAt), Value(session.expiresAt), .blob(digest),
            .blob(presented), Value(session.device?.address), Value(session.device?.userAgent),
            Value(session.isRemembered), Value(session.signedInAt), Value(session.upstream?.upstream.value),
            Value(session.upstream?.link.issuer), Value(session.upstream?.link.subject), Value(session.upstream?.sid),
            Value(session.upstream?.sealedLogoutHint))
        guard renewed == 1 else { throw FormerSessionChanged() }
    }

    private static func text(of amr: [String]) -> String { JSON.array(amr.map(JSON.string)).text }

    package func touch(_ id: SessionID, at now: Timestamp) throws {
        let sql = "UPDATE session SET last_used_at = ?2 WHERE id = ?1 AND last_used_at < ?2"
        try write { database in _ = try database.run(sql, Value(id), Value(now)) }
    }

    package func endSession(_ id: SessionID) throws {
        try change { database, audit in try Self.endOne(id, in: database, audit) }
    }

    package func endSessions(of user: UserID, but kept: SessionID) throws -> Int {
        try change { database, audit in try Self.endOthers(of: user, but: kept, in: database, audit) }
    }

    static func endOthers(
        of user: UserID, but kept: SessionID, in database: Database, _ audit: AuditRow
    ) throws -> Int {
        let others = try database.all("SELECT id FROM session WHERE sub = ?1 AND id != ?2", Value(user), Value(kept)) {
            row throws(StoreError) in SessionID(try row.text(0))
        }
        for session in others { try endOne(session, in: database, audit) }
        return others.count
    }

    package func clients(of session: SessionID) throws -> [ClientID] {
        let sql = "SELECT client_id FROM session_client WHERE session_id = ?1 ORDER BY client_id"
        return try reader.all(sql, Value(session)) { row throws(StoreError) in ClientID(try row.text(0)) }
    }

    static func endOne(_ id: SessionID, in database: Database, _ audit: AuditRow) throws {
        for ended in try end(.one(id), in: database, at: audit.at) {
            try audit.write(
                .sessionEnded, id.value, user: ended.user, AuditChange().ending(ended.grants, "grants"), in: database)
        }
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
        let (address, userAgent) = (try row.optionalText(9), try row.optionalText(10))
        var upstream: UpstreamSession?
        if let name = try row.optionalText(13) {
            upstream = UpstreamSession(
                upstream: UpstreamName(name),
                link: UpstreamLinkID(issuer: try row.text(14), subject: try row.text(15)),
                sid: try row.optionalText(16), sealedLogoutHint: try row.optionalText(17))
        }
        return Session(
            id: SessionID(try row.text(0)), userID: UserID(try row.text(1)), authTime: row.authTime(2),
            signedInAt: row.optionalTime(12), amr: try row.strings(3), acr: try row.acr(4), createdAt: row.time(5),
            lastUsedAt: row.time(6),
            expiresAt: row.time(7), sidKey: row.bytes(8), isRemembered: row.flag(11),
            device: address.map { SessionDevice(address: $0, userAgent: userAgent) }, upstream: upstream)
    }
}

/// Columns that hold something always: what isn't known is 0, and an empty text.
extension Value {
    init(authTime: Timestamp?) { self.init(authTime ?? Timestamp(0)) }
}

extension Row {
    borrowing func authTime(_ column: Int32) -> Timestamp? {
        let time = time(column)
        return time.seconds == 0 ? nil : time
    }

    borrowing func acr(_ column: Int32) throws(StoreError) -> String? {
        let text = try text(column)
        return text.isEmpty ? nil : text
    }
}
