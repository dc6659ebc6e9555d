import FCGIBridge
import Testing

@testable import Handlers
@testable import OIDCLogic
@testable import SQLiteStore

/// The console and the account page let in whom the upstream lets in, as long as it does.
struct UpstreamOwnPagesTests {
    private let test: UpstreamFixture
    private var fixture: HandlerFixture { test.fixture }
    private static let signIn = "https://login.example/oidc/authorize?"

    init() throws {
        test = try UpstreamFixture()
        _ = try RoleAdministration(store: test.fixture.store).createOwn()
        _ = try test.signIn()
        try test.change { $0.roles.insert(RoleID(AdministrationScope.admin.rawValue)) }
    }

    private func console() -> Response { test.browser.send(.get, .console, [], tail: "users") }
    private func account() -> Response { test.browser.send(.get, .account, []) }

    private func expectOpen(_ why: Comment) {
        #expect(console().status == .ok && account().status == .ok, why)
    }

    private func expectSignIn(_ why: Comment) throws {
        for response in [console(), account()] {
            #expect(response.leads(to: Self.signIn), why)
            #expect(try response.parameter("prompt") == nil, "what the upstream has of them serves")
        }
    }

    @Test func `where its word is fresh nobody is asked, and where it is old it is asked once`() throws {
        let calls = fixture.sectors.posted.count
        expectOpen("it has just said so")
        #expect(fixture.sectors.posted.count == calls)
        fixture.now = fixture.now + 301
        test.answer(#"{"access_token": "at-2", "refresh_token": "rt-2", "expires_in": 3600}"#)
        expectOpen("it says so again")
        #expect(fixture.sectors.posted.count == calls + 1)
    }

    @Test func `who has to sign in there does so, and comes back`() throws {
        fixture.now = fixture.now + 301
        test.answer(#"{"error": "invalid_grant"}"#, status: 400)
        try expectSignIn("its word is too old, and it gives no other")
        let away = try test.follow(test.browser.send(.get, .authorize, try console().answer))
        #expect(away.leads(to: "https://corp.example/authorize?"))
        #expect(try test.comeBack(away).leads(to: "https://login.example/oidc/admin/signed-in?"))
        expectOpen("they have signed in")
    }

    @Test func `who is gone there has nothing here`() throws {
        fixture.now = fixture.now + 301
        test.answer(#"{"error": "invalid_grant"}"#, status: 400)
        fixture.sectors.publish("", status: 401, at: UpstreamFixture.issuer + "/userinfo")
        try expectSignIn("they are gone")
        #expect(throws: Missing.self) { try fixture.session() }
    }

    @Test func `while it is down its former word holds for a while`() throws {
        fixture.now = fixture.now + 301
        test.goDown()
        let calls = fixture.sectors.posted.count
        expectOpen("nobody knows better")
        expectOpen("and nobody asks each time")
        #expect(fixture.sectors.posted.count == calls + 1)
        fixture.now = fixture.now + UpstreamRhythm().grace
        try expectSignIn("it is too old by now")
    }

    @Test func `that it answers again is seen by what another process has asked`() throws {
        let breaker = fixture.provider.upstreams.breaker
        for _ in 0..<CircuitBreaker.limit { breaker.note(test.upstream.name, answered: false) }
        fixture.now = fixture.now + 301
        let calls = fixture.sectors.posted.count
        expectOpen("its former word holds")
        #expect(fixture.sectors.posted.count == calls && !breaker.isWell(test.upstream.name), "nobody waits for it")
        let store = fixture.store
        let former = try store.upstreamLink(UpstreamFixture.link).orThrow("no link").check
        var check = former
        check.at = fixture.now
        let isKept = try store.acting(as: .system, at: fixture.now) {
            try store.record(check, of: UpstreamFixture.link, after: former, telling: nil, at: fixture.now)
        }
        #expect(isKept)
        expectOpen("it has said so")
        #expect(breaker.isWell(test.upstream.name))
    }

    @Test func `of an upstream that isn't there any more no session serves`() throws {
        try fixture.store.write { database in
            _ = try database.run("UPDATE session SET upstream_issuer = 'https://gone.example'")
        }
        try expectSignIn("there is no such upstream")
    }

    @Test func `a form that was filled in meanwhile is taken`() throws {
        let token = try account().hidden["token"].orThrow("the page has no token")
        fixture.now = fixture.now + 301
        test.answer(#"{"access_token": "at-2", "refresh_token": "rt-2", "expires_in": 3600}"#)
        let done = test.browser.send(
            .post, .account, [("token", token), ("locale", "de")], tail: "language")
        #expect(done.leads(to: "https://login.example/oidc/account/"))
        fixture.now = fixture.now + 301
        test.answer(#"{"error": "invalid_grant"}"#, status: 400)
        #expect(
            test.browser.send(.post, .account, [("token", token), ("locale", "en")], tail: "language")
                .leads(to: Self.signIn), "unless they may not be here")
    }

    @Test(arguments: [(601, false), (599, true)] as [(Int64, Bool)])
    func `who comes by an old session there connects nothing`(age: Int64, mayConnect: Bool) throws {
        _ = try test.signIn(["auth_time": .integer(fixture.now.seconds - age)], ["prompt": "select_account"])
        let token = try account().hidden["token"].orThrow("the page has no token")
        let way = test.browser.send(.post, .account, [("token", token), ("connect", "corp")], tail: "ways")
        if mayConnect {
            #expect(way.leads(to: "https://login.example/oidc/upstream/corp?"))
        } else {
            #expect(way.leads(to: Self.signIn))
            #expect(try way.parameter("prompt") == "login")
        }
    }

    @Test func `a session of a password here asks nobody`() throws {
        var ann = try fixture.store.user(named: Username("ann")).orThrow("no user")
        ann.roles = [RoleID(AdministrationScope.admin.rawValue)]
        try fixture.store.replace(ann, ending: .nothing)
        test.goDown()
        let other = HandlerBrowser(fixture)
        let door = other.send(.get, .login, [("local", "")])
        #expect(other.login(on: door).leads(to: "https://login.example/oidc/admin/signed-in?"))
        fixture.now = fixture.now + UpstreamRhythm().interval + UpstreamRhythm().grace - 1
        let calls = fixture.sectors.posted.count
        #expect(other.send(.get, .console, [], tail: "users").status == .ok)
        #expect(other.send(.get, .account, []).status == .ok)
        #expect(fixture.sectors.posted.count == calls)
    }

    @Test func `what is dangerous in the console needs a sign-in whose time is known`() throws {
        let page = test.browser.send(.get, .console, [], tail: "new-user")
        #expect(page.leads(to: Self.signIn))
        #expect(try page.parameter("prompt") == "login")
        let away = try test.follow(test.browser.send(.get, .authorize, try page.answer))
        #expect(try away.parameter("prompt") == "login")
        _ = try test.comeBack(away, ["auth_time": .integer(fixture.now.seconds)])
        #expect(test.browser.send(.get, .console, [], tail: "new-user").status == .ok)
    }
}
