import JOSE
import OIDCLogic

extension SQLiteStore: SigningKeyStore {
    private static let columns = "kid, alg, status, public_jwk, sealed_private_jwk, created_at"

    package func signingKeys() throws -> [SigningKeyRecord] {
        let generation = try generation()
        if let keys = cache.signingKeys(at: generation) { return keys }
        let sql = """
            SELECT \(Self.columns), (SELECT value FROM generation) FROM signing_key ORDER BY created_at, position
            """
        let read = try reader.all(sql) { row throws(StoreError) in
            (key: try Self.key(row), generation: row.integer(6))
        }
        let keys = read.map(\.key)
        // The generation of the same snapshot, which may be newer than the one just read.
        if let snapshot = read.first?.generation { cache.keep(keys, at: snapshot) }
        return keys
    }

    package func add(_ keys: [SigningKeyRecord]) throws {
        try change { database, audit in
            for key in keys {
                try database.run(
                    "INSERT INTO signing_key (\(Self.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    .text(key.keyID), .text(key.algorithm.rawValue), .text(key.status.rawValue),
                    .text(key.publicJWK.text), .text(key.sealedPrivateJWK), Value(key.createdAt))
                try audit.write(.keyAdded, key.keyID, AuditChange(from: nil, to: key.audited), in: database)
            }
        }
    }

    package func setStatus(_ status: SigningKeyRecord.Status, ofKey keyID: String) throws {
        try change { database, audit in
            let sql = "SELECT \(Self.columns) FROM signing_key WHERE kid = ?1"
            let former = try database.first(sql, .text(keyID)) { row throws(StoreError) in try Self.key(row) }
            guard let former else { throw StoreError.missing }
            try database.run("UPDATE signing_key SET status = ?2 WHERE kid = ?1", .text(keyID), .text(status.rawValue))
            var key = former
            key.status = status
            try audit.write(
                .keyChanged, keyID, changed: AuditChange(from: former.audited, to: key.audited), in: database)
        }
    }

    private static func key(_ row: borrowing Row) throws(StoreError) -> SigningKeyRecord {
        guard let algorithm = SignatureAlgorithm(rawValue: try row.text(1)) else { throw row.malformed(1) }
        guard let status = SigningKeyRecord.Status(rawValue: try row.text(2)) else { throw row.malformed(2) }
        return SigningKeyRecord(
            keyID: try row.text(0), algorithm: algorithm, status: status, publicJWK: try row.json(3),
            sealedPrivateJWK: try row.text(4), createdAt: row.time(5))
    }
}
