import JOSE
import OIDCLogic

extension SQLiteStore: LogoutDeliveryStore {
    private static let columns = """
        position, logout_delivery.client_id, sub, sid, uri, created_at, attempts, outages, next_at, given_up_at,
        coalesce(logout_delivery.fault, logout_receiver.fault), refusals
        """
    private static let tables = "logout_delivery LEFT JOIN logout_receiver USING (client_id)"

    /// The client that has waited longest. Where the clock was set back, what lies further ahead than anything is ever
    /// put off counts as due.
    private static let due = """
        SELECT client_id FROM logout_receiver
        WHERE (due_at <= ?1 OR due_at > ?1 + ?2) AND (leased_until <= ?1 OR leased_until > ?1 + ?3)
        ORDER BY due_at LIMIT 1
        """

    package func takeLogoutDeliveries(limit: Int, at now: Timestamp) throws -> [LogoutDelivery] {
        let (delay, lease) = (Value.integer(LogoutDelivery.longestDelay), Value.integer(LogoutDelivery.lease))
        // Nearly always there is nothing, and then nothing is written.
        guard try reader.first(Self.due, Value(now), delay, lease, read: { _ in true }) != nil else { return [] }
        return try write { database in
            // Check and change are one statement, so that of two senders one has the client.
            let leased = try database.first(
                """
                UPDATE logout_receiver SET leased_until = ?1 + ?3 WHERE client_id = (\(Self.due))
                RETURNING client_id, leased_until, outages
                """, Value(now), delay, lease
            ) { row throws(StoreError) in
                (client: ClientID(try row.text(0)), until: row.time(1), isInDoubt: row.integer(2) > 0)
            }
            guard let (client, end, isInDoubt) = leased else { return [] }
            let sql = """
                SELECT \(Self.columns) FROM \(Self.tables)
                WHERE logout_delivery.client_id = ?1 AND next_at >= 0 AND (next_at <= ?2 OR next_at > ?2 + ?3)
                ORDER BY next_at LIMIT ?4
                """
            let deliveries = try database.all(
                sql, Value(client), Value(now), .integer(LogoutDelivery.longestDelay), Value(isInDoubt ? 1 : limit)
            ) { row throws(StoreError) in try Self.delivery(row, leasedUntil: end) }
            if deliveries.isEmpty { try Self.release(client, until: now, in: database) }
            return deliveries
        }
    }

    @discardableResult package func record(_ outcomes: [LogoutDelivery.Outcome], at now: Timestamp) throws -> Bool {
        guard let first = outcomes.first?.delivery else { return true }
        return try change { database, audit in
            // Whoever came later found it as it was, and their outcome is the newer one.
            let isOwn = "SELECT 1 FROM logout_receiver WHERE client_id = ?1 AND leased_until = ?2"
            guard
                try database.first(isOwn, Value(first.clientID), Value(first.leasedUntil), read: { _ in true }) != nil
            else { return false }
            var rest = now
            for outcome in outcomes { rest = try Self.record(outcome, at: now, in: database, audit) }
            try Self.release(first.clientID, until: rest, in: database)
            return true
        }
    }

    /// Returns before when nothing is sent to its client.
    private static func record(
        _ outcome: LogoutDelivery.Outcome, at now: Timestamp, in database: Database, _ audit: AuditRow
    ) throws(StoreError) -> Timestamp {
        let delivery = outcome.delivery
        switch outcome.verdict {
        case .delivered:
            try database.run("DELETE FROM logout_delivery WHERE position = ?1", .integer(delivery.id))
        case .again(let time, let fault, let refusals):
            try postpone(delivery, until: time, fault, refusals: refusals, in: database)
        case .givenUp(let fault):
            try postpone(delivery, until: now, fault, in: database)
            try giveUp("position = ?4", .integer(delivery.id), fault, at: now, in: database, audit)
        case .outage(let time, let fault):
            try postpone(delivery, until: time, fault, in: database)
            try note(outage: fault, of: delivery.clientID, in: database)
            try giveUp(
                "client_id = ?4 AND next_at >= 0 AND created_at <= ?1 - \(LogoutDelivery.patience)",
                Value(delivery.clientID), fault, at: now, in: database, audit)
            return time
        }
        try note(outage: nil, of: delivery.clientID, in: database)
        return now
    }

