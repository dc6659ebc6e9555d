import OIDCLogic

extension SQLiteStore: ThrottleStore {
    package func failedAttempts(for key: ThrottleKey) throws -> FailedAttempts? {
        try reader.first("SELECT count, last_at FROM failed_attempt WHERE key = ?1", .text(key.text)) { row in
            FailedAttempts(count: Int(row.integer(0)), lastAt: row.time(1))
        }
    }

    package func recordFailure(for keys: [ThrottleKey], at now: Timestamp) throws {
        guard !keys.isEmpty else { return }
        try write { database in
            for key in keys {
                let memory = key.throttle.memory
                let forgotten = now.seconds.addingReportingOverflow(memory)
                // With the clock set back the last failure is ahead of us: it isn't old, so it counts on.
                try database.run(
                    """
                    INSERT INTO failed_attempt (key, count, last_at, expires_at) VALUES (?1, 1, ?2, ?3)
                    ON CONFLICT (key) DO UPDATE SET
                        count = CASE WHEN excluded.last_at - last_at >= ?4 THEN 1 ELSE count + 1 END,
                        last_at = excluded.last_at, expires_at = excluded.expires_at
                    """,
                    .text(key.text), Value(now), .integer(forgotten.overflow ? .max : forgotten.partialValue),
                    .integer(memory))
            }
        }
    }

    package func clearFailures(for keys: [ThrottleKey]) throws {
        guard !keys.isEmpty else { return }
        try write { database in try Self.clearFailures(for: keys, in: database) }
    }

    static func clearFailures(for keys: [ThrottleKey], in database: Database) throws {
        for key in keys { try database.run("DELETE FROM failed_attempt WHERE key = ?1", .text(key.text)) }
    }
}
