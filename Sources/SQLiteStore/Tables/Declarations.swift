import JOSE
import OIDCLogic

extension SQLiteStore: DeclarationStore {
    package func declarations() throws -> [DeclaredName: String] {
        let rows = try reader.all("SELECT kind, id, file FROM declaration") { row throws(StoreError) in
            guard let kind = DeclaredName.Kind(rawValue: try row.text(0)) else { throw row.malformed(0) }
            return (name: DeclaredName(kind, try row.text(1)), file: try row.text(2))
        }
        return Dictionary(rows.map { ($0.name, $0.file) }) { first, _ in first }
    }

    package func declaration(of name: DeclaredName) throws -> String? {
        let sql = "SELECT file FROM declaration WHERE kind = ?1 AND id = ?2"
        return try reader.first(sql, .text(name.kind.rawValue), Value(name.id)) { row throws(StoreError) in
            try row.text(0)
        }
    }

    package func apply(_ changes: [DeclaredChange], at generation: Int64) throws {
        try change { database, audit in
            // Read in the transaction that writes, so that nothing comes between what was decided on and the change.
            let current = try database.first("SELECT value FROM generation", read: { $0.integer(0) })
            guard current == generation else { throw StoreError.changed }
            for change in changes { try Self.make(change, in: database, audit) }
        }
    }

    private static func make(_ change: DeclaredChange, in database: Database, _ audit: AuditRow) throws {
        switch change {
        case .add(let object, let file):
            try add(object, in: database, audit)
            try declare(object.name, in: file, database)
        case .replace(let object, let file):
            try replace(object, in: database, audit)
            try declare(object.name, in: file, database)
        case .assign(let name, let file): try assign(name, to: file, in: database, audit)
        case .remove(let name):
            guard try remove(name, in: database, audit) else { throw StoreError.missing }
        }
    }

    private static func add(_ object: DeclaredObject, in database: Database, _ audit: AuditRow) throws {
        switch object {
        case .scope(let scope): try add(scope, in: database, audit)
        case .role(let role): try add(role, in: database, audit)
        case .client(let client): try add(client, in: database, audit)
        case .group(let group): try add(group, in: database, audit)
        case .claim(let claim): try add(claim, in: database, audit)
        }
    }

    private static func replace(_ object: DeclaredObject, in database: Database, _ audit: AuditRow) throws {
        switch object {
        case .scope(let scope): try replace(scope, in: database, audit)
        case .role(let role): try replace(role, in: database, audit)
        case .client(let client): _ = try replace(client, in: database, audit)
        case .group(let group): try replace(group, in: database, audit)
        case .claim(let claim): _ = try replace(claim, in: database, audit)
        }
    }

    private static func remove(_ name: DeclaredName, in database: Database, _ audit: AuditRow) throws -> Bool {
        let id = name.id.value
        return switch name.kind {
        case .scope: try removeScope(ScopeName(id), in: database, audit)
        case .role: try removeRole(RoleID(written: id), in: database, audit)
        case .client: try removeClient(ClientID(id), in: database, audit)
        case .group: try removeGroup(GroupName(id), in: database, audit)
        case .claim: try removeCustomClaim(ClaimID(id), in: database, audit)
        }
    }

    private static func declare(_ name: DeclaredName, in file: String, _ database: Database) throws {
        try database.run(
            """
            INSERT INTO declaration (kind, id, file) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET file = excluded.file
            """, .text(name.kind.rawValue), Value(name.id), .text(file))
    }

    /// It becomes the next version, so that whoever changes it just now, because it was nobody's, looks again.
    private static func assign(
        _ name: DeclaredName, to file: String?, in database: Database, _ audit: AuditRow
    ) throws {
        let (table, key, isVersioned) = rows(of: name.kind)
        let former = try database.first(
            "SELECT file FROM declaration WHERE kind = ?1 AND id = ?2", .text(name.kind.rawValue), Value(name.id)
        ) { row throws(StoreError) in try row.text(0) }
        let change = isVersioned ? "version = version + 1" : "\(key) = \(key)"
        guard try database.run("UPDATE \(table) SET \(change) WHERE \(key) = ?1", Value(name.id)) == 1 else {
            throw StoreError.missing
        }
        if let file {
            try declare(name, in: file, database)
        } else {
            try database.run(
                "DELETE FROM declaration WHERE kind = ?1 AND id = ?2", .text(name.kind.rawValue), Value(name.id))
        }
        func place(_ file: String?) -> AuditedState { AuditedState(["declared_in": file.map(JSON.string)]) }
        try audit.write(
            event(of: name.kind), name.id.value, client: try client(of: name, in: database),
            changed: AuditChange(from: place(former), to: place(file)), in: database)
    }

    private static func event(of kind: DeclaredName.Kind) -> AuditEvent {
        switch kind {
        case .scope: .scopeChanged
        case .role: .roleChanged
        case .client: .clientChanged
        case .group: .groupChanged
        case .claim: .claimChanged
        }
    }

    /// The app that it concerns.
    private static func client(of name: DeclaredName, in database: Database) throws(StoreError) -> ClientID? {
        switch name.kind {
        case .scope, .group: return nil
        case .client: return ClientID(name.id.value)
        case .role: return RoleID(written: name.id.value).owner
        case .claim:
            let sql = "SELECT client_id FROM custom_claim WHERE id = ?1"
            return try database.first(sql, Value(name.id)) { row throws(StoreError) in try row.optionalText(0) }?
                .map { ClientID($0) }
        }
    }

    private static func rows(of kind: DeclaredName.Kind) -> (table: String, key: String, isVersioned: Bool) {
        switch kind {
        case .scope: ("scope", "name", false)
        case .role: ("role", "id", false)
        case .client: ("client", "client_id", true)
        case .group: ("user_group", "name", true)
        case .claim: ("custom_claim", "id", true)
        }
    }
}
