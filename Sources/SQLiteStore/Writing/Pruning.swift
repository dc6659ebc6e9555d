import OIDCLogic

/// Removes what has expired, in steps that keep nobody waiting for long, and counts what is there.
struct Pruning: Sendable {
    /// In seconds: how long rows of the audit log are kept.
    let auditKeep: Int64
    /// In seconds: how long an app may wait for approval.
    let approvalDeadline: Int64
    /// Nil: nobody is told of sessions that end by time.
    let expiry: SessionExpiry?
    /// How many apps a step removes, each with all that hangs on it.
    private static let apps = 50

    /// Each finds its rows by an index on `expires_at`.
    private static let statements = [
        ("authorization_grant", "id"), ("spent_attempt", "id"), ("spent_assertion", "digest"),
        ("parked_value", "digest"), ("failed_attempt", "key"), ("revoked_token", "jti"), ("activity", "hour"),
        // What is of one hour goes at once.
        ("token_service_activity", "hour"),
        ("upstream_activity", "hour"),
        ("upstream_trace", "upstream"),
        ("refusal", "position"), ("initial_access_token", "position"), ("one_time_link", "digest"),
        ("logout_delivery", "position"), ("frontchannel_logout", "position"), ("upstream_key", "position"),
    ].map { removal(of: $0, by: $1) }
    private static let sessions = removal(of: "session", by: "id")

    private static func removal(of table: String, by key: String) -> String {
        """
        DELETE FROM \(table) WHERE \(key) IN
            (SELECT \(key) FROM \(table) WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)
        """
    }

    /// What a successor was derived with, so that nobody can derive it after the grace.
    private static let forgetting = """
        UPDATE authorization_grant
        SET predecessor_digest = NULL, predecessor_salt = NULL, predecessor_used_at = NULL, predecessor_request = NULL
        WHERE id IN (SELECT id FROM authorization_grant WHERE predecessor_used_at <= ?1 LIMIT ?2)
        """

    /// Removes at most `limit` rows of each kind. Returns how many went of each.
    func step(in database: Database, at now: Timestamp, limit: Int) throws -> [Int] {
        var removed =
            try expiry?.step(in: database, at: now, limit: max(0, limit))
            ?? [try database.run(Self.sessions, Value(now), Value(max(0, limit)))]
        for statement in Self.statements {
            removed.append(try database.run(statement, Value(now), Value(max(0, limit))))
        }
        let end = now + -RefreshFamily.grace
        removed.append(try database.run(Self.forgetting, Value(end), Value(max(0, limit))))
        removed.append(try SQLiteStore.pruneSigningKeys(at: now, in: database))
        removed.append(try AuditRow.prune(upTo: now + -auditKeep, limit: limit, in: database))
        removed.append(try removeUnapproved(in: database, at: now, limit: min(limit, Self.apps)))
        try HourlyActivity.countSessions(at: now, in: database)
        return removed
    }

    /// Apps that nobody has approved in time, as an administrator would remove them. What a file declares stays, and so
    /// does an app that something declared hangs on: it would go with it.
    private func removeUnapproved(in database: Database, at now: Timestamp, limit: Int) throws -> Int {
        let sql = """
            SELECT client_id FROM client WHERE approval = 'awaited' AND client_id_issued_at <= ?1
                AND NOT EXISTS (SELECT 1 FROM declaration WHERE kind = 'client' AND id = client.client_id)
                AND NOT EXISTS (SELECT 1 FROM role JOIN declaration ON kind = 'role' AND declaration.id = role.id
                    WHERE role.client_id = client.client_id)
                AND NOT EXISTS (SELECT 1 FROM custom_claim JOIN declaration
                    ON kind = 'claim' AND declaration.id = custom_claim.id
                    WHERE custom_claim.client_id = client.client_id)
            ORDER BY client_id_issued_at, client_id LIMIT ?2
            """
        let end = now + -approvalDeadline
        let ids = try database.all(sql, Value(end), Value(max(0, limit))) { row throws(StoreError) in
            ClientID(try row.text(0))
        }
        for id in ids { _ = try SQLiteStore.removeClient(id, in: database, AuditRow(actor: .system, at: now)) }
        return ids.count
    }
}

/// When the writer prunes by itself: about every minute, and sooner while there is more than one step removes.
struct PruneSchedule {
    /// Rows of each kind in one step.
    static let limit = 500

    let clock: Clock
    /// In milliseconds, as are all below.
    private let interval: Int64
    private let intervalWhileBehind: Int64
    private var due: Int64

    init(clock: @escaping Clock, interval: Int64 = 60_000, whileBehind: Int64 = 100) {
        self.clock = clock
        self.interval = interval
        intervalWhileBehind = whileBehind
        due = Monotonic.milliseconds + interval
    }

    var millisecondsLeft: Int64 { max(0, due - Monotonic.milliseconds) }

    /// `removed`: how many rows of each kind the last step removed; nil if it failed.
    mutating func didRun(removing removed: [Int]?) {
        let isBehind = removed?.contains(Self.limit) ?? false
        due = Monotonic.milliseconds + (isBehind ? intervalWhileBehind : interval)
    }
}
