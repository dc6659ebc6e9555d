import JOSE
import OIDCLogic

extension SQLiteStore: ClientStore {
    private static let columns = """
        client_id, version, metadata, sealed_secret, preset, is_first_party, client_id_issued_at, updated_at,
        former_sealed_secret, former_secret_expires_at, approval
        """

    package func client(_ id: ClientID) throws -> Client? {
        if let client = cache.client(id, at: try generation()) { return client }
        // The generation of the same snapshot, which may be newer than the one just read.
        let sql = "SELECT \(Self.columns), (SELECT value FROM generation) FROM client WHERE client_id = ?1"
        let read = try reader.first(sql, Value(id)) { row throws(StoreError) in
            (client: try Self.client(row), generation: row.integer(11))
        }
        guard let read else { return nil }
        cache.keep(read.client, at: read.generation)
        return read.client
    }

    package func clients(after id: ClientID?, limit: Int) throws -> [Client] {
        let read = { (row: borrowing Row) throws(StoreError) in try Self.client(row) }
        guard let id else {
            let sql = "SELECT \(Self.columns) FROM client ORDER BY client_id LIMIT ?1"
            return try reader.all(sql, Value(max(0, limit)), read: read)
        }
        let sql = "SELECT \(Self.columns) FROM client WHERE client_id > ?1 ORDER BY client_id LIMIT ?2"
        return try reader.all(sql, Value(id), Value(max(0, limit)), read: read)
    }

    private static let search = PrefixSearch(
        table: "client", columns: columns, key: "client_id",
        fields: ["client_id", "client_name"])

    package func clients(
        beginning prefix: String, after position: SearchPosition?, limit: Int
    ) throws -> SearchPage<Client> {
        try Self.search.page(beginning: prefix, after: position, limit: limit, in: reader, count: 11) {
            row throws(StoreError) in try Self.client(row)
        }
    }

    package func clientsAwaitingApproval(after position: WaitingPosition?, limit: Int) throws -> [Client] {
        let sql = """
            SELECT \(Self.columns) FROM client
            WHERE approval = 'awaited' AND (client_id_issued_at, client_id) > (?1, ?2)
            ORDER BY client_id_issued_at, client_id LIMIT ?3
            """
        return try reader.all(
            sql, Value(position?.registeredAt ?? Timestamp(Int64.min)), .text(position?.client.value ?? ""),
            Value(max(0, limit))
        ) { row throws(StoreError) in try Self.client(row) }
    }

    package func lastUse(of client: ClientID) throws -> Timestamp? {
        try reader.first("SELECT last_used_at FROM client WHERE client_id = ?1", Value(client)) { $0.optionalTime(0) }
            ?? nil
    }

    package func clients(
        unusedSince start: Timestamp, after position: UnusedPosition?, limit: Int
    ) throws -> [Client] {
        // The expression of the index.
        let since = "coalesce(last_used_at, client_id_issued_at)"
        let sql = """
            SELECT \(Self.columns) FROM client
            WHERE \(since) < ?1 AND (\(since), client_id) > (?2, ?3)
            ORDER BY \(since), client_id LIMIT ?4
            """
        return try reader.all(
            sql, Value(start), Value(position?.since ?? Timestamp(Int64.min)), .text(position?.client.value ?? ""),
            Value(max(0, limit))
        ) { row throws(StoreError) in try Self.client(row) }
    }

    package func add(_ client: Client) throws {
        try change { database, audit in try Self.add(client, in: database, audit) }
    }

    static func add(_ client: Client, in database: Database, _ audit: AuditRow) throws {
        let metadata = client.metadata.json
        let added = try database.run(
            """
            INSERT INTO client (\(columns), client_name)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 WHERE NOT EXISTS (SELECT 1 FROM user WHERE sub = ?1)
            ON CONFLICT DO NOTHING
            """,
            Value(client.id), .integer(client.version), .text(metadata.text),
            Value(client.sealedSecret), .text(client.preset.rawValue), Value(client.isFirstParty),
            Value(client.createdAt), Value(client.updatedAt), Value(client.formerSecret?.sealed),
            Value(client.formerSecret?.expiresAt), .text(client.approval.rawValue), Value(client.metadata.name))
        guard added == 1 else { throw StoreError.exists }
        try keepOrigins(of: client, in: database)
        try audit.write(
            .clientAdded, client.id.value, client: client.id,
            AuditChange(from: nil, to: client.audited(with: metadata)), in: database)
    }

    @discardableResult package func replace(_ client: Client) throws -> Client {
        try change { database, audit in try Self.replace(client, in: database, audit) }
    }

