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
        guard case .object(let members) = try row.json(column) else {
            throw row.malformed(column)
        }
        return members
    }
}
