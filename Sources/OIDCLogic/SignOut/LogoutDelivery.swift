/// One client that is to be told of the end of one session (Back-Channel Logout 1.0 §2.5), as of when it ended: what
/// becomes of user, session and registration later changes nothing of it.
package struct LogoutDelivery: Sendable, Equatable {
    /// No other ever has the same.
    package let id: Int64
    package let clientID: ClientID
    package let userID: UserID
    /// The session, as the client knows it.
    package let sid: String
    package let uri: WebURI
    package let createdAt: Timestamp
    /// How often this one was tried.
    package let attempts: Int64
    /// How often its token was refused.
    package let refusals: Int64
    /// How often in a row its client could not be reached, with whichever delivery, when it was taken.
    package let outages: Int64
    package let state: State
    /// By which whoever took it has its client to themselves; nil: it is only looked at.
    package let leasedUntil: Timestamp?

    package enum State: Sendable, Equatable {
        /// The next attempt is not before that time.
        case waiting(until: Timestamp, lastFault: String?)
        case givenUp(at: Timestamp, fault: String)
    }

    /// What follows from an attempt to deliver it.
    package struct Outcome: Sendable {
        package let delivery: LogoutDelivery
        package let verdict: LogoutAttempt.Verdict

        package init(_ verdict: LogoutAttempt.Verdict, of delivery: LogoutDelivery) {
            self.delivery = delivery
            self.verdict = verdict
        }
    }

    package init(
        id: Int64, clientID: ClientID, userID: UserID, sid: String, uri: WebURI, createdAt: Timestamp,
        attempts: Int64, refusals: Int64, outages: Int64, state: State, leasedUntil: Timestamp? = nil
    ) {
        self.id = id
        self.clientID = clientID
        self.userID = userID
        self.sid = sid
        self.uri = uri
        self.createdAt = createdAt
        self.attempts = attempts
        self.refusals = refusals
        self.outages = outages
        self.state = state
        self.leasedUntil = leasedUntil
    }

    /// In seconds, as all below: for how long it is tried.
    package static let patience: Int64 = 86_400
    /// How long what was given up is told of.
    package static let memory: Int64 = 30 * 86_400
    /// For how long one sender has a client to itself: longer than ``turn`` and an attempt take.
    package static let lease: Int64 = 20
    /// For how long one sender begins attempts for one client before it records what came of them.
    package static let turn: Int64 = 10
    /// What is not delivered by then is worth an administrator's look.
    package static let alarm: Int64 = 30
    /// The longest time between two attempts at a client that doesn't take what it is told.
    static let longestPause: Int64 = 15 * 60
    /// The longest that anything is put off.
    package static let longestDelay = max(longestPause, PublicCaching.longestWhileUp)
}
