import JOSE
import OIDCLogic

extension SQLiteStore: UserStore {
    private static let columns =
        "sub, version, username, password_hash, is_disabled, attributes, created_at, updated_at"

    /// Read with the row, so that a sign-in needs no statement more for them.
    private static let assigned = """
        (SELECT json_group_array(role) FROM user_role WHERE user_role.sub = user.sub),
        (SELECT json_group_array(user_group) FROM user_group_member WHERE user_group_member.sub = user.sub)
        """

    package func user(_ id: UserID) throws -> User? {
        try reader.first("SELECT \(Self.columns), \(Self.assigned) FROM user WHERE sub = ?1", Value(id)) {
            row throws(StoreError) in try Self.user(row)
        }
    }

    package func user(named name: Username) throws -> User? {
        let sql = "SELECT \(Self.columns), \(Self.assigned) FROM user WHERE username = ?1"
        return try reader.first(sql, Value(name)) { row throws(StoreError) in try Self.user(row) }
    }

    package func users(after name: Username?, limit: Int) throws -> [User] {
        let read = { (row: borrowing Row) throws(StoreError) in try Self.user(row) }
        guard let name else {
            let sql = "SELECT \(Self.columns), \(Self.assigned) FROM user ORDER BY username LIMIT ?1"
            return try reader.all(sql, Value(max(0, limit)), read: read)
        }
        let sql = """
            SELECT \(Self.columns), \(Self.assigned) FROM user WHERE username > ?1 ORDER BY username LIMIT ?2
            """
        return try reader.all(sql, Value(name), Value(max(0, limit)), read: read)
    }

    private static let search = PrefixSearch(
        table: "user", columns: "\(columns), \(assigned)", key: "username",
        fields: ["username", "name", "email"])

    package func users(
        beginning prefix: String, after position: SearchPosition?, limit: Int
    ) throws -> SearchPage<User> {
        try Self.search.page(beginning: prefix, after: position, limit: limit, in: reader, count: 10) {
            row throws(StoreError) in try Self.user(row)
        }
    }

    package func add(_ user: User) throws { try add(all: [user]) }

    package func add(all users: [User]) throws {
        let rows = try users.map { (user: $0, attributes: try Self.text(of: $0.attributes)) }
        // A failure undoes all of one write.
        try change { database, audit in
            for row in rows { try Self.insert(row.user, attributes: row.attributes, in: database, audit) }
        }
    }

    static func insert(_ user: User, in database: Database, _ audit: AuditRow) throws {
        try insert(user, attributes: text(of: user.attributes), in: database, audit)
    }

    private static func insert(
        _ user: User, attributes: String, in database: Database, _ audit: AuditRow
    ) throws {
        try insert(user, attributes: attributes, into: database)
        try audit.write(
            .userAdded, user.id.value, user: user.id, AuditChange(from: nil, to: user.audited), in: database)
    }

    private static func insert(_ user: User, attributes: String, into database: Database) throws {
        let added = try database.run(
            """
            INSERT INTO user (\(columns), name, email)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE NOT EXISTS (SELECT 1 FROM client WHERE client_id = ?1)
            ON CONFLICT DO NOTHING
            """,
            Value(user.id), .integer(user.version), Value(user.username), Value(user.passwordHash),
            Value(user.isDisabled), .text(attributes), Value(user.createdAt), Value(user.updatedAt),
            Value(user.attributes["name"]?.stringValue), Value(user.attributes["email"]?.stringValue))
        guard added == 1 else { throw StoreError.exists }
        try assign(rolesAndGroupsOf: user, in: database)
    }

    @discardableResult package func replace(_ user: User, ending: UserEnding) throws -> User {
        let attributes = try Self.text(of: user.attributes)
        var before = Ended()
        if case .everything = ending, try hasMuch(user.id) {
            try tryOut(user, attributes: attributes)
            before = try endMost(of: user.id, version: user.version)
        }
        return try change { [before] database, audit in
            try Self.replace(user, attributes: attributes, ending: ending, after: before, in: database, audit)
        }
    }

    private struct Possible: Error {}

    /// Throws what keeps the user from being replaced, and changes nothing.
    private func tryOut(_ user: User, attributes: String) throws {
        do {
            try change { database, audit in
                _ = try Self.replace(user, attributes: attributes, ending: .nothing, in: database, audit)
                throw Possible()
            }
        } catch is Possible {}
    }

