import OIDCLogic

extension SQLiteStore {
    package func note(_ event: TokenServiceEvent, at now: Timestamp) { database.count(event, at: now) }

    package func tokenServiceEvents(since start: Timestamp) throws -> [TokenServiceCount] {
        let sql = "SELECT event, sum(count) FROM token_service_activity WHERE hour >= ?1 GROUP BY 1 ORDER BY 1"
        return try reader.all(sql, Value(start)) { row throws(StoreError) in
            TokenServiceCount(name: try row.text(0), count: Int(row.integer(1)))
        }
    }
}

/// What the token service did in one hour.
struct TokenServiceHour: Sendable, Hashable {
    let event: TokenServiceEvent
    /// When it began.
    let hour: Int64

    init(_ event: TokenServiceEvent, at time: Timestamp) {
        self.event = event
        hour = HourlyActivity.hour(of: time)
    }
}

extension HourlyActivity {
    static func count(_ events: [TokenServiceHour: Int], in database: Database) throws(StoreError) {
        for (key, count) in events {
            try database.run(
                """
                INSERT INTO token_service_activity (hour, event, count, expires_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (hour, event) DO UPDATE SET count = count + excluded.count
                """, .integer(key.hour), .text(key.event.name), Value(count), .integer(key.hour + Activity.memory))
        }
    }
}
