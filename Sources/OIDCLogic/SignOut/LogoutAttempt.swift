/// What came of one attempt to tell a client (Back-Channel Logout 1.0 §2.8).
package enum LogoutAttempt: Sendable, Equatable {
    /// The answer's status.
    case answered(Int)
    /// There was none. The text is for administrators.
    case failed(String)

    /// What follows.
    package enum Verdict: Sendable, Equatable {
        case delivered
        /// This one again, not before that time; others to the same client at once. With how often its token was refused.
        case again(at: Timestamp, fault: String, refusals: Int64)
        case givenUp(fault: String)
        /// The client is out of order: nothing is sent to it before that time, and what has waited for
        /// ``LogoutDelivery/patience`` is given up.
        case outage(until: Timestamp, fault: String)
    }

    /// How often in all a client is asked that refuses the token: it may lack our newest key for as long as it keeps the key set.
    private static let tries: Int64 = 3

    package func verdict(on delivery: LogoutDelivery, at now: Timestamp) -> Verdict {
        switch self {
        // §2.8 has 200, and accepts 204, which some frameworks make of an empty body.
        case .answered(200), .answered(204): return .delivered
        case .answered(400):
            let fault = "the app refused the logout token (400)"
            let refusals = delivery.refusals + 1
            guard refusals < Self.tries else { return .givenUp(fault: fault) }
            return .again(at: now + Self.delay(afterRefusals: refusals), fault: fault, refusals: refusals)
        // RFC 9110 §15.6.3 to §15.6.5 and RFC 6585 §4 speak of the server; any other status perhaps of this session alone.
        case .answered(let status) where ![429, 502, 503, 504].contains(status):
            let fault = "the app answered \(status)"
            guard now - delivery.createdAt < LogoutDelivery.patience else { return .givenUp(fault: fault) }
            let time = now + Self.delay(after: delivery.attempts + 1)
            return .again(at: time, fault: fault, refusals: delivery.refusals)
        case .answered(let status):
            return .outage(until: now + Self.delay(after: delivery.outages + 1), fault: "the app answered \(status)")
        case .failed(let fault): return .outage(until: now + Self.delay(after: delivery.outages + 1), fault: fault)
        }
    }

    /// 15 seconds after the first, then four times as long each, up to the longest.
    private static func delay(after failures: Int64) -> Int64 {
        min(15 << (2 * min(failures - 1, 8)), LogoutDelivery.longestPause)
    }

    /// The last try is after whatever the client had at the first is out of date.
    private static func delay(afterRefusals refusals: Int64) -> Int64 {
        refusals < tries - 1 ? delay(after: refusals) : PublicCaching.longestWhileUp
    }
}
