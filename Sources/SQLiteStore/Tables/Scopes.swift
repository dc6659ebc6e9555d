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
        try change { database, audit in try Self.add(scope, in: database, audit) }
    }

    static func add(_ scope: DefinedScope, in database: Database, _ audit: AuditRow) throws {
        // Check and change are one statement, so that no role gets the same name at the same moment.
        let added = try database.run(
            """
            INSERT INTO scope (name, description)
            SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM role WHERE name = ?1)
            ON CONFLICT DO NOTHING
            """,
            Value(scope.name), Value(scope.description))
        guard added == 1 else { throw StoreError.exists }
        try audit.write(
            .scopeAdded, scope.name.value, AuditChange(from: nil, to: scope.audited), in: database)
    }

    package func replace(_ former: DefinedScope, by scope: DefinedScope) throws {
        try change { database, audit in
            guard try Self.scope(scope.name, in: database).map({ $0 == former }) ?? true else {
                throw StoreError.changed
            }
            try Self.replace(scope, in: database, audit)
        }
    }

    static func replace(_ scope: DefinedScope, in database: Database, _ audit: AuditRow) throws {
        guard let former = try Self.scope(scope.name, in: database) else { throw StoreError.missing }
        let sql = "UPDATE scope SET description = ?2 WHERE name = ?1"
        try database.run(sql, Value(scope.name), Value(scope.description))
        try audit.write(
            .scopeChanged, scope.name.value, changed: AuditChange(from: former.audited, to: scope.audited),
            in: database)
    }

    package func removeScope(_ name: ScopeName) throws -> Bool {
        try change { database, audit in try Self.removeScope(name, in: database, audit) }
    }

    static func removeScope(_ name: ScopeName, in database: Database, _ audit: AuditRow) throws -> Bool {
        guard let former = try Self.scope(name, in: database) else { return false }
        try database.run("DELETE FROM scope WHERE name = ?1", Value(name))
        try audit.write(.scopeRemoved, name.value, AuditChange(from: former.audited, to: nil), in: database)
        return true
    }

    package func add(_ role: Role) throws {
        try change { database, audit in try Self.add(role, in: database, audit) }
    }

    static func add(_ role: Role, in database: Database, _ audit: AuditRow) throws {
        // Check and change are one statement, so that no scope gets the same name at the same moment.
        let added = try database.run(
            """
            INSERT INTO role (id, name, client_id, description)
            SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM scope WHERE name = ?2)
            ON CONFLICT DO NOTHING
            """,
            .text(role.id.description), .text(role.name), Value(role.owner?.value), Value(role.description))
        guard added == 1 else { throw StoreError.exists }
        try audit.write(
            .roleAdded, role.id.description, client: role.owner, AuditChange(from: nil, to: role.audited),
            in: database)
    }

    package func replace(_ former: Role, by role: Role) throws {
        try change { database, audit in
            guard try Self.role(role.id, in: database).map({ $0 == former }) ?? true else { throw StoreError.changed }
            try Self.replace(role, in: database, audit)
        }
    }

    static func replace(_ role: Role, in database: Database, _ audit: AuditRow) throws {
        guard let former = try Self.role(role.id, in: database) else { throw StoreError.missing }
        let sql = "UPDATE role SET description = ?2 WHERE id = ?1"
        try database.run(sql, .text(role.id.description), Value(role.description))
        try audit.write(
            .roleChanged, role.id.description, client: role.owner,
            changed: AuditChange(from: former.audited, to: role.audited), in: database)
    }

    package func removeRole(_ id: RoleID) throws -> Bool {
        try change { database, audit in try Self.removeRole(id, in: database, audit) }
    }

    static func removeRole(_ id: RoleID, in database: Database, _ audit: AuditRow) throws -> Bool {
        guard let former = try Self.role(id, in: database) else { return false }
        let holders = try Self.outdate(holdersOf: id, in: database)
        // It is taken from users and groups by their foreign keys.
        try database.run("DELETE FROM role WHERE id = ?1", .text(id.description))
        try audit.write(
            .roleRemoved, id.description, client: id.owner,
            AuditChange(from: former.audited, to: nil).ending(holders.users, "users")
                .ending(holders.groups, "groups"),
            in: database)
        return true
    }

    package func add(_ group: Group) throws {
        try change { database, audit in try Self.add(group, in: database, audit) }
    }

    static func add(_ group: Group, in database: Database, _ audit: AuditRow) throws {
        let sql = "INSERT INTO user_group (name, version, description) VALUES (?1, ?2, ?3)"
        try database.run(sql, Value(group.name), .integer(group.version), Value(group.description))
        try Self.assign(rolesOf: group, in: database)
        try audit.write(.groupAdded, group.name.value, AuditChange(from: nil, to: group.audited), in: database)
    }

    package func replace(_ group: Group) throws {
        try change { database, audit in try Self.replace(group, in: database, audit) }
    }

    static func replace(_ group: Group, in database: Database, _ audit: AuditRow) throws {
        let former = try Self.group(group.name, in: database)
        let changed = try database.run(
            "UPDATE user_group SET version = version + 1, description = ?3 WHERE name = ?1 AND version = ?2",
            Value(group.name), .integer(group.version), Value(group.description))
        guard changed == 1, let former else { throw former == nil ? StoreError.missing : .changed }
        try database.run("DELETE FROM group_role WHERE user_group = ?1", Value(group.name))
        do {
            try Self.assign(rolesOf: group, in: database)
        } catch StoreError.missing {
            throw StoreError.changed
        }
        try audit.write(
            .groupChanged, group.name.value, changed: AuditChange(from: former.audited, to: group.audited),
            in: database)
    }

    package func removeGroup(_ name: GroupName) throws -> Bool {
        try change { database, audit in try Self.removeGroup(name, in: database, audit) }
    }

    static func removeGroup(_ name: GroupName, in database: Database, _ audit: AuditRow) throws -> Bool {
        guard let former = try Self.group(name, in: database) else { return false }
        let members = try database.run(
            """
            UPDATE user SET version = version + 1
            WHERE sub IN (SELECT sub FROM user_group_member WHERE user_group = ?1)
            """, Value(name))
        try database.run("DELETE FROM user_group WHERE name = ?1", Value(name))
        try audit.write(
            .groupRemoved, name.value, AuditChange(from: former.audited, to: nil).ending(members, "users"),
            in: database)
        return true
    }

    // As they are within the transaction of a change.

    private static func scope(_ name: ScopeName, in database: Database) throws(StoreError) -> DefinedScope? {
        try database.first("SELECT description FROM scope WHERE name = ?1", Value(name)) { row throws(StoreError) in
            DefinedScope(name, description: try row.optionalText(0))
        }
    }

    private static func role(_ id: RoleID, in database: Database) throws(StoreError) -> Role? {
        let sql = "SELECT description FROM role WHERE id = ?1"
        return try database.first(sql, .text(id.description)) { row throws(StoreError) in
            Role(id, description: try row.optionalText(0))
        }
    }

    private static func group(_ name: GroupName, in database: Database) throws(StoreError) -> Group? {
        let sql = """
            SELECT version, description,
                (SELECT json_group_array(role) FROM group_role WHERE group_role.user_group = user_group.name)
            FROM user_group WHERE name = ?1
            """
        return try database.first(sql, Value(name)) { row throws(StoreError) in
            Group(
                name, version: row.integer(0), description: try row.optionalText(1),
                roles: Set(try row.strings(2).map(RoleID.init(written:))))
        }
    }

    private static func assign(rolesOf group: Group, in database: Database) throws(StoreError) {
        for role in group.roles {
            let sql = "INSERT INTO group_role (user_group, role) VALUES (?1, ?2)"
            try database.run(sql, Value(group.name), .text(role.description))
        }
    }

    // What was read before a role went must not give it back after one of that name was made again: so a change that was
    // made of it is refused.

    @discardableResult private static func outdate(
        holdersOf id: RoleID, in database: Database
    ) throws(StoreError) -> (users: Int, groups: Int) {
        let users = try database.run(
            "UPDATE user SET version = version + 1 WHERE sub IN (SELECT sub FROM user_role WHERE role = ?1)",
            .text(id.description))
        let groups = try database.run(
            """
            UPDATE user_group SET version = version + 1
            WHERE name IN (SELECT user_group FROM group_role WHERE role = ?1)
            """, .text(id.description))
        return (users, groups)
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
