/// Who has signed in, where, when and how: what a session tells a client (OpenID Connect Core §2).
///
/// It travels in the authorization code and stays in the grant, so that the tokens of a refresh say the same.
package struct AuthenticationContext: Sendable, Equatable {
    package let userID: UserID
    package let sessionID: SessionID
    /// What the client knows that session by.
    package let sid: String
    /// Nil: nobody knows.
    package let authTime: Timestamp?
    /// RFC 8176.
    package let amr: [String]
    /// Nil: it is worth nothing that has a name.
    package let acr: String?

    package init(
        userID: UserID, sessionID: SessionID, sid: String, authTime: Timestamp?, amr: [String], acr: String?
    ) {
        self.userID = userID
        self.sessionID = sessionID
        self.sid = sid
        self.authTime = authTime
        self.amr = amr
        self.acr = acr
    }

    package init(_ session: Session, for client: ClientID) {
        self.init(
            userID: session.userID, sessionID: session.id, sid: session.sid(for: client), authTime: session.authTime,
            amr: session.amr, acr: session.acr)
    }
}
