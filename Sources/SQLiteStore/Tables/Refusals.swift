import JOSE
import OIDCLogic

extension SQLiteStore: RefusalStore {
    @discardableResult package func offer(_ refusal: RefusalRecord) -> RefusalOffer { database.offer(refusal) }

    package func settleObservations() { database.settleObservations() }

    package func refusal(_ id: RefusalID) throws -> RefusalRecord? {
        try reader.first("SELECT at, content FROM refusal WHERE id = ?1", Value(id)) { row throws(StoreError) in
            guard let record = RefusalRecord(id: id, at: row.time(0), stored: try row.json(1)) else {
                throw row.malformed(1)
            }
            return record
        }
    }
}

/// The rows of refusals.
enum RefusalRing {
    /// How many rows one that is added may push out: more than one, so that a ring made smaller shrinks.
    private static let step = 2

    static func keep(_ refusals: [RefusalRecord], in database: Database) throws(StoreError) {
        for refusal in refusals {
            try database.run(
                "INSERT INTO refusal (id, at, content, expires_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                Value(refusal.id), Value(refusal.at), .text(refusal.content.text),
                Value(refusal.at + RefusalRecord.lifetime))
        }
        // Positions rise one by one, and only the lowest go, or those whose time has come.
        try database.run(
            """
            DELETE FROM refusal WHERE position IN (
                SELECT position FROM refusal WHERE position <= (SELECT max(position) FROM refusal) - ?1
                ORDER BY position LIMIT ?2)
            """, Value(RefusalRecord.limit), Value(refusals.count * step))
    }
}
