import OIDCLogic

extension SQLiteStore {
    /// In seconds: how exactly it is known when a client was last used.
    private static let useStep: Int64 = 3600

    package func noteUse(of client: ClientID, at now: Timestamp) {
        if let known = notedUses[client], (0..<Self.useStep).contains(now - known) { return }
        // Of very many clients, some are noted more often.
        if notedUses.count >= 1000 { notedUses.removeAll(keepingCapacity: true) }
        if database.offer(useOf: client, at: now) { notedUses[client] = now }
    }
}

/// When clients were last used.
enum ClientUses {
    static func keep(_ uses: [ClientID: Timestamp], in database: Database) throws(StoreError) {
        for (client, time) in uses {
            // It may have been removed meanwhile, and another process may have seen it later.
            try database.run(
                "UPDATE client SET last_used_at = ?2 WHERE client_id = ?1 AND coalesce(last_used_at, ?2 - 1) < ?2",
                Value(client), Value(time))
        }
    }
}
