import OIDCLogic

/// Writes of a change what it changed, within the change's own transaction: so that none is there without its row, and
/// no row without its change.
struct AuditRow: Sendable {
    let actor: AuditActor
    /// Nil: what the operating system's clock says.
    let at: Timestamp?

    /// Nothing is written of a change that changes nothing.
    func write(
        _ event: AuditEvent, _ objectID: String, client: ClientID? = nil, user: UserID? = nil,
        changed change: AuditChange, in database: Database
    ) throws(StoreError) {
        guard !change.isEmpty else { return }
        try write(event, objectID, client: client, user: user, change, in: database)
    }

    func write(
        _ event: AuditEvent, _ objectID: String, client: ClientID? = nil, user: UserID? = nil,
        _ change: AuditChange = AuditChange(), in database: Database
    ) throws(StoreError) {
        let texts = change.texts
        try database.run(
            """
            INSERT INTO audit (at, event, actor_kind, actor, via, address, request_id, object, client_id, sub, before, after)
            VALUES (coalesce(?1, unixepoch()), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """,
            Value(at), .text(event.rawValue), .text(actor.who.kind), Value(actor.who.id), .text(actor.road.rawValue),
            Value(actor.address), Value(actor.requestID), .text(objectID), Value(client?.value), Value(user?.value),
            Value(texts.before), Value(texts.after))
    }

    /// The newest is always left, so that no position is given twice.
    static func prune(upTo end: Timestamp, limit: Int, in database: Database) throws(StoreError) -> Int {
        let old = """
            SELECT position FROM audit WHERE at <= ?1 AND position < (SELECT max(position) FROM audit)
            ORDER BY at LIMIT ?2
            """
        // Most of the time there is none, and then nothing is written.
        guard limit > 0, try database.first(old, Value(end), Value(1), read: { _ in true }) != nil else { return 0 }
        // The trigger lets go only what is older than this says.
        try database.run("INSERT INTO audit_pruning (until) VALUES (?1)", Value(end))
        let removed = try database.run("DELETE FROM audit WHERE position IN (\(old))", Value(end), Value(limit))
        try database.run("DELETE FROM audit_pruning")
        return removed
    }
}
