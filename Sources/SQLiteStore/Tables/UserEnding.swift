import OIDCLogic

/// What of a user has ended.
struct Ended {
    var sessions = 0
    var grants = 0
}

extension SQLiteStore {
    /// How many sessions, and grants, a step ends: as many as a token request can wait for.
    private static let step = 10
    /// In milliseconds, between two steps: for those who wait for the writer, or for the core that it is on.
    private static let rest: Int64 = 5

    /// Whether the user has more than one change should end.
    func hasMuch(_ user: UserID) throws -> Bool {
        try isAbove("session WHERE sub = ?1", user)
            || isAbove("authorization_grant WHERE sub = ?1 AND is_revoked = 0", user)
    }

    private func isAbove(_ rows: String, _ user: UserID) throws -> Bool {
        let sql = "SELECT 1 FROM \(rows) LIMIT 1 OFFSET ?2"
        return try reader.first(sql, Value(user), .integer(Int64(Self.step)), read: { _ in true }) ?? false
    }

    /// Ends sessions and grants of a user who has many, in steps that keep nobody waiting for long: the end of each is told to
    /// several apps. The change that ends all of them comes next, and finds what came meanwhile.
    ///
    /// - Parameter version: the user's, where they are changed. Throws ``StoreError/changed`` if somebody else was sooner.
    func endMost(of user: UserID, version: Int64?) throws -> Ended {
        var sessions = try reader.all("SELECT id FROM session WHERE sub = ?1", Value(user)) {
            row throws(StoreError) in SessionID(try row.text(0))
        }
        var ended = Ended()
        var step = Ended()
        repeat {
            let some = Array(sessions.suffix(Self.step))
            sessions.removeLast(some.count)
            step = try change { database, audit in
                try Self.check(user, isAt: version, in: database)
                return try Self.end(some, of: user, in: database, audit)
            }
            ended.sessions += step.sessions
            ended.grants += step.grants
            Monotonic.rest(Self.rest)
        } while !sessions.isEmpty || step.grants == Self.step
        return ended
    }

    private static func check(_ user: UserID, isAt version: Int64?, in database: Database) throws {
        guard let version else { return }
        let sql = "SELECT 1 FROM user WHERE sub = ?1 AND version = ?2"
        let isThere = try database.first(sql, Value(user), .integer(version), read: { _ in true }) ?? false
        guard isThere else { throw StoreError.changed }
    }

    private static func end(
        _ sessions: [SessionID], of user: UserID, in database: Database, _ audit: AuditRow
    ) throws -> Ended {
        let grants = try database.run(
            """
            UPDATE authorization_grant SET is_revoked = 1 WHERE id IN
                (SELECT id FROM authorization_grant WHERE sub = ?1 AND is_revoked = 0 LIMIT ?2)
            """, Value(user), .integer(Int64(step)))
        return Ended(sessions: try end(.several(sessions), in: database, at: audit.at).count, grants: grants)
    }
}
