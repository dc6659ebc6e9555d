import FCGIBridge
import Testing

@testable import Handlers
@testable import OIDCLogic

/// What is shown and written where a sign-in at an upstream comes to nothing.
struct UpstreamTroubleTests {
    private let test: UpstreamFixture
    private var fixture: HandlerFixture { test.fixture }

    init() throws { test = try UpstreamFixture() }

    private init(isStraight: Bool) throws { test = try UpstreamFixture(isStraight: isStraight) }

    private func expectDown(_ page: Response) {
        #expect(page.status == .serviceUnavailable && page.text.contains("does not answer at the moment"))
        #expect(page.shows("password"), "the other ways stay")
    }

    private func trip() {
        let breaker = fixture.provider.upstreams.breaker
        for _ in 0..<CircuitBreaker.limit { breaker.note(test.upstream.name, answered: false) }
    }

    @Test func `nobody is led to a server that is known not to answer`() throws {
        _ = try test.signIn()
        test.goDown()
        trip()
        let other = HandlerBrowser(fixture)
        expectDown(try test.setOut(in: other))
        fixture.now = fixture.now + CircuitBreaker.pause
        expectDown(try test.setOut(in: other))
        #expect(fixture.logged.contains { $0.contains("refused") && $0.contains("temporarily_unavailable") })

        test.answer("{}")
        fixture.sectors.publish(
            """
            {"issuer": "https://corp.example", "authorization_endpoint": "https://corp.example/authorize",
            "token_endpoint": "https://corp.example/token", "jwks_uri": "https://corp.example/keys"}
            """, at: UpstreamFixture.discovery)
        fixture.now = fixture.now + CircuitBreaker.pause
        #expect(try test.setOut(in: other).leads(to: "https://corp.example/authorize?"), "until it answers")
    }

    // OpenID Connect Core §3.1.2.1
    @Test func `a silent request is shown no page where a password here has to be proved anew`() throws {
        let browser = test.browser
        _ = browser.login(on: browser.authorize("app"))
        fixture.now = fixture.now + 60
        let answer = browser.authorize("app", ["prompt": "none", "max_age": "1", "idp_hint": "corp"])
        #expect(answer.error == "login_required")
    }

    @Test func `what a silent request comes to is told on the upstream's road as well`() throws {
        let straight = try UpstreamTroubleTests(isStraight: true)
        let away = try straight.test.setOut(["prompt": "none"])
        let failing = straight.fixture
        failing.beforeWriting { throw StoreError.unavailable("the disk is full") }
        let back = try straight.test.comeBack(away)
        #expect(back.error == "temporarily_unavailable" && back.leads(to: "https://offline.example/callback?"))

        _ = try straight.test.signIn()
        failing.now = failing.now + 301
        let asked = straight.test.browser.authorize("offline", ["prompt": "none"])
        #expect(try asked.parameter("ask") == "session")
        failing.beforeWriting { throw StoreError.unavailable("the disk is full") }
        let answer = straight.test.browser.send(.get, .upstream, try asked.answer, tail: "corp")
        #expect(answer.error == "temporarily_unavailable" && answer.leads(to: "https://offline.example/callback?"))
    }

    @Test func `without a page of ours before it, what is wrong at the upstream is told as after one`() throws {
        let straight = try UpstreamTroubleTests(isStraight: true)
        straight.fixture.sectors.publish("{}", at: UpstreamFixture.discovery)
        let page = try straight.test.setOut()
        #expect(page.status == .badGateway && page.text.contains("/oidc/authorize?"), "from the start")
        #expect(!straight.fixture.logged.contains { $0.contains("the state") })
    }

    @Test func `the address of another browser's way there begins anew, and leads nobody there in vain`() throws {
        let straight = try UpstreamTroubleTests(isStraight: true)
        let theirs = straight.test.browser.authorize("offline")
        let other = HandlerBrowser(straight.fixture)
        let own = other.authorize("offline")
        func follow(_ address: Response) throws -> Response {
            other.send(.get, .upstream, try address.answer, tail: "corp")
        }
        let anew = try follow(theirs)
        #expect(anew.leads(to: "https://login.example/oidc/upstream/corp?"))
        for address in [anew, own] { #expect(try follow(address).leads(to: "https://corp.example/authorize?")) }
        other.cookies = [:]
        #expect(
            try follow(own).leads(to: "https://corp.example/authorize?"),
            "without cookies it ends there, and in no circle")
    }

