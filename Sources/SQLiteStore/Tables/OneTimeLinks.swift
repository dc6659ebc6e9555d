import OIDCLogic

extension SQLiteStore {
    package func add(_ link: OneTimeLink) throws {
        try change { database, audit in
            let added = try database.run(
                """
                INSERT INTO one_time_link (digest, sub, expires_at)
                SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM user WHERE sub = ?2)
                """, .blob(link.digest), Value(link.userID), Value(link.expiresAt))
            guard added == 1 else { throw StoreError.missing }
            try audit.write(
                .userLinkIssued, link.userID.value, user: link.userID,
                AuditChange(after: ["expires_at": .integer(link.expiresAt.seconds)]), in: database)
        }
    }

    package func oneTimeLink(digest: [UInt8]) throws -> OneTimeLink? {
        let sql = "SELECT sub, expires_at FROM one_time_link WHERE digest = ?1"
        return try reader.first(sql, .blob(digest)) { row throws(StoreError) in
            OneTimeLink(digest: digest, userID: UserID(try row.text(0)), expiresAt: row.time(1))
        }
    }

    package func replace(_ user: User, spending link: [UInt8], at now: Timestamp) throws -> Bool {
        let attributes = try Self.text(of: user.attributes)
        return try change { database, audit in
            guard try Self.spend(link, of: user.id, at: now, in: database) else { return false }
            _ = try Self.replace(user, attributes: attributes, ending: .everything, in: database, audit)
            return true
        }
    }

    /// False: it was spent, or is over.
    static func spend(
        _ link: [UInt8], of user: UserID, at now: Timestamp, in database: Database
    ) throws(StoreError) -> Bool {
        // Check and change are one statement, so that of two racing processes one spends it.
        let sql = "DELETE FROM one_time_link WHERE digest = ?1 AND sub = ?2 AND expires_at > ?3"
        return try database.run(sql, .blob(link), Value(user), Value(now)) == 1
    }
}
