import OIDCLogic

/// What is counted hour by hour, for longer than that which is counted is kept.
enum HourlyActivity {
    /// Those sign-ins that failed.
    static func count(_ refusals: [RefusalRecord], in database: Database) throws(StoreError) {
        var counts: [Int64: Int] = [:]
        for refusal in refusals where refusal.isFailedSignIn { counts[hour(of: refusal.at), default: 0] += 1 }
        for (hour, count) in counts {
            try database.run(
                """
                INSERT INTO activity (hour, failed_sign_ins, sessions, expires_at) VALUES (?1, ?2, 0, ?3)
                ON CONFLICT (hour) DO UPDATE SET failed_sign_ins = failed_sign_ins + excluded.failed_sign_ins
                """, .integer(hour), Value(count), .integer(hour + Activity.memory))
        }
    }

    /// How many sessions live, if they are more than this hour has seen: whoever looks every minute writes seldom.
    static func countSessions(at now: Timestamp, in database: Database) throws(StoreError) {
        let hour = hour(of: now)
        try database.run(
            """
            INSERT INTO activity (hour, failed_sign_ins, sessions, expires_at)
            SELECT ?1, 0, living, ?3 FROM (SELECT count(*) AS living FROM session WHERE expires_at > ?2) WHERE living > 0
            ON CONFLICT (hour) DO UPDATE SET sessions = excluded.sessions WHERE excluded.sessions > sessions
            """, .integer(hour), Value(now), .integer(hour + Activity.memory))
    }

    static func hour(of time: Timestamp) -> Int64 { time.seconds / 3600 * 3600 }
}
