import OIDCLogic

extension SQLiteStore: AssertionStore {
    package func spend(_ assertion: AssertionID, until: Timestamp) throws -> Bool {
        try write { database in try Self.spend(assertion, until: until, in: database) }
    }

    package func isSpent(_ assertion: AssertionID) throws -> Bool {
        let sql = "SELECT 1 FROM spent_assertion WHERE digest = ?1"
        return try reader.first(sql, .blob(assertion.digest), read: { _ in true }) ?? false
    }

    static func spend(
        _ assertion: AssertionID, until: Timestamp, in database: Database
    ) throws(StoreError) -> Bool {
        // Check and change are one statement, so that of two racing processes one gets the row.
        let sql = "INSERT INTO spent_assertion (digest, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        return try database.run(sql, .blob(assertion.digest), Value(until)) == 1
    }
}
