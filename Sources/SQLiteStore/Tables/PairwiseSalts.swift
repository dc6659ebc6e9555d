import OIDCLogic

extension SQLiteStore: PairwiseSaltStore {
    package func pairwiseSalt() throws -> PairwiseSalt {
        if let knownSalt { return knownSalt }
        let sql = "SELECT salt FROM pairwise_salt WHERE id = 1"
        guard let salt = try reader.first(sql, read: { $0.bytes(0) }) else {
            throw StoreError.broken("the pairwise salt is gone; restore it from a backup")
        }
        let read = PairwiseSalt(bytes: salt)
        knownSalt = read
        return read
    }
}