    static func replace(
        _ client: Client, in database: Database, _ audit: AuditRow,
        also: (AuditChange) -> AuditChange = { $0 }
    ) throws -> Client {
        let former = try Self.client(client.id, in: database)
        // Check and change are one statement, so that of two changes of one state the second fails. The preset is fixed
        // when the client is made.
        let changed = try database.run(
            """
            UPDATE client SET version = version + 1, metadata = ?3, sealed_secret = ?4, is_first_party = ?5,
                updated_at = ?6, former_sealed_secret = ?7, former_secret_expires_at = ?8, client_name = ?9,
                approval = ?10
            WHERE client_id = ?1 AND version = ?2
            """,
            Value(client.id), .integer(client.version), .text(client.metadata.json.text),
            Value(client.sealedSecret), Value(client.isFirstParty), Value(client.updatedAt),
            Value(client.formerSecret?.sealed), Value(client.formerSecret?.expiresAt),
            Value(client.metadata.name), .text(client.approval.rawValue))
        guard changed == 1, let former else { throw former == nil ? StoreError.missing : .changed }
        try database.run("DELETE FROM client_origin WHERE client_id = ?1", Value(client.id))
        try keepOrigins(of: client, in: database)
        let knowsUsersAsBefore = former.metadata.subjectType == client.metadata.subjectType
        let grants = knowsUsersAsBefore ? 0 : try revokeGrants(of: client.id, in: database)
        try audit.write(
            AuditEvent(of: client, formerly: former), client.id.value, client: client.id,
            changed: also(AuditChange(from: former.audited, to: client.audited)).ending(grants, "grants"), in: database)
        return client.next
    }

    private static func keepOrigins(of client: Client, in database: Database) throws {
        guard client.approval == .given else { return }
        for origin in client.metadata.webOrigins {
            try database.run(
                "INSERT INTO client_origin (origin, client_id) VALUES (?1, ?2)", .text(origin.value), Value(client.id))
        }
    }

    package func isRegistered(_ origin: WebOrigin) throws -> Bool {
        let sql = "SELECT 1 FROM client_origin WHERE origin = ?1 LIMIT 1"
        return try reader.first(sql, .text(origin.value), read: { _ in true }) ?? false
    }

    /// As it is within the transaction of a change.
    private static func client(_ id: ClientID, in database: Database) throws(StoreError) -> Client? {
        try database.first("SELECT \(columns) FROM client WHERE client_id = ?1", Value(id)) { row throws(StoreError) in
            try client(row)
        }
    }

    package func removeClient(_ id: ClientID) throws -> Bool {
        try change { database, audit in try Self.removeClient(id, in: database, audit) }
    }

    static func removeClient(_ id: ClientID, in database: Database, _ audit: AuditRow) throws -> Bool {
        guard let former = try Self.client(id, in: database) else { return false }
        let consents = try database.count("SELECT count(*) FROM consent WHERE client_id = ?1", Value(id))
        let roles = try database.count("SELECT count(*) FROM role WHERE client_id = ?1", Value(id))
        let claims = try database.count("SELECT count(*) FROM custom_claim WHERE client_id = ?1", Value(id))
        // Its consents, roles and claims go with it, by their foreign keys.
        try Self.outdate(holdersOfRolesOf: id, in: database)
        try database.run("DELETE FROM client WHERE client_id = ?1", Value(id))
        let grants = try revokeGrants(of: id, in: database)
        try audit.write(
            .clientRemoved, id.value, client: id,
            AuditChange(from: former.audited, to: nil).ending(grants, "grants").ending(consents, "consents")
                .ending(roles, "roles").ending(claims, "claims"),
            in: database)
        return true
    }

    /// Returns how many.
    private static func revokeGrants(of id: ClientID, in database: Database) throws(StoreError) -> Int {
        try database.run(
            "UPDATE authorization_grant SET is_revoked = 1 WHERE client_id = ?1 AND is_revoked = 0", Value(id))
    }

    private static func client(_ row: borrowing Row) throws(StoreError) -> Client {
        guard let metadata = try? ClientMetadata(stored: row.json(2)) else { throw row.malformed(2) }
        guard let preset = ClaimPreset(rawValue: try row.text(4)) else { throw row.malformed(4) }
        guard let approval = ClientApproval(rawValue: try row.text(10)) else { throw row.malformed(10) }
        let former = try row.optionalText(8).map { FormerSecret(sealed: $0, expiresAt: row.time(9)) }
        return Client(
            id: ClientID(try row.text(0)), version: row.integer(1), metadata: metadata,
            sealedSecret: try row.optionalText(3), formerSecret: former, preset: preset, isFirstParty: row.flag(5),
            approval: approval, createdAt: row.time(6), updatedAt: row.time(7))
    }
}
