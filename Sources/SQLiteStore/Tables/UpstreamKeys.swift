import JOSE
import OIDCLogic

extension SQLiteStore: UpstreamKeyStore {
    package func upstreamKeys(of upstream: UpstreamName) throws -> [SigningKeyRecord] {
        let sql = "SELECT \(Self.keyColumns) FROM upstream_key WHERE upstream = ?1 ORDER BY position"
        return try reader.all(sql, .text(upstream.value)) { row throws(StoreError) in try Self.key(row) }
    }

    package func changeKeys(of upstream: UpstreamName, _ steps: [SigningKeyStep]) throws {
        try change { database, audit in
            do {
                for step in steps {
                    switch step {
                    case .add(let key): try Self.insert(key, of: upstream, in: database, audit)
                    case .move(let former, let key): try Self.move(former, to: key, of: upstream, in: database, audit)
                    }
                }
            } catch StoreError.exists {
                throw StoreError.changed
            }
        }
    }

    private static func insert(
        _ key: SigningKeyRecord, of upstream: UpstreamName, in database: Database, _ audit: AuditRow
    ) throws {
        let columns = StateColumns(key.state)
        try database.run(
            """
            INSERT INTO upstream_key (\(keyColumns), upstream)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """,
            .text(key.keyID), .text(key.algorithm.rawValue), .text(key.status.rawValue), .text(key.publicJWK.text),
            columns.sealedPrivateJWK, Value(key.createdAt), columns.activeSince, columns.longestToken, columns.endedAt,
            columns.publishedUntil, columns.expiresAt, .text(upstream.value))
        try audit.write(
            .keyAdded, key.keyID, AuditChange(from: nil, to: key.audited(for: upstream)), in: database)
    }

    /// Compared within the transaction that writes, so that of two processes that do the same one does it.
    private static func move(
        _ former: SigningKeyRecord, to key: SigningKeyRecord, of upstream: UpstreamName, in database: Database,
        _ audit: AuditRow
    ) throws {
        let sql = "SELECT \(keyColumns) FROM upstream_key WHERE kid = ?1 AND upstream = ?2"
        let current = try database.first(sql, .text(former.keyID), .text(upstream.value)) { row throws(StoreError) in
            try Self.key(row)
        }
        guard current == former, key.keyID == former.keyID else { throw StoreError.changed }
        let columns = StateColumns(key.state)
        try database.run(
            """
            UPDATE upstream_key
            SET status = ?2, sealed_private_jwk = ?3, active_since = ?4, longest_token = ?5, ended_at = ?6,
                published_until = ?7, expires_at = ?8
            WHERE kid = ?1
            """,
            .text(key.keyID), .text(key.status.rawValue), columns.sealedPrivateJWK, columns.activeSince,
            columns.longestToken, columns.endedAt, columns.publishedUntil, columns.expiresAt)
        try audit.write(
            .keyChanged, key.keyID,
            changed: AuditChange(from: former.audited(for: upstream), to: key.audited(for: upstream)), in: database)
    }
}
