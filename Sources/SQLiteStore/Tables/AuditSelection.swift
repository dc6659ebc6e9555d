import OIDCLogic

/// The statement that finds what is asked for, by an index that leaves little to pass over.
///
/// `?1` is the beginning, `(?2, ?3)` the end, `?4` how many, `?5` the user and `?6` the client.
struct AuditSelection {
    let sql: String
    /// How many of them it has.
    var parameters: Int { sql.contains("?6") ? 6 : sql.contains("?5") ? 5 : 4 }

    init(_ query: AuditQuery) {
        let events = query.events.map { events in events.map { "'\($0.rawValue)'" } }
        let ofApp = query.clientID.map { _ in " AND (+client_id = ?6 OR +actor_kind = 'client' AND +actor = ?6)" } ?? ""
        let among = events.map { " AND +event IN (\($0.joined(separator: ", ")))" } ?? ""
        let parts: [String]
        if query.userID != nil {
            // Of one user there are few.
            parts = ["sub = ?5", "actor_kind = 'user' AND actor = ?5 AND \(Self.isOther)"].map { $0 + ofApp + among }
        } else if let all = query.events, let events, !all.contains(where: \.isOfSession) {
            // Of changes there are few: not more than administrators make.
            parts = events.map { "event = \($0) AND \(Self.isChange)" + ofApp }
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
