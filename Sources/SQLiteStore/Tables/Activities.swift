import OIDCLogic

extension SQLiteStore: ActivityStore {
    /// Rows, so that looking costs no more in a large installation.
    private static let counted = 300_000
    /// As SQL has them.
    private static let giving = TokenServiceEvent.giving.map { "'\($0.name)'" }.joined(separator: ", ")

    package func activity(_ activity: Activity, since start: Timestamp, by length: Int64) throws -> [ActivitySpan] {
        let sql =
            switch activity {
            case .signIns:
                """
                SELECT at / ?2 * ?2, count(*)
                FROM (SELECT at, event FROM audit WHERE at >= ?1 ORDER BY at DESC LIMIT \(Self.counted))
                WHERE event IN ('session.started', 'session.renewed')
                GROUP BY 1 ORDER BY 1
                """
            case .failedSignIns:
                """
                SELECT hour / ?2 * ?2, sum(failed_sign_ins) FROM activity WHERE hour >= ?1 AND failed_sign_ins > 0
                GROUP BY 1 ORDER BY 1
                """
            case .tokens:
                """
                SELECT hour / ?2 * ?2, sum(count) FROM token_service_activity
                WHERE hour >= ?1 AND event IN (\(Self.giving))
                GROUP BY 1 ORDER BY 1
                """
            case .tokenRefusals:
                """
                SELECT hour / ?2 * ?2, sum(count) FROM token_service_activity
                WHERE hour >= ?1 AND substr(event, 1, \(TokenServiceEvent.refusal.utf8.count)) = '\(TokenServiceEvent.refusal)'
                GROUP BY 1 ORDER BY 1
                """
            case .sessions:
                """
                SELECT hour / ?2 * ?2, max(sessions) FROM activity WHERE hour >= ?1 AND sessions > 0
                GROUP BY 1 ORDER BY 1
                """
            }
        return try reader.all(sql, Value(start), .integer(max(1, length))) { row in
            ActivitySpan(start: row.time(0), count: Int(row.integer(1)))
        }
    }

    package func sessionCount(at now: Timestamp) throws -> Int {
        let sql = "SELECT count(*) FROM session WHERE expires_at > ?1"
        return Int(try reader.first(sql, Value(now), read: { $0.integer(0) }) ?? 0)
    }
}
