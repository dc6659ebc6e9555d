import JOSE

/// A signed-in browser: one account in it.
package struct Session: Sendable, Equatable {
    package let id: SessionID
    package let userID: UserID
    /// When the user last proved who they are (OpenID Connect Core §2, `auth_time`): here, or at their upstream. Nil: the upstream
    /// doesn't say it, and no age is young enough for a proof of that.
    package var authTime: Timestamp?
    /// When they last signed in here, which may be later: an upstream takes its own session for a proof.
    package var signedInAt: Timestamp
    /// How (RFC 8176), and what that is worth; nil: the upstream doesn't say it.
    package var amr: [String]
    package var acr: String?
    package let createdAt: Timestamp
    /// Written at most every twentieth of the idle lifetime, so that a sign-in by session costs no write.
    package var lastUsedAt: Timestamp
    /// The absolute end. Without use it ends earlier, see ``isAlive(at:idle:)``.
    package let expiresAt: Timestamp
    /// 32 random bytes that every client's `sid` is made of.
    package let sidKey: [UInt8]
    /// Whether the user asked to stay signed in: then it may go unused until its absolute end.
    package var isRemembered: Bool
    /// Where the user last proved who they are. Nil: it wasn't kept.
    package var device: SessionDevice?
    /// By whom they signed in; nil: by a password here.
    package var upstream: UpstreamSession?

    /// - Parameter signedInAt: nil: the time of authentication.
    package init(
        id: SessionID, userID: UserID, authTime: Timestamp?, signedInAt: Timestamp? = nil, amr: [String], acr: String?,
        createdAt: Timestamp, lastUsedAt: Timestamp, expiresAt: Timestamp, sidKey: [UInt8], isRemembered: Bool = false,
        device: SessionDevice? = nil, upstream: UpstreamSession? = nil
    ) {
        self.id = id
        self.userID = userID
        self.authTime = authTime
        self.signedInAt = signedInAt ?? authTime ?? createdAt
        self.amr = amr
        self.acr = acr
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.sidKey = sidKey
        self.isRemembered = isRemembered
        self.device = device
        self.upstream = upstream
    }

    /// Whether it still serves: before its absolute end, and used within `idle` seconds. A clock set back a little ends
    /// nothing; a session of a time that lies further ahead than `idle` is of a clock that was wrong, and ends.
    package func isAlive(at now: Timestamp, idle: Int64) -> Bool {
        now < expiresAt && now - lastUsedAt >= -idle && (isRemembered || now - lastUsedAt < idle)
    }

    /// The `sid` that a client knows this session by: random per session and client, so that two clients can't compare.
    package func sid(for client: ClientID) -> String { Self.sid(for: client, by: sidKey) }

    package static func sid(for client: ClientID, by sidKey: [UInt8]) -> String {
        Base64URL.encode(Array(Digest.hmacSHA256(key: sidKey, message: Array(client.value.utf8)).prefix(18)))
    }
}

package enum SessionTokenKind {}
/// What the browser's cookie holds.
package typealias SessionToken = OpaqueToken<SessionTokenKind>
