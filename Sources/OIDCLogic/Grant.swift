/// What a redeemed authorization code gave: the record that its tokens hang on.
///
/// Its id is the code's, so "used" and "granted" are one row and can't disagree.
package struct Grant: Sendable, Equatable {
    package let id: GrantID
    package let clientID: ClientID
    package let userID: UserID
    package let sessionID: SessionID
    /// What the client knows that session by.
    package let sid: String
    package let scope: Scope
    package let authTime: Timestamp
    package let amr: [String]
    package let acr: String
    package let createdAt: Timestamp
    /// When the last token of it has ended, and the row can go.
    package let expiresAt: Timestamp
    package var isRevoked: Bool

    package init(
        id: GrantID, clientID: ClientID, userID: UserID, sessionID: SessionID, sid: String, scope: Scope,
        authTime: Timestamp, amr: [String], acr: String, createdAt: Timestamp, expiresAt: Timestamp,
        isRevoked: Bool = false
    ) {
        self.id = id
        self.clientID = clientID
        self.userID = userID
        self.sessionID = sessionID
        self.sid = sid
        self.scope = scope
        self.authTime = authTime
        self.amr = amr
        self.acr = acr
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.isRevoked = isRevoked
    }
}
