import JOSE
import OIDCLogic

extension SQLiteStore: UpstreamStore {
    private static let columns = """
        issuer, upstream_sub, sub, created_at, last_used_at, roles, attributes, checked_at, next_check_at, sealed_tokens,
        needs_sign_in, upstream_sid, is_signed_out, is_by_hand, may_be_spent,
        is_ending
        """

    package func upstreamLink(_ id: UpstreamLinkID) throws -> UpstreamLink? {
        let sql = "SELECT \(Self.columns) FROM upstream_link WHERE issuer = ?1 AND upstream_sub = ?2"
        return try reader.first(sql, .text(id.issuer), .text(id.subject)) { row throws(StoreError) in
            try Self.link(row)
        }
    }

    package func upstreamLinks(of user: UserID) throws -> [UpstreamLink] {
        let sql = "SELECT \(Self.columns) FROM upstream_link WHERE sub = ?1 ORDER BY issuer, upstream_sub"
        return try reader.all(sql, Value(user)) { row throws(StoreError) in try Self.link(row) }
    }

    package func upstreamLinkCount(of issuer: String) throws -> Int {
        let sql = "SELECT count(*) FROM upstream_link WHERE issuer = ?1"
        return Int(try reader.first(sql, .text(issuer), read: { $0.integer(0) }) ?? 0)
    }

