import JOSE
import OIDCLogic

extension SQLiteStore {
    private static let columns = "name, version, members, sealed_secret, created_at, updated_at"

    package func upstreamDeclarations() throws -> [UpstreamDeclaration] {
        let generation = try generation()
        if let upstreams = cache.upstreams(at: generation) { return upstreams }
        let upstreams = try reader.all("SELECT \(Self.columns) FROM upstream ORDER BY name") {
            row throws(StoreError) in try Self.upstream(row)
        }
        // Kept only if nothing has changed between these reads.
        if try self.generation() == generation { cache.keep(upstreams, at: generation) }
        return upstreams
    }

    package func add(_ upstream: UpstreamDeclaration) throws {
        try change { database, audit in
            let added = try database.run(
                "INSERT INTO upstream (\(Self.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                Value(upstream.name), .integer(upstream.version), .text(JSON.object(upstream.members).text),
                Value(upstream.sealedSecret), Value(upstream.createdAt), Value(upstream.updatedAt))
            guard added == 1 else { throw StoreError.exists }
            try audit.write(
                .upstreamAdded, upstream.name.value, AuditChange(from: nil, to: upstream.audited), in: database)
        }
    }

    @discardableResult package func replace(_ upstream: UpstreamDeclaration) throws -> UpstreamDeclaration {
        try change { database, audit in
            try Self.replace(upstream, in: database, audit)
            return upstream.next
        }
    }

    static func replace(_ upstream: UpstreamDeclaration, in database: Database, _ audit: AuditRow) throws(StoreError) {
        let former = try Self.upstream(upstream.name, in: database)
        // Check and change are one statement, so that of two changes of one state the second fails.
        let changed = try database.run(
            """
            UPDATE upstream SET version = version + 1, members = ?3, sealed_secret = ?4, updated_at = ?5
            WHERE name = ?1 AND version = ?2
            """,
            Value(upstream.name), .integer(upstream.version), .text(JSON.object(upstream.members).text),
            Value(upstream.sealedSecret), Value(upstream.updatedAt))
        guard changed == 1, let former else { throw former == nil ? StoreError.missing : .changed }
        try audit.write(
            .upstreamChanged, upstream.name.value,
            changed: AuditChange(from: former.audited, to: upstream.audited), in: database)
    }

    package func removeUpstreamDeclaration(_ name: UpstreamName, isShadowed: Bool) throws -> Bool {
        try change { database, audit in
            guard let former = try Self.upstream(name, in: database) else { return false }
            try database.run("DELETE FROM upstream WHERE name = ?1", Value(name))
            // Another of that name is another's, and is shown another key.
            for table in isShadowed ? [] : ["upstream_health", "upstream_trace", "upstream_key"] {
                try database.run("DELETE FROM \(table) WHERE upstream = ?1", Value(name))
            }
            try audit.write(
                .upstreamRemoved, name.value, AuditChange(from: former.audited, to: nil), in: database)
            return true
        }
    }

    /// As it is within the transaction of a change.
    private static func upstream(
        _ name: UpstreamName, in database: Database
    ) throws(StoreError) -> UpstreamDeclaration? {
        let sql = "SELECT \(columns) FROM upstream WHERE name = ?1"
        return try database.first(sql, Value(name)) { row throws(StoreError) in try upstream(row) }
    }

    private static func upstream(_ row: borrowing Row) throws(StoreError) -> UpstreamDeclaration {
        guard let members = try row.json(2).objectValue else { throw row.malformed(2) }
        return UpstreamDeclaration(
            name: UpstreamName(try row.text(0)), version: row.integer(1), members: members,
            sealedSecret: try row.optionalText(3), createdAt: row.time(4), updatedAt: row.time(5))
    }
}
