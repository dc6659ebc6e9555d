import JOSE
import Testing

@testable import OIDCLogic

/// What a page carries while its user signs in.
struct AttemptTests {
    private let browser = BrowserToken(random: FixedRandom(1))

    private func attempt(_ change: Change = [:]) throws -> Attempt {
        Attempt(try .fixture(change), in: browser, at: .noon, random: FixedRandom())
    }

    @Test func `it comes back as it was sealed`() throws {
        let attempt = try attempt(["login_hint": "\"\u{301}\u{0}", "state": "e\u{301}"]).signedIn(
            as: UserID("ann"), at: .noon + 9)
        let opened = try Attempt(sealed: try attempt.sealed(by: .fixture()), opening: .fixture())
        #expect(opened.id == attempt.id)
        #expect(opened.startedAt == .noon)
        #expect(opened.signIn == Attempt.SignIn(user: UserID("ann"), time: .noon + 9))
        #expect(opened.belongs(to: browser))
        #expect(opened.request.fields.map(\.name) == attempt.request.fields.map(\.name))
        #expect(
            opened.request.fields.map { Array($0.value.utf8) } == attempt.request.fields.map { Array($0.value.utf8) })
    }

    @Test func `one that was changed, or sealed for something else, is none of ours`() throws {
        let sealed = try attempt().sealed(by: .fixture())
        let changed = (sealed.last == "A" ? "E" : "A") + sealed.dropFirst()
        let code = try AuthorizationCode.fixture().sealed(by: .fixture())
        for text in [changed, String(sealed.dropLast(4)), "", "~", code] {
            #expect(throws: (any Error).self) { try Attempt(sealed: text, opening: .fixture()) }
        }
        #expect(throws: (any Error).self) { try Attempt(sealed: sealed, opening: .fixture(2)) }
        #expect(throws: (any Error).self) {
            try Attempt(sealed: sealed, opening: .fixture(issuer: "https://other.example"))
        }
    }

    @Test func `what is in it can't be read`() throws {
        let sealed = try attempt(["login_hint": "someone"]).sealed(by: .fixture())
        let bytes = try #require(Base64URL.decode(sealed))
        #expect(!String(decoding: bytes, as: UTF8.self).contains("someone"))
    }

    // Whoever sends a link with their own attempt in it would sign the other's browser in to their account.
    @Test func `it belongs to one browser`() throws {
        #expect(try attempt().belongs(to: browser))
        #expect(try !attempt().belongs(to: BrowserToken(random: FixedRandom(2))))
        #expect(try !attempt().belongs(to: nil))
    }

    @Test func `it holds no parameter that changes nothing, and none beyond its limit`() throws {
        let long = String(repeating: "a", count: 9000)
        let swollen = try attempt([
            "unknown": long, "claims": long, "acr_values": long, "resource": long, "prompt": long,
        ])
        #expect(try swollen.sealed(by: .fixture()).utf8.count < 1500)
    }

    // OpenID Connect Core §3.1.2.3: going back in the browser must not stand for a sign-in.
    @Test(arguments: [(0, true), (59, true), (60, false), (3600, false), (-1, false)] as [(Int64, Bool)])
    func `a sign-in counts for a minute`(age: Int64, counts: Bool) throws {
        let progress = try attempt().signedIn(as: UserID("ann"), at: .noon + 10).progress(
            within: 60, at: .noon + 10 + age)
        switch progress {
        case .signedIn(let user, let start): #expect(counts && user == UserID("ann") && start == .noon)
        case .arrived: #expect(!counts)
        case .consented: Issue.record("nobody consented")
        }
    }

    @Test func `an attempt that nobody signed in at has just arrived`() throws {
        guard case .arrived = try attempt().progress(within: 60, at: .noon) else {
            Issue.record("something was made of nothing")
            return
        }
    }

    // The store spends an id at sign-in, and another at consent: with one for both, consent could never be taken.
    @Test func `each step has an id of its own, the same one each time`() throws {
        let attempt = try attempt()
        #expect(attempt.signedIn(as: UserID("ann"), at: .noon).id != attempt.id)
        #expect(
            attempt.signedIn(as: UserID("ann"), at: .noon).id == attempt.signedIn(as: UserID("ann"), at: .noon + 1).id)
    }

    @Test(arguments: ["", "short", String(repeating: "a", count: 23), String(repeating: "!", count: 22)])
    func `a cookie that was never ours is none`(cookie: String) {
        #expect(BrowserToken(cookie: cookie) == nil)
        #expect(SessionToken(presented: cookie) == nil)
    }

    @Test func `a cookie of ours is taken back`() {
        #expect(BrowserToken(cookie: browser.text)?.digest == browser.digest)
        let session = SessionToken(random: SystemRandom())
        #expect(SessionToken(presented: session.text)?.digest == session.digest)
        #expect(!session.digest.elementsEqual(session.text.utf8), "the store sees no cookie")
    }
}
