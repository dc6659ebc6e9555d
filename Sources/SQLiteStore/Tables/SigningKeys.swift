import JOSE
import OIDCLogic

extension SQLiteStore: SigningKeyStore {
    static let keyColumns = """
        kid, alg, status, public_jwk, sealed_private_jwk, created_at, active_since, longest_token, ended_at, published_until,
        expires_at
        """

    package func signingKeys() throws -> [SigningKeyRecord] {
        let generation = try generation()
        if let keys = cache.signingKeys(at: generation) { return keys }
        let sql = """
            SELECT \(Self.keyColumns), (SELECT value FROM generation) FROM signing_key ORDER BY created_at, position
            """
        let read = try reader.all(sql) { row throws(StoreError) in
            (key: try Self.key(row), generation: row.integer(11))
        }
        let keys = read.map(\.key)
        // The generation of the same snapshot, which may be newer than the one just read.
        if let snapshot = read.first?.generation { cache.keep(keys, at: snapshot) }
        return keys
    }

    package func add(_ keys: [SigningKeyRecord]) throws {
        try change { database, audit in
            for key in keys { try Self.insert(key, in: database, audit) }
        }
    }

    package func change(_ steps: [SigningKeyStep]) throws {
        try change { database, audit in
            do {
                for step in steps {
                    switch step {
                    case .add(let key): try Self.insert(key, in: database, audit)
                    case .move(let former, let key): try Self.move(former, to: key, in: database, audit)
                    }
                }
            } catch StoreError.exists {
                // Another is next or active already.
                throw StoreError.changed
            }
        }
    }

    private static func insert(_ key: SigningKeyRecord, in database: Database, _ audit: AuditRow) throws {
        let columns = StateColumns(key.state)
        try database.run(
            "INSERT INTO signing_key (\(Self.keyColumns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            .text(key.keyID), .text(key.algorithm.rawValue), .text(key.status.rawValue), .text(key.publicJWK.text),
            columns.sealedPrivateJWK, Value(key.createdAt), columns.activeSince, columns.longestToken, columns.endedAt,
            columns.publishedUntil, columns.expiresAt)
        try audit.write(.keyAdded, key.keyID, AuditChange(from: nil, to: key.audited), in: database)
    }

    /// Compared within the transaction that writes, so that of two processes that do the same one does it.
    private static func move(
        _ former: SigningKeyRecord, to key: SigningKeyRecord, in database: Database, _ audit: AuditRow
    ) throws {
        let sql = "SELECT \(Self.keyColumns) FROM signing_key WHERE kid = ?1"
        let current = try database.first(sql, .text(former.keyID)) { row throws(StoreError) in try Self.key(row) }
        guard current == former, key.keyID == former.keyID else { throw StoreError.changed }
        let columns = StateColumns(key.state)
        try database.run(
            """
            UPDATE signing_key
            SET status = ?2, sealed_private_jwk = ?3, active_since = ?4, longest_token = ?5, ended_at = ?6,
                published_until = ?7, expires_at = ?8
            WHERE kid = ?1
            """,
            .text(key.keyID), .text(key.status.rawValue), columns.sealedPrivateJWK, columns.activeSince,
            columns.longestToken, columns.endedAt, columns.publishedUntil, columns.expiresAt)
        try audit.write(
            key.status == .revoked ? .keyRevoked : .keyChanged, key.keyID,
            changed: AuditChange(from: former.audited, to: key.audited), in: database)
    }

    /// Removes those that no token can name any more. Returns how many went.
    static func pruneSigningKeys(at now: Timestamp, in database: Database) throws(StoreError) -> Int {
        let sql = "SELECT \(keyColumns) FROM signing_key WHERE expires_at <= ?1"
        let keys = try database.all(sql, Value(now)) { row throws(StoreError) in try Self.key(row) }
        let audit = AuditRow(actor: .system, at: now)
        for key in keys {
            try database.run("DELETE FROM signing_key WHERE kid = ?1", .text(key.keyID))
            try audit.write(.keyRemoved, key.keyID, AuditChange(from: key.audited, to: nil), in: database)
        }
        return keys.count
    }

    static func key(_ row: borrowing Row) throws(StoreError) -> SigningKeyRecord {
        guard let algorithm = SignatureAlgorithm(rawValue: try row.text(1)) else { throw row.malformed(1) }
        guard let status = SigningKeyRecord.Status(rawValue: try row.text(2)) else { throw row.malformed(2) }
        let state: SigningKeyState =
            switch status {
            case .next: .next(sealed: try row.text(4))
            case .active: .active(sealed: try row.text(4), since: row.time(6), longestToken: row.integer(7))
            case .retired:
                .retired(
                    SigningKeyState.Retirement(
                        activeSince: row.time(6), at: row.time(8), publishedUntil: row.time(9), keptUntil: row.time(10))
                )
            case .revoked: .revoked(at: row.time(8), keptUntil: row.time(10))
            }
        return SigningKeyRecord(
            keyID: try row.text(0), algorithm: algorithm, publicJWK: try row.json(3), createdAt: row.time(5),
            state: state)
    }
}

/// What of a key's state stands in which column.
struct StateColumns {
    var sealedPrivateJWK = Value.null
    var activeSince = Value.null
    var longestToken = Value.null
    var endedAt = Value.null
    var publishedUntil = Value.null
    var expiresAt = Value.null

    init(_ state: SigningKeyState) {
        sealedPrivateJWK = Value(state.sealedPrivateJWK)
        expiresAt = Value(state.keptUntil)
        switch state {
        case .next: break
        case .active(_, let since, let longest):
            activeSince = Value(since)
            longestToken = .integer(longest)
        case .retired(let retirement):
            activeSince = Value(retirement.activeSince)
            endedAt = Value(retirement.at)
            publishedUntil = Value(retirement.publishedUntil)
        case .revoked(let at, _): endedAt = Value(at)
        }
    }
}