    package func upstreamLinkCounts() throws -> [String: Int] {
        let counts = try reader.all("SELECT issuer, count(*) FROM upstream_link GROUP BY issuer") {
            row throws(StoreError) in (try row.text(0), Int(row.integer(1)))
        }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    package func upstreamLinks(of issuer: String, alsoNamedBy other: String, limit: Int) throws -> [UpstreamLink] {
        let sql = """
            SELECT \(Self.columns) FROM upstream_link WHERE issuer = ?1 AND EXISTS (
                SELECT 1 FROM upstream_link AS other WHERE other.issuer = ?2 AND other.upstream_sub = upstream_link.upstream_sub)
            ORDER BY upstream_sub LIMIT ?3
            """
        return try reader.all(sql, .text(issuer), .text(other), .integer(Int64(limit))) { row throws(StoreError) in
            try Self.link(row)
        }
    }

    package func move(_ move: UpstreamMove) throws -> Int {
        try change { database, audit in
            if let declaration = move.declaration { try Self.replace(declaration, in: database, audit) }
            let (former, issuer) = (Value.text(move.former), Value.text(move.issuer))
            let taken = try database.first(
                """
                SELECT 1 FROM upstream_link AS old JOIN upstream_link AS new USING (upstream_sub)
                WHERE old.issuer = ?1 AND new.issuer = ?2 LIMIT 1
                """, former, issuer, read: { _ in true })
            guard taken == nil else { throw StoreError.exists }
            let theirs = "upstream_issuer = ?1 AND sub IN (SELECT sub FROM upstream_link WHERE issuer = ?1)"
            try database.run(
                """
                UPDATE session SET upstream = ?3, upstream_issuer = ?2, sealed_logout_hint = NULL WHERE \(theirs)
                """, former, issuer, Value(move.upstream))
            try database.run("UPDATE authorization_grant SET upstream_issuer = ?2 WHERE \(theirs)", former, issuer)
            let people = try database.run(
                """
                UPDATE upstream_link SET issuer = ?2, sealed_tokens = NULL, leased_until = 0 WHERE issuer = ?1
                """, former, issuer)
            try audit.write(
                .upstreamMoved, move.upstream.value,
                AuditChange(
                    before: ["issuer": .string(move.former)],
                    after: ["issuer": .string(move.issuer), "people": .integer(Int64(people))]), in: database)
            return people
        }
    }

    /// That nobody else has taken. A lease of a clock that was wrong holds nobody up.
    private static let isFree = "NOT (leased_until > ?1 AND leased_until <= ?1 + \(UpstreamCheck.lease))"

    /// Whoever took it before, and kept nothing of what came of it, may have asked by its tokens.
    private static let lease = """
        leased_until = ?1 + \(UpstreamCheck.lease), may_be_spent = max(may_be_spent, leased_until > 0)
        """

    /// The one that has waited longest.
    private static let due = """
        SELECT upstream_sub FROM upstream_link WHERE issuer = ?2 AND next_check_at <= ?1 AND \(isFree)
        ORDER BY next_check_at LIMIT 1
        """

    package func takeUpstreamCheck(by issuer: String, at now: Timestamp) throws -> UpstreamLink? {
        // Nearly always there is none, and then nothing is written.
        guard try reader.first(Self.due, Value(now), .text(issuer), read: { _ in true }) != nil else { return nil }
        return try write { database in
            // Check and change are one statement, so that of two processes one gets the row.
            let sql = """
                UPDATE upstream_link SET \(Self.lease) WHERE issuer = ?2 AND upstream_sub = (\(Self.due))
                RETURNING \(Self.columns)
                """
            return try database.first(sql, Value(now), .text(issuer)) { row throws(StoreError) in try Self.link(row) }
        }
    }

    package func takeUpstreamCheck(of link: UpstreamLinkID, at now: Timestamp) throws -> UpstreamLink? {
        try write { database in
            let sql = """
                UPDATE upstream_link SET \(Self.lease)
                WHERE issuer = ?2 AND upstream_sub = ?3 AND \(Self.isFree) RETURNING \(Self.columns)
                """
            return try database.first(sql, Value(now), .text(link.issuer), .text(link.subject)) {
                row throws(StoreError) in try Self.link(row)
            }
        }
    }

    /// Something of theirs that came from there lives here at `?1`.
    private static let isNeeded = """
        EXISTS (
            SELECT 1 FROM session
            WHERE session.sub = upstream_link.sub AND session.expires_at > ?1
                AND session.upstream_issuer = upstream_link.issuer AND session.upstream_sub = upstream_link.upstream_sub)
        OR EXISTS (
            SELECT 1 FROM authorization_grant
            WHERE authorization_grant.sub = upstream_link.sub AND is_revoked = 0 AND refresh_expires_at > ?1
                AND authorization_grant.upstream_issuer = upstream_link.issuer
                AND authorization_grant.upstream_sub = upstream_link.upstream_sub)
        """

    package func record(
        _ check: UpstreamCheck, of link: UpstreamLinkID, after former: UpstreamCheck, telling event: AuditEvent?,
        at now: Timestamp
    ) throws -> Bool {
        try change { database, audit in
            // Check and change are one statement: what a sign-in has written meanwhile counts, and not what is older. Nor does
            // a check forget a sign-out that it didn't know of.
            let sql = """
                UPDATE upstream_link SET checked_at = ?4, sealed_tokens = ?5, needs_sign_in = ?6, leased_until = 0,
                    is_signed_out = iif(?11 AND NOT ?10, 0, is_signed_out), may_be_spent = ?12, is_ending = ?14,
                    next_check_at = iif(\(Self.isNeeded), ?7, NULL)
                WHERE issuer = ?2 AND upstream_sub = ?3 AND checked_at = ?8 AND sealed_tokens IS ?9
                    AND (is_signed_out <= ?11 OR NOT ?13)
                RETURNING sub
                """
            let user = try database.first(
                sql, Value(now), .text(link.issuer), .text(link.subject), Value(check.at), Value(check.sealedTokens),
                Value(check.needsSignIn), Value(check.nextAt), Value(former.at), Value(former.sealedTokens),
                Value(check.isSignedOut), Value(former.isSignedOut), Value(check.mayBeSpent),
                Value(event == .userGone), Value(check.isEnding)
            ) { row throws(StoreError) in UserID(try row.text(0)) }
            guard let user else {
                // What came in the place of tokens that are there still is kept all the same: nothing else serves any more.
                try database.run(
                    """
                    UPDATE upstream_link SET sealed_tokens = ?4, may_be_spent = ?5, leased_until = 0
                    WHERE issuer = ?1 AND upstream_sub = ?2 AND sealed_tokens IS ?3 AND sealed_tokens IS NOT NULL
                    """, .text(link.issuer), .text(link.subject), Value(former.sealedTokens), Value(check.sealedTokens),
                    Value(check.mayBeSpent))
                return false
            }
            if let event {
                try audit.write(event, user.value, user: user, AuditChange(after: Self.audited(link)), in: database)
            }
            return true
        }
    }

    package func planUpstreamChecks(by issuer: String, within interval: Int64, at now: Timestamp) throws -> Int {
        let late = """
            issuer = ?2 AND (next_check_at IS NULL OR next_check_at > ?1 + ?3)
            AND NOT (needs_sign_in AND sealed_tokens IS NULL) AND (\(Self.isNeeded))
            """
        let look = "SELECT 1 FROM upstream_link WHERE \(late) LIMIT 1"
        // Nearly always there is none, and then nothing is written.
        guard try reader.first(look, Value(now), .text(issuer), .integer(interval), read: { _ in true }) != nil else {
            return 0
        }
        return try write { database in
            try database.run(
                """
                UPDATE upstream_link SET next_check_at = iif(checked_at > ?1, ?1, max(checked_at + ?3, ?1)) WHERE \(late)
                """, Value(now), .text(issuer), .integer(interval))
        }
    }

    package func oldestUpstreamCheck(by issuer: String, at now: Timestamp) throws -> Timestamp? {
        let sql = "SELECT min(next_check_at) FROM upstream_link WHERE issuer = ?1 AND next_check_at <= ?2"
        return try reader.first(sql, .text(issuer), Value(now), read: { $0.optionalTime(0) }) ?? nil
    }

    package func noteSignOut(ofUpstream issuer: String, sid: String?, subject: String) throws {
        try write { database in
            try Self.noteSignOut(of: UpstreamLinkID(issuer: issuer, subject: subject), from: sid, in: database)
        }
    }

    private static func noteSignOut(of link: UpstreamLinkID, from sid: String?, in database: Database)
        throws(StoreError)
    {
        try database.run(
            """
            UPDATE upstream_link SET is_signed_out = 1 WHERE issuer = ?1 AND upstream_sub = ?2 AND upstream_sid IS ?3
            """, .text(link.issuer), .text(link.subject), Value(sid))
    }

    package func endSessions(ofUpstream issuer: String, sid: String, subject: String?) throws -> Int {
        try change { database, audit in
            // Without ?3 the second half finds nobody. Nor does it look for who is linked to nobody any more: what came from
            // there has ended with the link.
            let sessions = try database.all(
                """
                SELECT id FROM session
                WHERE upstream_issuer = ?1 AND upstream_sid = ?2 AND upstream_sub = coalesce(?3, upstream_sub)
                UNION ALL
                SELECT id FROM session
                WHERE sub = (SELECT sub FROM upstream_link WHERE issuer = ?1 AND upstream_sub = ?3)
                    AND upstream_issuer = ?1 AND upstream_sub = ?3 AND upstream_sid IS NULL
                """, .text(issuer), .text(sid), Value(subject)
            ) { row throws(StoreError) in SessionID(try row.text(0)) }
            for session in sessions { try Self.endOne(session, in: database, audit) }
            if let subject {
                let link = UpstreamLinkID(issuer: issuer, subject: subject)
                for known in [sid, nil] { try Self.noteSignOut(of: link, from: known, in: database) }
            } else {
                try database.run(
                    "UPDATE upstream_link SET is_signed_out = 1 WHERE issuer = ?1 AND upstream_sid = ?2", .text(issuer),
                    .text(sid))
            }
            return sessions.count
        }
    }

    package func link(_ user: UpstreamUser, spending invitation: [UInt8]?, at now: Timestamp) throws -> Bool {
        do {
            return try change { database, audit in
                if let invitation {
                    guard try Self.spend(invitation, of: user.user.id, at: now, in: database) else { return false }
                }
                try Self.keep(user, by: nil, in: database, audit)
                try audit.write(
                    .userLinked, user.user.id.value, user: user.user.id, AuditChange(after: Self.audited(user.link.id)),
                    in: database)
                return true
            }
        } catch is UpstreamUserChanged {
            return false
        }
    }

    package func admit(
        _ link: UpstreamLinkID, of user: UserID, spending invitation: [UInt8], at now: Timestamp
    ) throws -> Bool {
        do {
            return try change { database, audit in
                guard try Self.spend(invitation, of: user, at: now, in: database) else { return false }
                let admitted = try database.run(
                    "UPDATE upstream_link SET is_by_hand = 1 WHERE issuer = ?1 AND upstream_sub = ?2 AND sub = ?3",
                    .text(link.issuer), .text(link.subject), Value(user))
                guard admitted == 1 else { throw UpstreamUserChanged() }
                try audit.write(
                    .userLinked, user.value, user: user, AuditChange(after: Self.audited(link)), in: database)
                return true
            }
        } catch is UpstreamUserChanged {
            return false
        }
    }

    package func unlink(_ link: UpstreamLinkID, from user: UserID) throws -> Bool {
        try change { database, audit in
            let sql = """
                DELETE FROM upstream_link WHERE issuer = ?1 AND upstream_sub = ?2 AND sub = ?3 RETURNING \(Self.columns)
                """
            let former = try database.first(sql, .text(link.issuer), .text(link.subject), Value(user)) {
                row throws(StoreError) in try Self.link(row)
            }
            guard let former else { return false }
            try Self.takeBack(former, in: database, audit)
            let sessions = try database.all(
                "SELECT id FROM session WHERE sub = ?1 AND upstream_issuer = ?2 AND upstream_sub = ?3", Value(user),
                .text(link.issuer), .text(link.subject)
            ) { row throws(StoreError) in SessionID(try row.text(0)) }
            let ended = try Self.end(.several(sessions), in: database, at: audit.at).count
            let grants = try database.run(
                """
                UPDATE authorization_grant SET is_revoked = 1
                WHERE sub = ?1 AND upstream_issuer = ?2 AND upstream_sub = ?3 AND is_revoked = 0
                """, Value(user), .text(link.issuer), .text(link.subject))
            try audit.write(
                .userUnlinked, user.value, user: user,
                AuditChange(before: Self.audited(link)).ending(ended, "sessions").ending(grants, "grants"), in: database
            )
            return true
        }
    }

    private static func audited(_ link: UpstreamLinkID) -> [String: JSON] {
        ["issuer": .string(link.issuer), "upstream_sub": .string(link.subject)]
    }

    /// What its user had by it alone; who they are stays.
    private static func takeBack(_ link: UpstreamLink, in database: Database, _ audit: AuditRow) throws {
        guard !link.roles.isEmpty || !link.attributes.isEmpty, var user = try user(link.userID, in: database) else {
            return
        }
        takeBack(link, from: &user)
        _ = try replace(user, attributes: text(of: user.attributes), ending: .nothing, in: database, audit)
    }

    private static func takeBack(_ link: UpstreamLink, from user: inout User) {
        user.roles.subtract(link.roles)
        for name in link.attributes where !StandardClaims.names.contains(name) { user.attributes[name] = nil }
    }

    package func endEverything(of id: UpstreamLinkID) throws -> Bool {
        guard let owner = try upstreamLink(id)?.userID else { return false }
        let before = try hasMuch(owner) ? try endMost(of: owner, version: nil) : Ended()
        return try change { [before] database, audit in
            // Read and changed in one transaction: what the user is otherwise is theirs as of now.
            let sql = "SELECT \(Self.columns) FROM upstream_link WHERE issuer = ?1 AND upstream_sub = ?2 AND sub = ?3"
            let link = try database.first(sql, .text(id.issuer), .text(id.subject), Value(owner)) {
                row throws(StoreError) in try Self.link(row)
            }
            guard let link, var user = try Self.user(owner, in: database) else { return false }
            Self.takeBack(link, from: &user)
            let kept = link.attributes.filter(StandardClaims.names.contains).sorted()
            try database.run(
                "UPDATE upstream_link SET roles = '[]', attributes = ?3 WHERE issuer = ?1 AND upstream_sub = ?2",
                .text(id.issuer), .text(id.subject), .text(Self.text(of: kept)))
            let attributes = try Self.text(of: user.attributes)
            _ = try Self.replace(
                user, attributes: attributes, ending: .everything, after: before, in: database, audit)
            return true
        }
    }

    /// Thrown, so that all that was written with it is undone.
    struct UpstreamUserChanged: Error {}

    /// Makes of the user and their link what the upstream says.
    ///
    /// Throws ``UpstreamUserChanged`` if either is no longer as it was when that was decided.
    static func keep(
        _ user: UpstreamUser, by session: UpstreamSession?, in database: Database, _ audit: AuditRow
    ) throws {
        switch user.known {
        case .nothing:
            do {
                try insert(user.user, in: database, audit)
            } catch StoreError.exists, StoreError.missing {
                throw UpstreamUserChanged()
            }
        case .version:
            do {
                _ = try replace(
                    user.user, attributes: text(of: user.user.attributes), ending: .nothing, in: database, audit)
            } catch StoreError.changed, StoreError.missing {
                throw UpstreamUserChanged()
            }
        case .everything:
            let sql = "SELECT 1 FROM user WHERE sub = ?1 AND version = ?2 AND is_disabled = 0"
            let isSame = try database.first(sql, Value(user.user.id), .integer(user.user.version), read: { _ in true })
            guard isSame ?? false else { throw UpstreamUserChanged() }
        }
        try keep(user.link, keepsTokens: user.keepsTokens, in: database)
    }

    private static func keep(_ link: UpstreamLink, keepsTokens: Bool, in database: Database) throws {
        // Those that a check has got meanwhile are newer than those that were read.
        let ofTokens = ["sealed_tokens", "upstream_sid", "is_signed_out", "may_be_spent", "leased_until"]
            .map { "\($0) = iif(?17, \($0), excluded.\($0))" }.joined(separator: ", ")
        // Check and change are one statement, so that of two first sign-ins one makes the user.
        let kept = try database.run(
            """
            INSERT INTO upstream_link (\(columns), leased_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 0)
            ON CONFLICT (issuer, upstream_sub) DO UPDATE SET
                last_used_at = max(last_used_at, excluded.last_used_at), roles = excluded.roles,
                attributes = excluded.attributes, checked_at = excluded.checked_at,
                next_check_at = excluded.next_check_at, needs_sign_in = excluded.needs_sign_in,
                is_ending = excluded.is_ending, is_by_hand = max(is_by_hand, excluded.is_by_hand), \(ofTokens)
            WHERE sub = excluded.sub
            """,
            .text(link.id.issuer), .text(link.id.subject), Value(link.userID), Value(link.createdAt),
            Value(link.lastUsedAt), .text(text(of: link.roles.sorted().map(\.description))),
            .text(text(of: link.attributes.sorted())), Value(link.check.at), Value(link.check.nextAt),
            Value(link.check.sealedTokens), Value(link.check.needsSignIn), Value(link.check.sid),
            Value(link.check.isSignedOut), Value(link.isByHand), Value(link.check.mayBeSpent),
            Value(link.check.isEnding), Value(keepsTokens))
        guard kept == 1 else { throw UpstreamUserChanged() }
    }

    private static func text(of names: [String]) -> String { JSON.array(names.map(JSON.string)).text }

    private static func link(_ row: borrowing Row) throws(StoreError) -> UpstreamLink {
        UpstreamLink(
            id: UpstreamLinkID(issuer: try row.text(0), subject: try row.text(1)), userID: UserID(try row.text(2)),
            createdAt: row.time(3), isByHand: row.flag(13), lastUsedAt: row.time(4),
            roles: Set(try row.strings(5).map(RoleID.init(written:))), attributes: Set(try row.strings(6)),
            check: UpstreamCheck(
                at: row.time(7), nextAt: row.optionalTime(8), sealedTokens: try row.optionalText(9),
                needsSignIn: row.flag(10), sid: try row.optionalText(11), isSignedOut: row.flag(12),
                mayBeSpent: row.flag(14), isEnding: row.flag(15)))
    }
}
