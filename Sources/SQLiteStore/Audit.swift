import JOSE
import OIDCLogic

extension SQLiteStore: AuditStore {
    static let auditColumns = """
        position, at, event, actor_kind, actor, via, address, request_id, object, client_id, sub, before, after
        """

    package func auditRecords(
        matching query: AuditQuery, before position: Int64?, limit: Int
    ) throws -> [AuditRecord] {
        guard query.events?.isEmpty != true else { return [] }
        var end = (at: query.until ?? Timestamp(.max), position: Int64.min)
        if let position {
            let sql = "SELECT at FROM audit WHERE position = ?1"
            // One that has gone was older than all that is there.
            guard let at = try reader.first(sql, .integer(position), read: { $0.time(0) }) else { return [] }
            if at < end.at { end = (at, position) }
        }
        let selection = AuditSelection(query)
        let values = [
            Value(query.from ?? Timestamp(.min)), Value(end.at), .integer(end.position), Value(max(0, limit)),
            Value(query.userID?.value), Value(query.clientID?.value),
        ]
        return try reader.all(selection.sql, values: Array(values.prefix(selection.parameters))) {
            row throws(StoreError) in try Self.record(row)
        }
    }

    package func auditRecords(after position: Int64, limit: Int) throws -> [AuditRecord] {
        let sql = "SELECT \(Self.auditColumns) FROM audit WHERE position > ?1 ORDER BY position LIMIT ?2"
        return try reader.all(sql, .integer(position), Value(max(0, limit))) { row throws(StoreError) in
            try Self.record(row)
        }
    }

    package func auditEnd() throws -> Int64 {
        try reader.first("SELECT coalesce(max(position), 0) FROM audit", read: { $0.integer(0) }) ?? 0
    }

    private static func record(_ row: borrowing Row) throws(StoreError) -> AuditRecord {
        guard let event = AuditEvent(rawValue: try row.text(2)) else { throw row.malformed(2) }
        guard let who = AuditActor.Who(kind: try row.text(3), id: try row.optionalText(4)) else {
            throw row.malformed(3)
        }
        guard let road = AuditActor.Road(rawValue: try row.text(5)) else { throw row.malformed(5) }
        return AuditRecord(
            position: row.integer(0), at: row.time(1), event: event,
            actor: AuditActor(
                who, by: road, from: try row.optionalText(6), requestID: try row.optionalText(7)),
            objectID: try row.text(8), clientID: try row.optionalText(9).map { ClientID($0) },
            userID: try row.optionalText(10).map { UserID($0) },
            change: AuditChange(before: try members(row, 11), after: try members(row, 12)))
    }

    private static func members(_ row: borrowing Row, _ column: Int32) throws(StoreError) -> [String: JSON] {
        guard try row.optionalText(column) != nil else { return [:] }
        guard case .object(let members) = try row.json(column, depth: AuditRow.depth) else {
            throw row.malformed(column)
        }
        return members
    }
}

/// The statement that finds what is asked for, by an index that leaves little to pass over.
///
/// `?1` is the beginning, `(?2, ?3)` the end, `?4` how many, `?5` the user and `?6` the client.
struct AuditSelection {
    let sql: String
    /// How many of them it has.
    var parameters: Int { sql.contains("?6") ? 6 : sql.contains("?5") ? 5 : 4 }

    init(_ query: AuditQuery) {
        let events = query.events.map { events in events.map { "'\($0.rawValue)'" } }
        var rest = ""
        let among = events.map { " AND +event IN (\($0.joined(separator: ", ")))" } ?? ""
        let parts: [String]
        if query.userID != nil {
            // Of one user there are few.
            if query.clientID != nil { rest = " AND +client_id = ?6" }
            parts = ["sub = ?5", "actor_kind = 'user' AND actor = ?5 AND \(Self.isOther)"].map { $0 + rest + among }
        } else if let all = query.events, let events, !all.contains(where: \.isOfSession) {
            // Of changes there are few: not more than administrators make.
            if query.clientID != nil {
                rest = " AND (+client_id = ?6 OR +actor_kind = 'client' AND +actor = ?6)"
            }
            parts = events.map { "event = \($0) AND \(Self.isChange)" + rest }
        } else if query.clientID != nil {
            parts = ["client_id = ?6", "actor_kind = 'client' AND actor = ?6 AND \(Self.isOther)"].map { $0 + among }
        } else {
            parts = ["1" + among]
        }
        let selects = parts.map {
            "SELECT \(SQLiteStore.auditColumns) FROM audit WHERE \($0) AND at >= ?1 AND (at, position) < (?2, ?3)"
        }
        sql = selects.joined(separator: " UNION ALL ") + " ORDER BY at DESC, position DESC LIMIT ?4"
    }

    /// As the indexes have it, word for word.
    private static let isOther = "actor IS NOT sub AND actor IS NOT client_id"
    private static let isChange = "event NOT IN ('session.started', 'session.renewed', 'session.ended')"
}

/// Writes of a change what it changed, within the change's own transaction: so that none is there without its row, and
/// no row without its change.
struct AuditRow: Sendable {
    let actor: AuditActor
    /// Nil: what the operating system's clock says.
    let at: Timestamp?

    /// A member of what may be as deep as can be read.
    static let depth = JSON.defaultMaximumDepth + 1

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
        let change = change.bounded
        try database.run(
            """
            INSERT INTO audit (at, event, actor_kind, actor, via, address, request_id, object, client_id, sub, before, after)
            VALUES (coalesce(?1, unixepoch()), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """,
            Value(at), .text(event.rawValue), .text(actor.who.kind), Value(actor.who.id), .text(actor.road.rawValue),
            Value(actor.address), Value(actor.requestID), .text(objectID), Value(client?.value), Value(user?.value),
            Self.value(change.before), Self.value(change.after))
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

    private static func value(_ members: [String: JSON]) -> Value {
        members.isEmpty ? .null : .text(JSON.object(members).text)
    }
}
