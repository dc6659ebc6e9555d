import JOSE
import OIDCLogic

/// Sessions that end, and whose clients are told.
enum EndingSessions {
    case one(SessionID)
    case all(of: UserID)
    /// By time, or as a part of all of a user.
    case several([SessionID])

    fileprivate var condition: String {
        switch self {
        case .one: "session.id = ?1"
        case .all: "session.sub = ?1"
        case .several: "session.id IN (SELECT value FROM json_each(?1))"
        }
    }

    fileprivate var value: Value {
        switch self {
        case .one(let id): Value(id)
        case .all(let user): Value(user)
        case .several(let ids): .text(JSON.array(ids.map { .string($0.value) }).text)
        }
    }

    /// Whether what a client was given ends with them, if it wants that. Whoever ends all of a user ends all grants besides.
    fileprivate var endGrants: Bool { if case .one = self { true } else { false } }
}

/// A session that has ended.
struct EndedSession {
    let user: UserID
    /// How many grants of it ended with it.
    var grants = 0
}

extension SQLiteStore {
    /// The one way in which sessions end of which anybody is told: whom to tell is noted in the same transaction. Returns
    /// those that ended.
    ///
    /// - Parameter time: nil: now, by the operating system's clock.
    static func end(_ sessions: EndingSessions, in database: Database, at time: Timestamp?) throws -> [EndedSession] {
        let told = """
            SELECT session.sid_key, session.sub, session_client.client_id,
                client.metadata ->> 'backchannel_logout_uri' AS backchannel,
                client.metadata ->> 'frontchannel_logout_uri' AS frontchannel, session.digest, session.id,
                client.metadata ->> 'revoke_at_logout' AS revoked
            FROM session
                JOIN session_client ON session_client.session_id = session.id
                JOIN client ON client.client_id = session_client.client_id
            WHERE \(sessions.condition) AND (backchannel IS NOT NULL OR frontchannel IS NOT NULL OR revoked)
            """
        let receivers = try database.all(told, sessions.value) { row throws(StoreError) in
            let client = ClientID(try row.text(2))
            return Receiver(
                client: client, user: UserID(try row.text(1)), sid: Session.sid(for: client, by: row.bytes(0)),
                backchannel: try row.optionalText(3), frontchannel: try row.optionalText(4), digest: row.bytes(5),
                session: SessionID(try row.text(6)), isRevoked: row.flag(7))
        }
        var grants = 0
        for receiver in receivers {
            if receiver.isRevoked, sessions.endGrants { grants += try revoke(receiver, in: database) }
            try tell(receiver, in: database, at: time)
            try show(receiver, in: database, at: time)
        }
        // Once for each client, however many of its sessions end.
        for client in Set(receivers.filter { $0.backchannel != nil }.map(\.client)) {
            try wakeSender(of: client, in: database, at: time)
        }
        let sql = "DELETE FROM session WHERE \(sessions.condition) RETURNING sub"
        var ended = try database.all(sql, sessions.value) { row throws(StoreError) in
            EndedSession(user: UserID(try row.text(0)))
        }
        if !ended.isEmpty { ended[0].grants = grants }
        return ended
    }

    /// A client that is told of the end of a session.
    private struct Receiver {
        let client: ClientID
        let user: UserID
        let sid: String
        let backchannel: String?
        let frontchannel: String?
        /// Of the session's cookie.
        let digest: [UInt8]
        let session: SessionID
        /// It wants what it was given in the session to end as well.
        let isRevoked: Bool
    }

    /// Back-Channel Logout 1.0 §2.7 lets `offline_access` outlive the session, unless it is wanted otherwise.
    private static func revoke(_ receiver: Receiver, in database: Database) throws(StoreError) -> Int {
        // By the user, who has few of them; "+" keeps SQLite from going through all of the client's.
        try database.run(
            """
            UPDATE authorization_grant SET is_revoked = 1
            WHERE sub = ?1 AND session_id = ?2 AND +client_id = ?3 AND is_revoked = 0
            """, Value(receiver.user), Value(receiver.session), Value(receiver.client))
    }

    /// By its server, from a pool that signs.
    private static func tell(_ receiver: Receiver, in database: Database, at time: Timestamp?) throws(StoreError) {
        guard let uri = receiver.backchannel else { return }
        try database.run(
            """
            INSERT INTO logout_delivery (client_id, sub, sid, uri, created_at, attempts, next_at, expires_at)
            VALUES (?1, ?2, ?3, ?4, coalesce(?5, unixepoch()), 0, coalesce(?5, unixepoch()),
                coalesce(?5, unixepoch()) + ?6)
            """,
            Value(receiver.client), Value(receiver.user), .text(receiver.sid), .text(uri), Value(time),
            .integer(LogoutDelivery.patience + LogoutDelivery.memory))
    }

    /// Who can't be reached is not asked sooner because there is more to say.
    private static func wakeSender(
        of client: ClientID, in database: Database, at time: Timestamp?
    ) throws(StoreError) {
        try database.run(
            """
            INSERT INTO logout_receiver (client_id, due_at, leased_until, outages)
            VALUES (?1, coalesce(?2, unixepoch()), 0, 0)
            ON CONFLICT (client_id) DO UPDATE SET due_at = min(due_at, excluded.due_at) WHERE outages = 0
            """, Value(client), Value(time))
    }

    /// By the browser that the session was in, when it comes next.
    private static func show(_ receiver: Receiver, in database: Database, at time: Timestamp?) throws(StoreError) {
        guard let uri = receiver.frontchannel else { return }
        try database.run(
            """
            INSERT INTO frontchannel_logout (digest, client_id, sid, uri, expires_at)
            VALUES (?1, ?2, ?3, ?4, coalesce(?5, unixepoch()) + ?6)
            """,
            .blob(receiver.digest), Value(receiver.client), .text(receiver.sid), .text(uri), Value(time),
            .integer(FrontchannelLogout.memory))
    }
}
