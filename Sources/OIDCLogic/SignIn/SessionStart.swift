/// A sign-in that succeeded, for the store to make it last.
package struct SessionStart: Sendable {
    package let session: Session
    /// Of its cookie's token.
    package let digest: [UInt8]
    /// Whose session it is.
    package let proof: Proof
    /// The app that they came to.
    package let clientID: ClientID?
    package let former: Former
    /// The step that led here. It is single: its id is kept until `attemptExpiresAt`.
    package let attempt: AttemptID
    package let attemptExpiresAt: Timestamp
    /// What the success clears of failures.
    package let cleared: [ThrottleKey]

    /// By what the user has proved who they are.
    package enum Proof: Sendable {
        case password(AuthenticatedUser)
        case upstream(UpstreamUser)

        package var user: User {
            switch self {
            case .password(let authenticated): authenticated.user
            case .upstream(let upstream): upstream.user
            }
        }
    }

    package init(
        _ session: Session, digest: [UInt8], of proof: Proof, for clientID: ClientID? = nil,
        former: Former = .absent, spending attempt: AttemptID, until attemptExpiresAt: Timestamp,
        clearing cleared: [ThrottleKey] = []
    ) {
        self.session = session
        self.digest = digest
        self.proof = proof
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
        /// The user is gone, disabled, or another than they were: of a new one, the name was taken meanwhile.
        case userChanged
        /// The session that was to go on has ended, or has another cookie by now. Begin one that stands by itself.
        case sessionChanged
    }
}