    /// - Parameters:
    ///   - attributes: as they are stored.
    ///   - before: what has ended already.
    static func replace(
        _ user: User, attributes: String, ending: UserEnding, after before: Ended = Ended(), in database: Database,
        _ audit: AuditRow
    ) throws -> User {
        let former = try Self.user(user.id, in: database)
        // Check and change are one statement, so that of two changes of one state the second fails.
        let changed = try database.run(
            """
            UPDATE user SET version = version + 1, username = ?3, password_hash = ?4, is_disabled = ?5,
                attributes = ?6, updated_at = ?7, name = ?8, email = ?9
            WHERE sub = ?1 AND version = ?2
            """,
            Value(user.id), .integer(user.version), Value(user.username), Value(user.passwordHash),
            Value(user.isDisabled), .text(attributes), Value(user.updatedAt),
            Value(user.attributes["name"]?.stringValue), Value(user.attributes["email"]?.stringValue))
        guard changed == 1, let former else { throw former == nil ? StoreError.missing : .changed }
        try database.run("DELETE FROM user_role WHERE sub = ?1", Value(user.id))
        try database.run("DELETE FROM user_group_member WHERE sub = ?1", Value(user.id))
        do {
            try Self.assign(rolesAndGroupsOf: user, in: database)
        } catch StoreError.missing {
            throw StoreError.changed
        }
        var change = AuditChange(from: former.audited, to: user.audited)
        switch ending {
        case .nothing: break
        case .everything:
            // Whoever has one would get in again.
            try database.run("DELETE FROM one_time_link WHERE sub = ?1", Value(user.id))
            let sessions = try end(.all(of: user.id), in: database, at: audit.at).count
            let grants = try database.run(
                "UPDATE authorization_grant SET is_revoked = 1 WHERE sub = ?1 AND is_revoked = 0", Value(user.id))
            change = change.ending(before.sessions + sessions, "sessions").ending(before.grants + grants, "grants")
        case .otherSessions(let kept):
            change = change.ending(try endOthers(of: user.id, but: kept, in: database, audit), "sessions")
        }
        let event = AuditEvent(of: user, formerly: former, ending: ending, by: audit.actor)
        try audit.write(event, user.id.value, user: user.id, changed: change, in: database)
        return user.next
    }

    /// Throws ``StoreError/missing`` if one of them isn't there.
    private static func assign(rolesAndGroupsOf user: User, in database: Database) throws(StoreError) {
        for role in user.roles {
            let sql = "INSERT INTO user_role (sub, role) VALUES (?1, ?2)"
            try database.run(sql, Value(user.id), .text(role.description))
        }
        for group in user.groups {
            let sql = "INSERT INTO user_group_member (sub, user_group) VALUES (?1, ?2)"
            try database.run(sql, Value(user.id), Value(group))
        }
    }

    /// As they are within the transaction of a change.
    static func user(_ id: UserID, in database: Database) throws(StoreError) -> User? {
        let sql = "SELECT \(columns), \(assigned) FROM user WHERE sub = ?1"
        return try database.first(sql, Value(id)) { row throws(StoreError) in try user(row) }
    }

    package func removeUser(_ id: UserID) throws -> Bool {
        let before = try hasMuch(id) ? endMost(of: id, version: nil) : Ended()
        return try change { database, audit in
            guard let former = try Self.user(id, in: database) else { return false }
            let sessions = before.sessions + (try Self.end(.all(of: id), in: database, at: audit.at).count)
            let grants =
                try before.grants
                + database.count(
                    "SELECT count(*) FROM authorization_grant WHERE sub = ?1 AND is_revoked = 0", Value(id))
            // Consents and grants go with the user, by their foreign keys.
            try database.run("DELETE FROM user WHERE sub = ?1", Value(id))
            try audit.write(
                .userRemoved, id.value, user: id,
                AuditChange(from: former.audited, to: nil).ending(sessions, "sessions").ending(grants, "grants"),
                in: database)
            return true
        }
    }

    /// Throws ``StoreError/broken(_:)`` for what couldn't be read again.
    static func text(of attributes: [String: JSON]) throws -> String {
        let bytes = JSON.object(attributes).serialized()
        guard (try? JSON(parsing: bytes)) != nil else {
            throw StoreError.broken("the attributes of a user are too large or too deep to be stored")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func user(_ row: borrowing Row) throws(StoreError) -> User {
        guard case .object(let attributes) = try row.json(5) else { throw row.malformed(5) }
        return User(
            id: UserID(try row.text(0)), version: row.integer(1), username: Username(try row.text(2)),
            passwordHash: try row.optionalText(3), isDisabled: row.flag(4), attributes: attributes,
            roles: Set(try row.strings(8).map(RoleID.init(written:))),
            groups: Set(try row.strings(9).map(GroupName.init)),
            createdAt: row.time(6), updatedAt: row.time(7))
    }
}
