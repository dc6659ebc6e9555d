import OIDCLogic

/// The end of sessions by time, where their clients are to be told of it.
package struct SessionExpiry: Sendable {
    /// In seconds: for how long one may go unused.
    private let idle: Int64
    /// For how long one serves at most whose user did not ask to stay signed in.
    private let longest: Int64

    package init(idle: Int64, longest: Int64) {
        self.idle = idle
        self.longest = longest
    }

    /// Ends at most `limit` of either kind, the oldest first. Returns how many of each.
    func step(in database: Database, at now: Timestamp, limit: Int) throws -> [Int] {
        let old = try ids(
            "expires_at <= ?1 ORDER BY expires_at LIMIT ?2", [Value(now), Value(limit)], in: database)
        // Whoever last used theirs so long ago signed in no later, so it is at most so far from its end: only those are
        // looked through. An index by use would have to be written at every use.
        let unused = try ids(
            """
            expires_at > ?1 AND expires_at <= ?1 + ?2 AND is_remembered = 0 AND last_used_at <= ?1 - ?3
            ORDER BY expires_at LIMIT ?4
            """, [Value(now), .integer(max(0, longest - idle)), .integer(idle), Value(limit)], in: database)
        if !(old + unused).isEmpty { _ = try SQLiteStore.end(.several(old + unused), in: database, at: now) }
        return [old.count, unused.count]
    }

    private func ids(_ condition: String, _ values: [Value], in database: Database) throws -> [SessionID] {
        try database.all("SELECT id FROM session WHERE \(condition)", values: values) { row throws(StoreError) in
            SessionID(try row.text(0))
        }
    }
}
