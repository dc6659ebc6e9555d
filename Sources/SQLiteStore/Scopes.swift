import OIDCLogic

extension SQLiteStore: ScopeStore {
    package func catalogue() throws -> ScopeCatalogue {
        if let catalogue = cache.catalogue(at: try generation()) { return catalogue }
        var reading = CatalogueReading()
        // One statement, so that it is of one moment, and of the generation that it is kept for.
        let rows = try reader.all(
            """
            SELECT 'generation', '', NULL, value FROM generation
            UNION ALL SELECT 'scope', name, description, 0 FROM scope
            UNION ALL SELECT 'role', id, description, 0 FROM role
            UNION ALL SELECT 'user_group', name, description, version FROM user_group
            UNION ALL SELECT 'group_role', user_group, role, 0 FROM group_role
            """
        ) { row throws(StoreError) in
            (kind: try row.text(0), name: try row.text(1), text: try row.optionalText(2), number: row.integer(3))
        }
        for row in rows { reading.add(row.kind, row.name, row.text, row.number) }
        let catalogue = reading.catalogue
        cache.keep(catalogue, at: reading.generation)
        return catalogue
    }

    package func add(_ scope: DefinedScope) throws {
        try write { database in try Self.add(scope, in: database) }
    }

    static func add(_ scope: DefinedScope, in database: Database) throws {
        // Check and change are one statement, so that no role gets the same name at the same moment.
        let added = try database.run(
            """
            INSERT INTO scope (name, description)
            SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM role WHERE name = ?1)
            ON CONFLICT DO NOTHING
            """,
            Value(scope.name), Value(scope.description))
        guard added == 1 else { throw StoreError.exists }
    }

    package func replace(_ scope: DefinedScope) throws {
        try write { database in try Self.replace(scope, in: database) }
    }

    static func replace(_ scope: DefinedScope, in database: Database) throws {
        let sql = "UPDATE scope SET description = ?2 WHERE name = ?1"
        guard try database.run(sql, Value(scope.name), Value(scope.description)) == 1 else {
            throw StoreError.missing
        }
    }

    package func removeScope(_ name: ScopeName) throws -> Bool {
        try write { database in try Self.removeScope(name, in: database) }
    }

    static func removeScope(_ name: ScopeName, in database: Database) throws -> Bool {
        try database.run("DELETE FROM scope WHERE name = ?1", Value(name)) == 1
    }

    package func add(_ role: Role) throws {
        try write { database in try Self.add(role, in: database) }
    }

    static func add(_ role: Role, in database: Database) throws {
        // Check and change are one statement, so that no scope gets the same name at the same moment.
        let added = try database.run(
            """
            INSERT INTO role (id, name, client_id, description)
            SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM scope WHERE name = ?2)
            ON CONFLICT DO NOTHING
            """,
            .text(role.id.description), .text(role.name), Value(role.owner?.value), Value(role.description))
        guard added == 1 else { throw StoreError.exists }
    }

    package func replace(_ role: Role) throws {
        try write { database in try Self.replace(role, in: database) }
    }

    static func replace(_ role: Role, in database: Database) throws {
        let sql = "UPDATE role SET description = ?2 WHERE id = ?1"
        guard try database.run(sql, .text(role.id.description), Value(role.description)) == 1 else {
            throw StoreError.missing
        }
    }

    package func removeRole(_ id: RoleID) throws -> Bool {
        try write { database in try Self.removeRole(id, in: database) }
    }

    static func removeRole(_ id: RoleID, in database: Database) throws -> Bool {
        try Self.outdate(holdersOf: id, in: database)
        // It is taken from users and groups by their foreign keys.
        return try database.run("DELETE FROM role WHERE id = ?1", .text(id.description)) == 1
    }

    package func add(_ group: Group) throws {
        try write { database in try Self.add(group, in: database) }
    }

    static func add(_ group: Group, in database: Database) throws {
        let sql = "INSERT INTO user_group (name, version, description) VALUES (?1, ?2, ?3)"
        try database.run(sql, Value(group.name), .integer(group.version), Value(group.description))
        try Self.assign(rolesOf: group, in: database)
    }

    package func replace(_ group: Group) throws {
        try write { database in try Self.replace(group, in: database) }
    }

    static func replace(_ group: Group, in database: Database) throws {
        let changed = try database.run(
            "UPDATE user_group SET version = version + 1, description = ?3 WHERE name = ?1 AND version = ?2",
            Value(group.name), .integer(group.version), Value(group.description))
        guard changed == 1 else {
            let sql = "SELECT 1 FROM user_group WHERE name = ?1"
            let isThere = try database.first(sql, Value(group.name), read: { _ in true }) ?? false
            throw isThere ? StoreError.changed : .missing
        }
        try database.run("DELETE FROM group_role WHERE user_group = ?1", Value(group.name))
        do throws(StoreError) {
            try Self.assign(rolesOf: group, in: database)
        } catch {
            throw error == .missing ? .changed : error
        }
    }

    package func removeGroup(_ name: GroupName) throws -> Bool {
        try write { database in try Self.removeGroup(name, in: database) }
    }

    static func removeGroup(_ name: GroupName, in database: Database) throws -> Bool {
        try database.run(
            """
            UPDATE user SET version = version + 1
            WHERE sub IN (SELECT sub FROM user_group_member WHERE user_group = ?1)
            """, Value(name))
        return try database.run("DELETE FROM user_group WHERE name = ?1", Value(name)) == 1
    }

    private static func assign(rolesOf group: Group, in database: Database) throws(StoreError) {
        for role in group.roles {
            let sql = "INSERT INTO group_role (user_group, role) VALUES (?1, ?2)"
            try database.run(sql, Value(group.name), .text(role.description))
        }
    }

    // What was read before a role went must not give it back after one of that name was made again: so a change that was
    // made of it is refused.

    private static func outdate(holdersOf id: RoleID, in database: Database) throws(StoreError) {
        try database.run(
            "UPDATE user SET version = version + 1 WHERE sub IN (SELECT sub FROM user_role WHERE role = ?1)",
            .text(id.description))
        try database.run(
            """
            UPDATE user_group SET version = version + 1
            WHERE name IN (SELECT user_group FROM group_role WHERE role = ?1)
            """, .text(id.description))
    }

    static func outdate(holdersOfRolesOf client: ClientID, in database: Database) throws(StoreError) {
        let sql = "SELECT id FROM role WHERE client_id = ?1"
        let roles = try database.all(sql, Value(client)) { row throws(StoreError) in try row.text(0) }
        for role in roles { try outdate(holdersOf: RoleID(written: role), in: database) }
    }
}

/// What is read of the catalogue, row by row.
private struct CatalogueReading {
    private(set) var generation = Int64.min
    private var scopes: [DefinedScope] = []
    private var roles: [Role] = []
    private var groups: [GroupName: Group] = [:]
    private var groupRoles: [(group: GroupName, role: RoleID)] = []

    mutating func add(_ kind: String, _ name: String, _ text: String?, _ number: Int64) {
        switch kind {
        case "generation": generation = number
        case "scope": scopes.append(DefinedScope(ScopeName(name), description: text))
        case "role": roles.append(Role(RoleID(written: name), description: text))
        case "user_group": groups[GroupName(name)] = Group(GroupName(name), version: number, description: text)
        default: groupRoles.append((GroupName(name), RoleID(written: text ?? "")))
        }
    }

    var catalogue: ScopeCatalogue {
        var groups = groups
        for (group, role) in groupRoles { groups[group]?.roles.insert(role) }
        return ScopeCatalogue(scopes: scopes, roles: roles, groups: Array(groups.values))
    }
}
