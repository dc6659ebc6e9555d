import OIDCLogic

extension SQLiteStore {
    package func park(
        _ sealed: String, digest: [UInt8], address: String, until: Timestamp, now: Timestamp, limit: Int
    ) throws -> Bool {
        try write { database in
            // Count and insert are one statement, so that racing processes can't exceed the limit together.
            let changed = try database.run(
                """
                INSERT INTO parked_value (digest, sealed, address, expires_at)
                SELECT ?1, ?2, ?3, ?4
                WHERE (SELECT count(*) FROM parked_value WHERE address = ?3 AND expires_at > ?5 AND digest <> ?1) < ?6
                ON CONFLICT (digest) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)
                """,
                .blob(digest), .text(sealed), .text(address), Value(until), Value(now), Value(limit))
            return changed == 1
        }
    }

    package func parked(digest: [UInt8], at now: Timestamp) throws -> String? {
        let sql = "SELECT sealed FROM parked_value WHERE digest = ?1 AND expires_at > ?2"
        return try reader.first(sql, .blob(digest), Value(now)) { row throws(StoreError) in try row.text(0) }
    }
}
