/// How it goes with an upstream, as far as sign-ins and checks have shown.
package struct UpstreamHealth: Sendable, Equatable {
    /// When somebody last signed in by it; nil: nobody yet.
    package var signedInAt: Timestamp?
    /// When something last came to nothing, and why.
    package var failure: Failure?
    /// Since when its calls were given up for a while, as it didn't answer several in a row (`CircuitBreaker`); nil: it
    /// answers, as far as anybody knows.
    package var unreachableSince: Timestamp?
    /// In the last day, to the hour.
    package var signIns: Int
    package var failures: Int

    package struct Failure: Sendable, Equatable {
        package let at: Timestamp
        package let reason: String

        package init(at: Timestamp, reason: String) {
            self.at = at
            self.reason = reason
        }
    }

    package init(
        signedInAt: Timestamp? = nil, failure: Failure? = nil, unreachableSince: Timestamp? = nil, signIns: Int = 0,
        failures: Int = 0
    ) {
        self.signedInAt = signedInAt
        self.failure = failure
        self.unreachableSince = unreachableSince
        self.signIns = signIns
        self.failures = failures
    }

    /// In seconds: how long what is counted is kept.
    package static let memory: Int64 = 2 * 86_400
}

/// What was seen of an upstream.
package enum UpstreamEvent: Sendable, Equatable {
    case signedIn
    /// With the reason, for administrators.
    case failed(String)
    /// It hasn't answered several times in a row.
    case fellSilent
    /// It has answered after it hadn't.
    case answered

    /// In bytes, of a reason that is kept: what the upstream says may be anything.
    package static let reasonLimit = 512
}
