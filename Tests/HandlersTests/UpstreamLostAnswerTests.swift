import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic
@testable import SQLiteStore

/// An upstream that replaces refresh tokens takes whoever shows one again for a thief. So where its answer was lost, what it says
/// next is about that, and not about its user.
struct UpstreamLostAnswerTests {
    private static let token = UpstreamFixture.issuer + "/token"

    private let test: UpstreamFixture
    private var fixture: HandlerFixture { test.fixture }

    init() throws { test = try UpstreamFixture() }

    private func expectSignInNeeded() throws {
        test.makeGone()
        test.look()
        #expect(
            try test.check()?.needsSignIn == true && test.sessions() == 1, "they sign in there again, and nothing ends")
        #expect(try fixture.store.upstreamLink(UpstreamFixture.link)?.userID == test.user().id)
    }

    @Test func `an answer that never came makes nobody gone, until there are new tokens`() throws {
        _ = try test.signIn()
        fixture.now = fixture.now + 301
        fixture.sectors.fail(.unanswered("timeout"), at: Self.token)
        test.look()
        #expect(try test.check()?.mayBeSpent == true && test.check()?.needsSignIn == false)
        fixture.now = fixture.now + 30
        try expectSignInNeeded()
        _ = try test.signIn()
        #expect(try test.check()?.mayBeSpent == false)
        fixture.now = fixture.now + 301
        test.makeGone()
        test.look()
        #expect(try test.sessions() == 0)
    }

    @Test func `nor once a later answer has come`() throws {
        _ = try test.signIn()
        for (error, isLost) in [(OutboundError.unanswered("timeout"), true), (nil, false)] {
            fixture.now = fixture.now + 301
            if let error {
                fixture.sectors.fail(error, at: Self.token)
            } else {
                test.answer(#"{"access_token": "at-2"}"#)
            }
            test.look()
            #expect(try test.check()?.mayBeSpent == isLost)
        }
    }

    @Test(
        arguments: [(500, "{}", true), (502, "", true), (504, "", true), (200, "no JSON", true), (200, "{}", true)]
            + [(503, "{}", true), (429, "{}", false), (400, #"{"error": "invalid_client"}"#, false), (404, "", false)])
    func `what is no answer may be one that was lost`(status: Int, body: String, isLost: Bool) throws {
        _ = try test.signIn()
        fixture.now = fixture.now + 301
        test.answer(body, status: status)
        test.look()
        #expect(try test.check()?.mayBeSpent == isLost)
    }

    @Test func `whoever says when to come again has replaced nothing`() throws {
        _ = try test.signIn()
        fixture.now = fixture.now + 301
        fixture.sectors.publish("", status: 503, isRateLimited: true, at: Self.token)
        test.look()
        #expect(try test.check()?.mayBeSpent == false)
    }

    @Test func `whoever found that somebody else had asked has lost nothing`() throws {
        _ = try test.signIn()
        fixture.now = fixture.now + 301
        let read = try fixture.store.upstreamLink(UpstreamFixture.link).orThrow("no link")
        test.answer(#"{"access_token": "at-2", "refresh_token": "rt-2", "expires_in": 3600}"#)
        test.look()
        guard case .valid = try UpstreamRecheck(provider: fixture.provider).verdict(on: read, of: test.upstream) else {
            Issue.record("it was valid a moment ago")
            return
        }
        fixture.now = fixture.now + 301
        test.makeGone()
        test.look()
        #expect(try test.sessions() == 0, "so who is refused then is gone")
    }

    @Test func `whoever was never reached has replaced nothing`() throws {
        _ = try test.signIn()
        fixture.now = fixture.now + 301
        fixture.sectors.fail(.unreachable("refused"), at: Self.token)
        test.look()
        fixture.now = fixture.now + 30
        test.makeGone()
        test.look()
        #expect(try test.sessions() == 0, "so who is refused now is gone")
    }

    @Test func `a process that ended while it asked may have lost an answer`() throws {
        _ = try test.signIn()
        fixture.now = fixture.now + 301
        let taken = try fixture.store.takeUpstreamCheck(by: UpstreamFixture.issuer, at: fixture.now)
        #expect(taken?.check.mayBeSpent == false)
        fixture.now = fixture.now + UpstreamCheck.lease
        try expectSignInNeeded()
    }

    @Test func `a sign-in without tokens of its own leaves those that a check gets meanwhile`() throws {
        _ = try test.signIn()
        fixture.now = fixture.now + 301
        let test = test
        fixture.sectors.meanwhile(at: Self.token) {
            _ = try test.signIn(refreshToken: nil, in: HandlerBrowser(test.fixture))
            test.answer(#"{"access_token": "at-2", "refresh_token": "rt-2", "expires_in": 3600}"#)
        }
        test.look()
        #expect(try test.check()?.at == fixture.now && test.sessions() == 2)
        fixture.now = fixture.now + 301
        test.look()
        #expect(fixture.sectors.posted.last?.fields["refresh_token"] == "rt-2")
    }

    @Test func `whoever signs out there while it is asked about them isn't gone`() throws {
        let test = try UpstreamFixture(scope: ["openid"])
        _ = try test.signIn()
        test.fixture.now = test.fixture.now + 301
        test.makeGone()
        test.fixture.sectors.meanwhile(at: UpstreamFixture.issuer + "/userinfo") {
            try test.fixture.store.noteSignOut(ofUpstream: UpstreamFixture.issuer, sid: "s", subject: "amy-1")
        }
        test.look()
        #expect(try test.check()?.needsSignIn == true && test.sessions() == 1)
    }

    @Test func `whoever is gone is ended also where that was cut short, and nobody is asked again`() throws {
        _ = try test.signIn()
        let former = try test.check().orThrow("no link")
        var check = former
        (check.needsSignIn, check.isEnding, check.nextAt) = (true, true, fixture.now)
        let (store, now, ending) = (fixture.store, fixture.now, check)
        #expect(
            try store.acting(as: .system, at: now) {
                try store.record(ending, of: UpstreamFixture.link, after: former, telling: .userGone, at: now)
            })
        test.answer(#"{"access_token": "at-2"}"#)
        let asked = fixture.sectors.posted.count
        test.look()
        #expect(try test.sessions() == 0 && test.check()?.isEnding == false && test.check()?.nextAt == nil)
        #expect(fixture.sectors.posted.count == asked)
        let told = try store.auditRecords(matching: AuditQuery(eventPrefix: "user.gone"), before: nil, limit: 9)
        #expect(told.count == 1)
        _ = try test.signIn()
        #expect(
            try test.check()?.needsSignIn == false && test.sessions() == 1, "whoever comes back is as welcome as ever")
    }

    @Test(arguments: [.string(String(repeating: "r", count: 9000)), 7, ["rt-2"]] as [JSON])
    func `a refresh token that can't be kept is no reason to show the one of before again`(token: JSON) throws {
        _ = try test.signIn()
        fixture.now = fixture.now + 301
        test.answer(JSON.object(["access_token": "at-2", "refresh_token": token]).text)
        test.look()
        #expect(try test.check()?.needsSignIn == true && test.check()?.sealedTokens == nil)
    }

    @Test func `whoever left nothing to ask with is asked about once, also by the next process`() throws {
        _ = try test.signIn(refreshToken: nil)
        fixture.now = fixture.now + 301
        test.look()
        #expect(try test.check()?.needsSignIn == true && test.check()?.nextAt == nil)
        test.look()
        #expect(try test.check()?.nextAt == nil && test.sessions() == 1)
    }

    @Test(
        arguments: [
            (3600, 3600), ("3600", 3600), ("3600.0", 3600), (.number(3600.5), 3600), ("soon", nil), (-1, nil),
            (.null, nil),
        ]
            as [(JSON, Int64?)])
    func `when a token ends is said by a number, in whatever form`(lifetime: JSON, seconds: Int64?) {
        let tokens = UpstreamTokens(
            response: ["access_token": "at", "refresh_token": "rt", "expires_in": lifetime], at: fixture.now)
        #expect(tokens?.accessTokenExpiresAt == seconds.map { fixture.now + $0 })
    }
}

/// What happens meanwhile happens on the test's own thread.
extension UpstreamFixture: @unchecked Sendable {}
