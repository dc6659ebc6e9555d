import OIDCLogic

extension SQLiteStore: ActivityStore {
    /// Rows, so that looking costs no more in a large installation.
    private static let counted = 300_000

    package func activity(_ activity: Activity, since start: Timestamp, by length: Int64) throws -> [ActivitySpan] {
        let sql =
            switch activity {
            case .signIns:
                """
                SELECT at / ?2 * ?2, count(*)
                FROM (SELECT at, event FROM audit WHERE at >= ?1 ORDER BY at DESC LIMIT ?3)
                WHERE event IN ('session.started', 'session.renewed')
                GROUP BY 1 ORDER BY 1
                """
            case .failedSignIns:
                """
                SELECT at / ?2 * ?2, count(*)
                FROM (SELECT at, content FROM refusal WHERE at >= ?1 ORDER BY position DESC LIMIT ?3)
                WHERE content ->> 'error' = 'sign_in_failed'
                GROUP BY 1 ORDER BY 1
                """
            }
        return try reader.all(sql, Value(start), .integer(max(1, length)), Value(Self.counted)) { row in
            ActivitySpan(start: row.time(0), count: Int(row.integer(1)))
        }
    }

    package func sessionCount(at now: Timestamp) throws -> Int {
        let sql = "SELECT count(*) FROM session WHERE expires_at > ?1"
        return Int(try reader.first(sql, Value(now), read: { $0.integer(0) }) ?? 0)
    }
}
