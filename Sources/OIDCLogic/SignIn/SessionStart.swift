/// A sign-in that succeeded, for the store to make it last.
package struct SessionStart: Sendable {
    package let session: Session
    /// Of its cookie's token.
    package let digest: [UInt8]
    /// Whose session it is, and by which proof.
    package let user: AuthenticatedUser
    /// The app that they came to.
    package let clientID: ClientID?
    package let former: Former
    /// The step that led here. It is single: its id is kept until `attemptExpiresAt`.
    package let attempt: AttemptID
    package let attemptExpiresAt: Timestamp
    /// What the success clears of failures.
    package let cleared: [ThrottleKey]

    package init(
        _ session: Session, digest: [UInt8], of user: AuthenticatedUser, for clientID: ClientID? = nil,
        former: Former = .absent, spending attempt: AttemptID, until attemptExpiresAt: Timestamp,
        clearing cleared: [ThrottleKey] = []
    ) {
        self.session = session
        self.digest = digest
        self.user = user
        self.clientID = clientID
        self.former = former
        self.attempt = attempt
        self.attemptExpiresAt = attemptExpiresAt
        self.cleared = cleared
    }

    /// What becomes of the session that the browser had.
    package enum Former: Sendable, Equatable {
        /// Nobody was signed in.
        case absent
        /// It was another user's: the new one takes its place.
        case ended(SessionID)
        /// It was the same user's, and goes on with the new values, if the cookie of that digest, which the browser
        /// presented, still opens it. Of two sign-ins that renew it at once one does: or one of the two cookies that
        /// they set would be worth nothing, and the browser might keep that one.
        case renewed(presented: [UInt8])
    }

    /// What became of it. Unless it has started, nothing has changed.
    package enum Outcome: Sendable, Equatable {
        case started
        /// The attempt was spent before.
        case attemptSpent
        /// The user is gone, disabled, or has another hash than the one that the password was compared with.
        case userChanged
        /// The session that was to go on has ended, or has another cookie by now. Begin one that stands by itself.
        case sessionChanged
    }
}