    @Test func `without a page the app is told that it doesn't answer`() throws {
        let straight = try UpstreamTroubleTests(isStraight: true)
        _ = try straight.test.signIn()
        straight.test.goDown()
        straight.trip()
        let answer = try straight.test.setOut(["prompt": "none"], in: HandlerBrowser(straight.fixture))
        #expect(answer.leads(to: "https://offline.example/callback?"))
        #expect(answer.error == "temporarily_unavailable")
    }

    @Test(arguments: ["temporarily_unavailable", "server_error"])
    func `an error that passes is an outage`(error: String) throws {
        let away = try test.setOut()
        let fields = ["error": error, "state": try away.parameter("state") ?? ""]
        let page = test.browser.send(.get, .callback, fields.fields, tail: "corp")
        expectDown(page)
        #expect(!page.text.contains("You have signed in"))
        #expect(fixture.logged.contains { $0.contains(error) })
    }

    @Test func `an error that stays is none`() throws {
        let away = try test.setOut()
        let fields = ["error": "invalid_scope", "state": try away.parameter("state") ?? ""]
        #expect(test.browser.send(.get, .callback, fields.fields, tail: "corp").status == .badGateway)
    }

    private func linesOf(_ body: () throws -> Response) rethrows -> [String] {
        let before = fixture.logged.count
        _ = try body()
        return fixture.logged.dropFirst(before).filter { $0.contains("refused") }
    }

    @Test func `a state that came too late leaves a line`() throws {
        let page = test.browser.authorize("offline")
        let away = try test.follow(page)
        fixture.now = fixture.now + fixture.provider.lifetimes.attempt
        let late = try linesOf { try test.comeBack(away) }
        #expect(late.count == 1 && late[0].contains("begun too long ago") && late[0].contains("reference"))
        let form = try linesOf { try test.follow(page) }
        #expect(form.count == 1 && form[0].contains("begun too long ago"))
        #expect(throws: Missing.self) { try fixture.session() }
    }

    @Test func `a silent request that took too long is told to the app`() throws {
        let straight = try UpstreamTroubleTests(isStraight: true).test
        let away = try straight.setOut(["prompt": "none"])
        straight.fixture.now = straight.fixture.now + straight.fixture.provider.lifetimes.attempt
        let answer = try straight.comeBack(away)
        #expect(answer.leads(to: "https://offline.example/callback?") && answer.error == "login_required")
    }

    @Test func `a large state is good for as long as a small one`() throws {
        let change: Change = [
            "state": String(repeating: "s", count: 1000), "nonce": String(repeating: "n", count: 500),
        ]
        let away = try test.setOut(change)
        #expect(try away.parameter("state")?.hasPrefix("~") == true)
        fixture.now = fixture.now + fixture.provider.lifetimes.attempt + -1
        let back = try test.comeBack(away)
        #expect(back.leads(to: "https://offline.example/callback?"))
    }

    private func answer(_ fields: [String: String]) -> Response {
        test.browser.send(.get, .callback, fields.fields, tail: "corp")
    }

    @Test func `what an answer without a state complains of is in the log alone`() throws {
        let lines = linesOf {
            answer(["error": "invalid_scope", "error_description": "no\u{0A}such\u{202E} scope", "state": "none"])
        }
        #expect(lines.count == 1 && lines[0].contains("corp is said to have answered: invalid_scope (nosuch scope)"))
        let long = linesOf { answer(["error": String(repeating: "e", count: 400)]) }
        #expect(long.count == 1 && long[0].contains(String(repeating: "e", count: 256)))
        #expect(!long[0].contains(String(repeating: "e", count: 257)))
        let none = linesOf { answer(["code": "c"]) }
        #expect(none.count == 1 && !none[0].contains("answered"))
        let page = answer(["error": "call_this_number"])
        #expect(page.status == .badRequest && !page.text.contains("call_this_number"))
    }

    // Somebody reloads the page while the first answer is under way: there is no session yet, and the code is spent.
    @Test func `whoever comes back twice and isn't signed in is told why they are to sign in`() throws {
        let away = try test.setOut()
        let fields = ["error": "access_denied", "state": try away.parameter("state") ?? ""]
        #expect(try answer(fields).parameter("error") == "access_denied")
        let page = answer(fields)
        #expect(page.status == .ok && page.hidden["attempt"] != nil && page.text.contains("or sent twice"))
    }

    @Test func `a state that came twice leaves a line`() throws {
        let away = try test.setOut()
        #expect(try linesOf { try test.comeBack(away) }.isEmpty)
        let calls = fixture.sectors.posted.count
        let lines = try linesOf { try test.comeBack(away) }
        #expect(lines.count == 1 && lines[0].contains("used before"))
        #expect(fixture.sectors.posted.count == calls, "and asks nobody")
    }
}
