import Testing

@testable import OIDCLogic

/// OpenID Connect Back-Channel Logout 1.0 §2.8.
struct LogoutAttemptTests {
    @Test(arguments: [200, 204]) func `an app that says so was told`(status: Int) {
        #expect(LogoutAttempt.answered(status).verdict(on: .fixture(attempts: 7), at: .noon + 99_999) == .delivered)
    }

    @Test func `a refused token is tried twice more`() {
        func verdict(_ refusals: Int64) -> LogoutAttempt.Verdict {
            // Whatever outages it met before.
            LogoutAttempt.answered(400).verdict(on: .fixture(attempts: 7, refusals: refusals), at: .noon)
        }
        let fault = "the app refused the logout token (400)"
        #expect(verdict(0) == .again(at: .noon + 15, fault: fault, refusals: 1))
        let last = PublicCaching.longestWhileUp
        #expect(verdict(1) == .again(at: .noon + last, fault: fault, refusals: 2))
        #expect(verdict(2) == .givenUp(fault: fault))
        #expect(
            last >= PublicCaching.maxAge + PublicCaching.staleWhileRevalidate, "the key set that it had is out of date")
        #expect(last <= LogoutDelivery.longestDelay, "or the store takes it for a clock that was set back")
    }

    @Test(arguments: [201, 202, 301, 302, 401, 403, 404, 500, 501])
    func `another answer is perhaps of this session alone`(status: Int) {
        func verdict(_ attempts: Int64, at now: Timestamp) -> LogoutAttempt.Verdict {
            LogoutAttempt.answered(status).verdict(on: .fixture(attempts: attempts), at: now)
        }
        let fault = "the app answered \(status)"
        #expect(verdict(0, at: .noon) == .again(at: .noon + 15, fault: fault, refusals: 0))
        #expect(verdict(9, at: .noon + 86_399) == .again(at: .noon + 86_399 + 900, fault: fault, refusals: 0))
        #expect(verdict(9, at: .noon + 86_400) == .givenUp(fault: fault))
        #expect(
            verdict(9, at: .noon - 60) == .again(at: .noon + 840, fault: fault, refusals: 0),
            "a clock set back ends nothing")
    }

    @Test func `no answer, or one of the server alone, is an outage of the client`() {
        for (attempt, fault) in [
            (LogoutAttempt.failed("no route"), "no route"), (.answered(429), "the app answered 429"),
            (.answered(502), "the app answered 502"), (.answered(503), "the app answered 503"),
            (.answered(504), "the app answered 504"),
        ] {
            for (outages, delay) in [(0, 15), (1, 60), (2, 240), (3, 900), (4, 900), (1_000_000, 900)]
                as [(Int64, Int64)]
            {
                #expect(
                    attempt.verdict(on: .fixture(outages: outages), at: .noon)
                        == .outage(until: .noon + delay, fault: fault))
            }
        }
    }
}
