import OIDCLogic

extension SQLiteStore: AssertionStore {
    package func spend(_ assertion: AssertionID, until: Timestamp) throws -> Bool {
        try write { database in
            // Check and change are one statement, so that of two racing processes one gets the row.
            let sql = "INSERT INTO spent_assertion (digest, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
            return try database.run(sql, .blob(assertion.digest), Value(until)) == 1
        }
    }
}
