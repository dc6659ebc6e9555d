import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

struct AccountHandlerTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser
    private static let ann = UserID("7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11")

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        _ = try browser.code()
    }

    private func send(
        _ method: Method, _ path: String = "", query: String = "", _ fields: [(name: String, value: String)] = [],
        from browser: HandlerBrowser? = nil, mode: String = "navigate"
    ) -> Response {
        let cookies = (browser ?? self.browser).cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        return fixture.respond(
            .account,
            Request(
                method: method, handler: "account", tail: path, query: query,
                body: Array(FormEncoding.encode(fields).utf8),
                headers: [
                    "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Mode": mode,
                ]))
    }

    private func act(_ path: String, _ fields: [(name: String, value: String)]) throws -> Response {
        let token = try send(.get).hidden["token"].orThrow("the page has no token")
        return send(.post, path, [("token", token)] + fields)
    }

    /// A second browser in which ann is signed in.
    private func other() throws -> HandlerBrowser {
        let other = HandlerBrowser(fixture)
        _ = try other.code()
        return other
    }

    private func isSignedOut(_ browser: HandlerBrowser) -> Bool {
        send(.get, from: browser).leads(to: "https://login.example/oidc/authorize?")
    }

    private func sessions() throws -> Int { try fixture.store.sessions(of: Self.ann, limit: 9).count }

    // MARK: Who comes in

    @Test func `whoever isn't signed in is led to the sign-in, and back`() throws {
        let stranger = HandlerBrowser(fixture)
        let response = send(.get, from: stranger)
        #expect(response.leads(to: "https://login.example/oidc/authorize?"))
        #expect(try response.parameter("client_id") == "postern-account")
        let page = try stranger.follow(response)
        #expect(!page.text.contains("says about itself"), "it is no app of somebody else's")
        let back = stranger.login(on: page)
        #expect(back.leads(to: "https://login.example/oidc/account/signed-in?"))
        #expect(
            send(.get, "signed-in", query: "code=any", from: stranger)[.location]?.text
                == "https://login.example/oidc/account/")
        #expect(send(.get, from: stranger).shows("current"))
        let givenUp = send(.get, "signed-in", query: "error=access_denied", from: stranger)
        #expect(
            givenUp.status == .forbidden && givenUp.text.contains("You turned back")
                && givenUp.text.contains("https://login.example/oidc/account/"))
    }

    @Test func `a form without the token of its session changes nothing`() throws {
        let other = try other()
        let foreign = try send(.get, from: other).hidden["token"].orThrow("no token")
        let before = try fixture.rows()
        for fields in [[], [("token", foreign)], [("token", "x")]] as [[(name: String, value: String)]] {
            let response = send(.post, "sessions", fields + [("others", "yes")])
            #expect(response.status == .forbidden)
        }
        let token = try send(.get).hidden["token"].orThrow("no token")
        #expect(send(.post, "sessions", [("token", token), ("others", "yes")], mode: "cors").status == .forbidden)
        #expect(send(.post, "nothing", [("token", token)]).status == .notFound)
        #expect(try fixture.rows() == before)
    }

    // MARK: Apps

    @Test func `an app that was allowed something is shown, and what it has is taken back`() throws {
        try fixture.add(
            "photos", isFirstParty: false,
            metadata: [
                "grant_types": ["authorization_code", "refresh_token"], "scope": "openid email offline_access",
            ])
        let code = try browser.code("photos", ["scope": "openid email offline_access", "prompt": "consent"])
        let tokens = try browser.token(code, of: "photos").json()
        let refresh = try tokens["refresh_token"]?.stringValue.orThrow("no refresh token")
        let page = send(.get).text
        #expect(page.contains("photos") && page.contains("Your e-mail address") && page.contains("while you are away"))
        let done = try act("apps", [("client_id", "photos")])
        let told = try #require(done[.location]?.text)
        #expect(told.hasPrefix("https://login.example/oidc/account/?done=disconnected."))
        #expect(try fixture.store.consent(of: Self.ann, to: ClientID("photos")) == nil)
        let again = try send(.post, refreshing: refresh ?? "")
        #expect(again.error == "invalid_grant")
        let notice = String(told.split(separator: "?")[1])
        #expect(send(.get, query: notice).text.contains("has no access any more"))
        for made in ["done=disconnected", "done=disconnected.", notice.replacing("disconnected", with: "signed-out")] {
            #expect(!send(.get, query: made).text.contains("role=\"status\""), "nobody's link says so")
        }
        #expect(
            try act("apps", [("client_id", "photos")]).status == .seeOther, "the second time there is nothing to do")
        let row = try #require(
            try fixture.store.auditRecords(after: 0, limit: 99).last { $0.event == .consentWithdrawn })
        #expect(row.actor.who == .user(Self.ann) && row.actor.road == .account && row.change.before["grants"] == 1)
    }

    private func send(_ method: Method, refreshing token: String) throws -> Response {
        browser.send(
            method, .token,
            [
                ("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "photos"),
                ("client_secret", "the secret of photos"),
            ])
    }

    // Who registers itself chooses its name.
    @Test func `an app that an administrator made or approved is not called unchecked`() throws {
        try fixture.add("made", isFirstParty: false)
        let made = try #require(try fixture.store.client(ClientID("made")))
        let itself = try fixture.addRegistered("itself")
        let waiting = try fixture.addRegistered("waiting", needsApproval: true, approval: .awaited)
        let approved = try fixture.addRegistered("approved", needsApproval: true)
        let vouched = try [made, itself, waiting, approved].filter(fixture.provider.vouches).map(\.id.value)
        #expect(vouched == ["made", "approved"])
    }

    @Test func `a session that its user asked for to stay says so`() throws {
        #expect(!send(.get).text.contains("Stays signed in"))
        let page = browser.authorize("app", ["prompt": "login"])
        _ = browser.login(on: page, ["remember": "yes"])
        #expect(send(.get).text.contains("Stays signed in, as you asked, until"))
    }

    @Test func `an app of nobody's doing is not shown`() throws {
        #expect(send(.get).text.contains("No app has asked you for anything."))
    }

    // MARK: Sessions

    @Test func `one session ends, or all but this one`() throws {
        let (second, third) = (try other(), try other())
        #expect(try sessions() == 3)
        let mine = try fixture.store.sessions(of: Self.ann, limit: 9)
        let page = send(.get).text
        #expect(page.contains("This browser") && page.components(of: "name=\"session\"") == 2)
        let victim = try #require(mine.first { page.contains("value=\"\($0.id)\"") })
        #expect(try act("sessions", [("session", victim.id.value)]).status == .seeOther)
        #expect(try fixture.store.session(victim.id) == nil && sessions() == 2)
        #expect(try act("sessions", [("others", "yes")])[.location]?.text.contains("?done=signed-out.") == true)
        #expect(try sessions() == 1)
        #expect(send(.get).status == .ok, "this browser stays")
        for ended in [second, third] { #expect(isSignedOut(ended)) }
    }

    @Test func `nobody ends another user's session`() throws {
        try fixture.store.add(fixture.user("bob", "b0b00000-3f0a-4d5c-9a51-0d2c6f1f2a11"))
        let bob = HandlerBrowser(fixture)
        _ = bob.login(on: bob.authorize(), as: "bob")
        let session = try #require(
            try fixture.store.sessions(of: UserID("b0b00000-3f0a-4d5c-9a51-0d2c6f1f2a11"), limit: 1).first)
        _ = try act("sessions", [("session", session.id.value)])
        _ = try act("sessions", [("others", "yes")])
        #expect(try fixture.store.session(session.id) == session)
    }

    // MARK: The password

    @Test func `who changes their password stays signed in here, and nowhere else`() throws {
        let other = try other()
        let response = try act(
            "password",
            [("current", HandlerFixture.password), ("new", "a better one"), ("again", "a better one")])
        let told = try #require(response[.location]?.text)
        #expect(told.contains("?done=password-changed."))
        #expect(send(.get, query: String(told.split(separator: "?")[1])).text.contains("password is changed"))
        let hash = try #require(try fixture.store.user(Self.ann)?.passwordHash)
        #expect(PasswordHash.verify("a better one".utf8, hash))
        #expect(send(.get).status == .ok && isSignedOut(other))
        let row = try #require(
            try fixture.store.auditRecords(after: 0, limit: 99).last { $0.event == .userPasswordChanged })
        #expect(row.actor.who == .user(Self.ann) && row.change.before["sessions"] == 1)
    }

    @Test(arguments: [
        ("not it", "a better one", "a better one", "present password is not right"),
        ("", "a better one", "a better one", "present password is not right"),
        (HandlerFixture.password, "a better one", "another one", "not the same"),
        (HandlerFixture.password, "a be", "a be", "too short"), (HandlerFixture.password, "", "", "too short"),
        (HandlerFixture.password, "two\nlines", "two\nlines", "can’t be typed"),
    ])
    func `a password that won't do is told, and nothing changes`(
        current: String, new: String, again: String, told: String
    ) throws {
        let before = try fixture.rows()
        let response = try act("password", [("current", current), ("new", new), ("again", again)])
        #expect(response.status == .ok && response.text.contains(told))
        #expect(try fixture.rows() == before)
        #expect(!response.text.contains(HandlerFixture.password) && !response.text.contains("a better one"))
    }

    @Test func `guesses at the present password are throttled as at the sign-in`() throws {
        let fields = [("current", "not it"), ("new", "a better one"), ("again", "a better one")]
        var statuses: [Status] = []
        for _ in 0..<20 { statuses.append(try act("password", fields).status) }
        #expect(statuses.contains(.tooManyRequests))
        let right = try act(
            "password", [("current", HandlerFixture.password), ("new", "a better one"), ("again", "a better one")])
        #expect(right.status == .tooManyRequests && right[.retryAfter] != nil)
    }

    @Test func `who has no password here is offered no change`() throws {
        var ann = try #require(try fixture.store.user(Self.ann))
        ann.passwordHash = nil
        try fixture.store.replace(ann, ending: .nothing)
        #expect(!send(.get).shows("current"))
        let response = try act("password", [("current", ""), ("new", "a better one"), ("again", "a better one")])
        #expect(response.status == .ok)
        #expect(try fixture.store.user(Self.ann)?.passwordHash == nil)
    }

    // MARK: The language

    @Test func `pages speak the language that was chosen, for who is signed in`() throws {
        #expect(send(.get).text.contains("Your account"))
        #expect(try act("language", [("language", "de")]).status == .seeOther)
        #expect(try fixture.store.user(Self.ann)?.attributes["locale"] == "de")
        #expect(send(.get).text.contains("Ihr Konto"))
        #expect(browser.send(.get, .logout, []).text.contains("Abmelden?"))
        _ = try act("language", [("language", "tlh")])
        #expect(try fixture.store.user(Self.ann)?.attributes["locale"] == "de", "only one that there is")
        _ = try act("language", [("language", "")])
        #expect(try fixture.store.user(Self.ann)?.attributes["locale"] == nil)
        #expect(send(.get).text.contains("Your account"))
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
