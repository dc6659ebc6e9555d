import JOSE
import OIDCLogic

extension SQLiteStore: CustomClaimStore {
    private static let columns = """
        id, version, name, client_id, source, scope, destinations, is_required, created_at, updated_at
        """

    package func customClaims(for client: ClientID) throws -> [CustomClaim] {
        let generation = try generation()
        if let claims = cache.customClaims(for: client, at: generation) { return claims }
        let read = { (row: borrowing Row) throws(StoreError) in try Self.claim(row) }
        let own = "SELECT \(Self.columns) FROM custom_claim WHERE client_id = ?1"
        let global = "SELECT \(Self.columns) FROM custom_claim WHERE client_id IS NULL"
        let claims = try reader.all(own, Value(client), read: read) + reader.all(global, read: read)
        // Kept only if nothing has changed between these reads.
        if try self.generation() == generation, try self.client(client) != nil {
            cache.keep(claims, for: client, at: generation)
        }
        return claims
    }

    package func customClaims(after id: ClaimID?, limit: Int) throws -> [CustomClaim] {
        let read = { (row: borrowing Row) throws(StoreError) in try Self.claim(row) }
        guard let id else {
            let sql = "SELECT \(Self.columns) FROM custom_claim ORDER BY id LIMIT ?1"
            return try reader.all(sql, Value(max(0, limit)), read: read)
        }
        let sql = "SELECT \(Self.columns) FROM custom_claim WHERE id > ?1 ORDER BY id LIMIT ?2"
        return try reader.all(sql, Value(id), Value(max(0, limit)), read: read)
    }

    package func add(_ claim: CustomClaim) throws {
        try change { database, audit in try Self.add(claim, in: database, audit) }
    }

    static func add(_ claim: CustomClaim, in database: Database, _ audit: AuditRow) throws {
        // Check and change are one statement, so that a client that is being removed is given none.
        let added = try database.run(
            """
            INSERT INTO custom_claim (\(Self.columns))
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
            WHERE ?4 IS NULL OR EXISTS (SELECT 1 FROM client WHERE client_id = ?4)
            ON CONFLICT DO NOTHING
            """,
            Value(claim.id), .integer(claim.version), .text(claim.name.text), Value(claim.clientID?.value),
            .text(claim.source.json.text), Value(claim.scope), Self.value(of: claim.destinations),
            Value(claim.isRequired), Value(claim.createdAt), Value(claim.updatedAt))
        guard added == 0 else {
            return try audit.write(
                .claimAdded, claim.id.value, client: claim.clientID, AuditChange(from: nil, to: claim.audited),
                in: database)
        }
        let hasClient = try claim.clientID.map { id in
            try database.first("SELECT 1 FROM client WHERE client_id = ?1", Value(id), read: { _ in true }) ?? false
        }
        throw hasClient ?? true ? StoreError.exists : .missing
    }

    @discardableResult package func replace(_ claim: CustomClaim) throws -> CustomClaim {
        try change { database, audit in try Self.replace(claim, in: database, audit) }
    }

    static func replace(_ claim: CustomClaim, in database: Database, _ audit: AuditRow) throws -> CustomClaim {
        let former = try Self.claim(claim.id, in: database)
        // Check and change are one statement, so that of two changes of one state the second fails.
        let changed = try database.run(
            """
            UPDATE custom_claim SET version = version + 1, source = ?3, scope = ?4, destinations = ?5,
                is_required = ?6, updated_at = ?7
            WHERE id = ?1 AND version = ?2
            """,
            Value(claim.id), .integer(claim.version), .text(claim.source.json.text), Value(claim.scope),
            Self.value(of: claim.destinations), Value(claim.isRequired), Value(claim.updatedAt))
        guard changed == 1, let former else { throw former == nil ? StoreError.missing : .changed }
        try audit.write(
            .claimChanged, claim.id.value, client: former.clientID,
            changed: AuditChange(from: former.audited, to: claim.audited), in: database)
        return claim.next
    }

    package func removeCustomClaim(_ id: ClaimID) throws -> Bool {
        try change { database, audit in try Self.removeCustomClaim(id, in: database, audit) }
    }

    static func removeCustomClaim(_ id: ClaimID, in database: Database, _ audit: AuditRow) throws -> Bool {
        guard let former = try Self.claim(id, in: database) else { return false }
        try database.run("DELETE FROM custom_claim WHERE id = ?1", Value(id))
        try audit.write(
            .claimRemoved, id.value, client: former.clientID, AuditChange(from: former.audited, to: nil),
            in: database)
        return true
    }

    /// As it is within the transaction of a change.
    private static func claim(_ id: ClaimID, in database: Database) throws(StoreError) -> CustomClaim? {
        let sql = "SELECT \(columns) FROM custom_claim WHERE id = ?1"
        return try database.first(sql, Value(id)) { row throws(StoreError) in try claim(row) }
    }

    private static func value(of destinations: Set<ClaimDestination>?) -> Value {
        Value(destinations.map { JSON.array($0.map(\.rawValue).sorted().map(JSON.string)).text })
    }

    private static func claim(_ row: borrowing Row) throws(StoreError) -> CustomClaim {
        guard let name = ClaimName(try row.text(2)) else { throw row.malformed(2) }
        guard let source = ClaimSource(stored: try row.json(4)) else { throw row.malformed(4) }
        var destinations: Set<ClaimDestination>?
        if try row.optionalText(6) != nil {
            let names = try row.strings(6)
            let known = Set(names.compactMap(ClaimDestination.init(rawValue:)))
            guard known.count == names.count else { throw row.malformed(6) }
            destinations = known
        }
        return CustomClaim(
            id: ClaimID(try row.text(0)), version: row.integer(1), name: name,
            clientID: try row.optionalText(3).map { ClientID($0) }, source: source, scope: try row.optionalText(5),
            destinations: destinations, isRequired: row.flag(7), createdAt: row.time(8), updatedAt: row.time(9))
    }
}
