/// A sign-in that succeeded, for the store to make it last.
package struct SessionStart: Sendable {
    /// If one of that id is there, it goes on with these values.
    package let session: Session
    /// Of its cookie's token.
    package let digest: [UInt8]
    /// Whose session it is, and by which proof.
    package let user: AuthenticatedUser
    /// The session that this one takes the place of.
    package let ended: SessionID?
    /// The step that led here. It is single: its id is kept until `attemptExpiresAt`.
    package let attempt: AttemptID
    package let attemptExpiresAt: Timestamp
    /// What the success clears of failures.
    package let cleared: [ThrottleKey]

    package init(
        _ session: Session, digest: [UInt8], of user: AuthenticatedUser, ending ended: SessionID? = nil,
        spending attempt: AttemptID, until attemptExpiresAt: Timestamp, clearing cleared: [ThrottleKey] = []
    ) {
        self.session = session
        self.digest = digest
        self.user = user
        self.ended = ended
        self.attempt = attempt
        self.attemptExpiresAt = attemptExpiresAt
        self.cleared = cleared
    }

    /// What became of it. Unless it has started, nothing has changed.
    package enum Outcome: Sendable, Equatable {
        case started
        /// The attempt was spent before.
        case attemptSpent
        /// The user is gone, disabled, or has another hash than the one that the password was compared with.
        case userChanged
    }
}
