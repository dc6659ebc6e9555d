import OIDCLogic

/// Removes what has expired, in steps that keep nobody waiting for long.
struct Pruning: Sendable {
    /// In seconds: how long rows of the audit log are kept.
    let auditKeep: Int64

    /// Each finds its rows by an index on `expires_at`.
    private static let statements = [
        ("session", "id"), ("authorization_grant", "id"), ("spent_attempt", "id"), ("spent_assertion", "digest"),
        ("parked_value", "digest"), ("failed_attempt", "key"), ("revoked_token", "jti"),
        ("refusal", "position"), ("initial_access_token", "position"), ("one_time_link", "digest"),
    ].map { table, key in
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
    func step(in database: Database, at now: Timestamp, limit: Int) throws(StoreError) -> [Int] {
        var removed: [Int] = []
        for statement in Self.statements {
            removed.append(try database.run(statement, Value(now), Value(max(0, limit))))
        }
        let end = now + -RefreshFamily.grace
        removed.append(try database.run(Self.forgetting, Value(end), Value(max(0, limit))))
        removed.append(try AuditRow.prune(upTo: now + -auditKeep, limit: limit, in: database))
        return removed
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
