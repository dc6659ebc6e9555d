import OIDCLogic

extension SQLiteStore {
    package func revoke(_ token: TokenID, until expiresAt: Timestamp) throws {
        try write { database in
            _ = try database.run(
                "INSERT INTO revoked_token (jti, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING", Value(token),
                Value(expiresAt))
        }
    }

    package func isRevoked(_ token: TokenID) throws -> Bool {
        try reader.first("SELECT 1 FROM revoked_token WHERE jti = ?1", Value(token), read: { _ in true }) ?? false
    }
}
