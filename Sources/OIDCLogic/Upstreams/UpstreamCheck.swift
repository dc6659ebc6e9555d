/// When an upstream last said that a user of its may sign in, and how it is asked again.
package struct UpstreamCheck: Sendable, Equatable {
    /// When it last said so: at a sign-in, or since.
    package var at: Timestamp
    /// When it is to be asked again without anybody having come back for it; nil: never, as nothing of theirs lives here, or there
    /// is nothing to ask with.
    package var nextAt: Timestamp?
    /// What it is asked with, sealed; nil: it gave nothing to ask with.
    package var sealedTokens: String?
    /// It said that they have to sign in there before it says anything else.
    package var needsSignIn: Bool
    /// What the upstream calls the session that the tokens are of; nil: it has no name for it.
    package var sid: String?
    /// That session was signed out, so that the end of the tokens says nothing of its user.
    package var isSignedOut: Bool
    /// An answer to the tokens was lost, and with it what may have come in their place: from then on their refusal says nothing of
    /// their user. Whoever shows a token again that was replaced loses all that came of it (RFC 9700 §4.14.2).
    package var mayBeSpent: Bool
    /// They are gone, and what they had here is being ended: whoever finds it so goes on with that, and asks nobody.
    package var isEnding: Bool

    package init(
        at: Timestamp, nextAt: Timestamp?, sealedTokens: String? = nil, needsSignIn: Bool = false, sid: String? = nil,
        isSignedOut: Bool = false, mayBeSpent: Bool = false, isEnding: Bool = false
    ) {
        self.at = at
        self.nextAt = nextAt
        self.sealedTokens = sealedTokens
        self.needsSignIn = needsSignIn
        self.sid = sid
        self.isSignedOut = isSignedOut
        self.mayBeSpent = mayBeSpent
        self.isEnding = isEnding
    }

    /// In seconds: longer than asking takes.
    package static let lease: Int64 = 20

    /// In seconds: who waits so long for a check waits too long.
    package static let lateness: Int64 = 60

    /// In seconds: from a check that nobody answered to the next.
    private static let pause: Int64 = 30

    /// After a check that nobody answered at `now`.
    package mutating func note(unansweredAt now: Timestamp, by rhythm: UpstreamRhythm?) {
        nextAt = rhythm.map { now + min($0.interval, Self.pause) }
    }

    /// Whether somebody has asked since it was due, and nobody answered: then nobody else has to wait for the same.
    package func wasAskedInVain(at now: Timestamp) -> Bool {
        guard let nextAt else { return false }
        return now < nextAt && nextAt <= now + Self.pause
    }

    /// What it is worth.
    package enum Standing: Sendable, Equatable {
        case fresh
        /// It is time to ask again. While nobody answers, what was said still holds.
        case due
        /// It is long past that time.
        case overdue
        case needsSignIn
    }

    /// Of a clock that was set back nothing is fresh, and nothing lost.
    ///
    /// - Parameter rhythm: nil: it is never asked.
    package func standing(by rhythm: UpstreamRhythm?, at now: Timestamp) -> Standing {
        if needsSignIn { return .needsSignIn }
        guard let rhythm else { return .fresh }
        if at.isWithin(rhythm.interval, of: now) { return .fresh }
        return now - at < rhythm.interval + rhythm.grace ? .due : .overdue
    }
}

/// How often an upstream is asked, in seconds.
package struct UpstreamRhythm: Sendable, Equatable {
    /// So old what it said may be.
    package var interval: Int64 = 5 * 60
    /// For so much longer it still holds, while the upstream is down.
    package var grace: Int64 = 60 * 60
    /// How many users it is asked about in a second, by one process.
    package var perSecond: Int = 5

    package init() {}
}

/// What came of asking.
package enum UpstreamVerdict: Sendable, Equatable {
    /// They may sign in; with what it is asked the next time.
    case valid(sealedTokens: String?)
    /// They are no more, or may no longer: everything of theirs ends here.
    case gone
    /// Nothing is said before they have signed in there once more.
    case needsSignIn
    /// The same, and what it was asked with is used up: what came in its place can't be taken.
    case usedUp
    /// Nobody knows.
    case unreachable(String)
    /// The same, and it may have taken what it was asked with: what came in its place is lost then.
    case unanswered(String)
}
