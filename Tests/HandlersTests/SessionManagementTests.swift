import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// OpenID Connect Session Management 1.0.
@Suite struct SessionManagementTests {
    private static let cookie = "__Host-postern-state"
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture(sessionManagement: true)
        browser = HandlerBrowser(fixture)
    }

    private var state: String? { browser.cookies[Self.cookie] }

    private func signIn(_ change: Change = [:], as user: String = "ann") throws -> Response {
        browser.login(on: browser.authorize("app", change), as: user)
    }

    @Test func `an answer with a code says the state that the cookie has`() throws {
        for answer in [try signIn(), browser.authorize()] {
            let parts = try answer.parameter("session_state").orThrow("none").split(separator: ".")
            let state = try #require(state)
            let digest = Digest.sha256(Array("app https://app.example \(state) \(parts[1])".utf8))
            #expect(parts[0] == Base64URL.encode(digest))
        }
    }

    @Test func `the cookie is set once, and changes when somebody signs in or out`() throws {
        #expect(browser.authorize()[.setCookie]?.text.contains(Self.cookie) == false, "who was never here has none")
        let refused = browser.authorize("app", ["prompt": "none"])
        #expect(try refused.parameter("session_state") != "" && state == "none", "unless an app asks in silence")
        _ = try signIn()
        let first = try #require(state)
        #expect(!browser.authorize().headers.contains { $0.value.text.contains(Self.cookie) })
        _ = try signIn(["prompt": "login"])
        #expect(state == first, "the same session goes on")
        try fixture.store.add(fixture.user("bob", "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a12"))
        _ = try signIn(["prompt": "login"], as: "bob")
        let second = try #require(state)
        #expect(second != first)
        let token = try browser.send(.get, .logout, []).text.split(separator: "name=\"token\" value=\"")
            .last.orThrow("no form").prefix { $0 != "\"" }
        _ = browser.send(.post, .logout, [("token", String(token)), ("decision", "sign-out")])
        #expect(state == "none")
        #expect(browser.authorize("app", ["prompt": "none"]).error == "login_required")
        #expect(state == "none")
        _ = try signIn()
        #expect(state != nil && state != second && state != "none")
    }

    @Test func `an answer with an error says the state as well, of nobody or of whoever there is`() throws {
        for isSignedIn in [false, true] {
            if isSignedIn { _ = try signIn() }
            let answer = browser.authorize("app", ["prompt": "none", "response_type": "x"])
            let parts = try answer.parameter("session_state").orThrow("none").split(separator: ".")
            let state = try #require(state)
            #expect((state == "none") != isSignedIn)
            let digest = Digest.sha256(Array("app https://app.example \(state) \(parts[1])".utf8))
            #expect(parts[0] == Base64URL.encode(digest))
        }
    }

    @Test func `of a session that outlives the browser the cookie does so too`() throws {
        let answer = browser.login(on: browser.authorize(), ["remember": "yes"])
        let header = answer.headers.first { $0.value.text.hasPrefix(Self.cookie) }
        #expect(header?.value.text.contains("Max-Age=\(30 * 86_400)") ?? false)
        _ = browser.login(on: browser.authorize("app", ["prompt": "login"]))
        let later = browser.authorize().headers.first { $0.value.text.hasPrefix(Self.cookie) }
        #expect(later == nil, "and no longer, where they ask for none any more")
    }

    @Test func `a session that ended elsewhere shows when its browser comes next`() throws {
        _ = try signIn()
        try fixture.store.acting(as: .system, at: fixture.now) {
            try fixture.store.endSession(try fixture.session().id)
        }
        #expect(browser.authorize("app", ["prompt": "none"]).error == "login_required")
        #expect(state == "none")
    }

    @Test func `who lost the cookie is given it with the next code`() throws {
        _ = try signIn()
        let first = try #require(state)
        for lost in [nil, "something else", "none"] {
            browser.cookies[Self.cookie] = lost
            _ = browser.authorize()
            #expect(state == first)
        }
    }

    @Test(arguments: [nil, "none"])
    func `a session that can't be read is no sign-out`(prompt: String?) throws {
        _ = try signIn()
        let first = try #require(state)
        fixture.now = fixture.now + 3600
        // What asks once more is told the same.
        var asked = 0
        func fail() throws {
            asked += 1
            fixture.beforeWriting(fail)
            throw StoreError.unavailable("the disk is full")
        }
        fixture.beforeWriting(fail)
        let answer = browser.authorize("app", ["prompt": prompt])
        #expect(asked > 0 && state == first)
        #expect(prompt == nil || answer.error == "temporarily_unavailable")
        #expect((try? answer.parameter("session_state")) == nil)
    }

    @Test func `a frame of another site's page, which brings no session, is no sign-out`() throws {
        _ = try signIn()
        let first = try #require(state)
        let fields = HandlerBrowser.authorization(of: "app").changed(by: ["prompt": "none"]).fields
        for mode in ["no-cors", "navigate"] {
            let answer = browser.send(.get, .authorize, fields, mode: mode, cookie: "\(Self.cookie)=\(first)")
            #expect(answer.error == "login_required")
            #expect(try (answer.parameter("session_state") == nil) == (mode == "no-cors"))
            #expect((state == first) == (mode == "no-cors"), "a person's own request shows that nobody is there")
        }
    }

    @Test func `its page may be framed`() {
        let page = browser.send(.get, .checkSession, [])
        #expect(page.status == .ok && page.text.contains("data-cookie=\"\(Self.cookie)\""))
        #expect(page[.contentSecurityPolicy] == "default-src 'none'; script-src 'self'; base-uri 'none'")
        #expect(page[.xFrameOptions] == nil && page[.xContentTypeOptions] == "nosniff")
    }

    @Test func `a native app, which is no page, is told none`() throws {
        try fixture.add(
            "native",
            metadata: [
                "redirect_uris": ["com.example.app:/callback"], "application_type": "native",
                "token_endpoint_auth_method": "none",
            ])
        _ = try signIn()
        let answer = browser.authorize("native", ["redirect_uri": "com.example.app:/callback"])
        #expect(try answer.parameter("code") != nil && answer.parameter("session_state") == nil)
    }

    @Test func `where it is off there is nothing of it`() throws {
        let fixture = try HandlerFixture()
        let browser = HandlerBrowser(fixture)
        let answer = browser.login(on: browser.authorize())
        #expect(try answer.parameter("code") != nil && answer.parameter("session_state") == nil)
        #expect(browser.cookies.keys.sorted() == ["__Host-postern", "__Host-postern-browser"])
        #expect(browser.send(.get, .checkSession, []).status == .notFound)
        #expect(try browser.send(.get, .discovery, []).json()["check_session_iframe"] == nil)
    }

    @Test func `discovery names the page`() throws {
        let metadata = try browser.send(.get, .discovery, []).json()
        #expect(metadata["check_session_iframe"] == "https://login.example/oidc/check_session")
    }
}
