import Testing

@testable import OIDCLogic

/// What an upstream said of a user is worth something for a while, and a little longer while it is down.
struct UpstreamCheckTests {
    private static let noon = Timestamp(1_800_000_000)
    private static let rhythm: UpstreamRhythm = {
        var rhythm = UpstreamRhythm()
        (rhythm.interval, rhythm.grace) = (300, 3600)
        return rhythm
    }()

    private func check(needsSignIn: Bool = false, nextAt: Timestamp? = nil) -> UpstreamCheck {
        UpstreamCheck(at: Self.noon, nextAt: nextAt, sealedTokens: "sealed", needsSignIn: needsSignIn)
    }

    @Test(
        arguments: [
            (Int64(0), UpstreamCheck.Standing.fresh), (299, .fresh), (300, .due), (3899, .due), (3900, .overdue),
            (90_000, .overdue),
            // Of a clock that was set back.
            (-1, .due), (-90_000, .due),
        ])
    func `its word is fresh, due and overdue in turn`(age: Int64, standing: UpstreamCheck.Standing) {
        #expect(check().standing(by: Self.rhythm, at: Self.noon + age) == standing)
        #expect(check(needsSignIn: true).standing(by: Self.rhythm, at: Self.noon + age) == .needsSignIn)
    }

    @Test func `one that is never asked is believed for ever`() {
        #expect(check().standing(by: nil, at: Self.noon + 90_000) == .fresh)
        #expect(check(needsSignIn: true).standing(by: nil, at: Self.noon) == .needsSignIn)
    }

    @Test func `without grace nothing holds while it is down`() {
        var rhythm = Self.rhythm
        rhythm.grace = 0
        #expect(check().standing(by: rhythm, at: Self.noon + 299) == .fresh)
        #expect(check().standing(by: rhythm, at: Self.noon + 300) == .overdue)
    }

    @Test func `after a check that nobody answered, nobody else waits for the same`() {
        var check = check(nextAt: Self.noon)
        #expect(!check.wasAskedInVain(at: Self.noon))
        check.note(unansweredAt: Self.noon, by: Self.rhythm)
        #expect(check.wasAskedInVain(at: Self.noon))
        #expect(check.wasAskedInVain(at: Self.noon + 29))
        #expect(!check.wasAskedInVain(at: Self.noon + 30), "until it is time again")
        #expect(check.at == Self.noon && check.sealedTokens == "sealed", "and nothing else is lost")
    }

    @Test func `a short interval is no longer after an outage`() {
        var (check, rhythm) = (check(), Self.rhythm)
        rhythm.interval = 5
        check.note(unansweredAt: Self.noon, by: rhythm)
        #expect(check.nextAt == Self.noon + 5)
        check.note(unansweredAt: Self.noon, by: nil)
        #expect(check.nextAt == nil && !check.wasAskedInVain(at: Self.noon))
    }
}