    private static func postpone(
        _ delivery: LogoutDelivery, until time: Timestamp, _ fault: String, refusals: Int64? = nil,
        in database: Database
    ) throws(StoreError) {
        try database.run(
            """
            UPDATE logout_delivery SET attempts = attempts + 1, next_at = ?2, fault = ?3, refusals = ?4
            WHERE position = ?1 AND next_at IS NOT NULL
            """, .integer(delivery.id), Value(time), .text(fault),
            .integer(refusals ?? delivery.refusals))
    }

    /// - Parameter fault: nil: it answered.
    private static func note(outage fault: String?, of client: ClientID, in database: Database) throws(StoreError) {
        try database.run(
            """
            UPDATE logout_receiver SET outages = iif(?2 IS NULL, 0, outages + 1), fault = ?2
            WHERE client_id = ?1 AND (?2 IS NOT NULL OR outages > 0 OR fault IS NOT NULL)
            """, Value(client), Value(fault))
    }

    /// At most so many at once, since nobody else writes meanwhile.
    private static let limit = 500

    private static func giveUp(
        _ condition: String, _ value: Value, _ fault: String, at now: Timestamp, in database: Database,
        _ audit: AuditRow
    ) throws(StoreError) {
        let sql = """
            UPDATE logout_delivery
            SET next_at = NULL, given_up_at = ?1, expires_at = ?1 + \(LogoutDelivery.memory), fault = coalesce(fault, ?2)
            WHERE position IN (SELECT position FROM logout_delivery WHERE \(condition) LIMIT ?3) AND next_at IS NOT NULL
            RETURNING sid, client_id, sub, fault, attempts
            """
        let rows = try database.all(sql, Value(now), .text(fault), Value(limit), value) { row throws(StoreError) in
            (
                sid: try row.text(0), client: ClientID(try row.text(1)), user: UserID(try row.text(2)),
                fault: try row.text(3), attempts: row.integer(4)
            )
        }
        for row in rows {
            try audit.write(
                .logoutGivenUp, row.sid, client: row.client, user: row.user,
                AuditChange(after: ["fault": .string(row.fault), "attempts": .integer(row.attempts)]), in: database)
        }
    }

    /// Others may send to the client, not before that time.
    private static func release(
        _ client: ClientID, until time: Timestamp, in database: Database
    ) throws(StoreError) {
        let first = "SELECT min(next_at) FROM logout_delivery WHERE client_id = ?1 AND next_at >= 0"
        try database.run(
            "UPDATE logout_receiver SET leased_until = 0, due_at = max(?2, coalesce((\(first)), ?2)) WHERE client_id = ?1",
            Value(client), Value(time))
        try database.run(
            "DELETE FROM logout_receiver WHERE client_id = ?1 AND (\(first)) IS NULL", Value(client))
    }

    package func undeliveredLogouts(at now: Timestamp, before id: Int64?, limit: Int) throws -> [LogoutDelivery] {
        let sql = """
            SELECT \(Self.columns) FROM \(Self.tables)
            WHERE position < ?1 AND (created_at <= ?2 OR given_up_at IS NOT NULL) ORDER BY position DESC LIMIT ?3
            """
        return try reader.all(
            sql, .integer(id ?? Int64.max), Value(now + -LogoutDelivery.alarm), Value(max(0, limit))
        ) { row throws(StoreError) in try Self.delivery(row) }
    }

    package func frontchannelLogouts(digest: [UInt8], at now: Timestamp) throws -> [FrontchannelLogout] {
        let sql = """
            SELECT client_id, sid, uri FROM frontchannel_logout WHERE digest = ?1 AND expires_at > ?2 ORDER BY client_id
            """
        return try reader.all(sql, .blob(digest), Value(now)) { row throws(StoreError) in
            guard let uri = WebURI(try row.text(2)) else { throw row.malformed(2) }
            return FrontchannelLogout(clientID: ClientID(try row.text(0)), sid: try row.text(1), uri: uri)
        }
    }

    private static func delivery(
        _ row: borrowing Row, leasedUntil: Timestamp? = nil
    ) throws(StoreError) -> LogoutDelivery {
        guard let uri = WebURI(try row.text(4)) else { throw row.malformed(4) }
        let fault = try row.optionalText(10)
        let state: LogoutDelivery.State =
            if let time = row.optionalTime(8) { .waiting(until: time, lastFault: fault) } else {
                .givenUp(at: row.time(9), fault: fault ?? "")
            }
        return LogoutDelivery(
            id: row.integer(0), clientID: ClientID(try row.text(1)), userID: UserID(try row.text(2)),
            sid: try row.text(3), uri: uri, createdAt: row.time(5), attempts: row.integer(6), refusals: row.integer(11),
            outages: row.integer(7), state: state, leasedUntil: leasedUntil)
    }
}
