import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// OpenID Connect Front-Channel Logout 1.0 §3.
@Suite struct FrontchannelLogoutHandlerTests {
    private static let after = "https://leaving.example/bye"
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        try fixture.add("leaving", metadata: ["post_logout_redirect_uris": [.string(Self.after)]])
        try fixture.add("framed", metadata: ["frontchannel_logout_uri": "https://framed.example/out?a=b"])
    }

    /// Signs in to the apps, and gives the ID token of each.
    private func signIn(to apps: [String]) throws -> [String: String] {
        var tokens: [String: String] = [:]
        for app in apps {
            let answer = try browser.token(try browser.code(app), of: app).json()
            tokens[app] = try answer["id_token"]?.stringValue.orThrow("no ID token")
        }
        return tokens
    }

    private func signOut(_ fields: [String: String], cookies: [String: String]? = nil) -> Response {
        if let cookies { browser.cookies = cookies }
        return browser.send(.get, .logout, fields.fields)
    }

    private func sid(in token: String?) throws -> String {
        let parts = (token ?? "").split(separator: ".")
        let claims = try JSON(parsing: Base64URL.decode(String(parts[1])).orThrow("no token"))
        return try claims["sid"]?.stringValue.orThrow("no sid") ?? ""
    }

    @Test func `an app with such a URI is told by a frame, and then the browser goes on`() throws {
        let tokens = try signIn(to: ["leaving", "framed", "app"])
        let page = signOut([
            "id_token_hint": tokens["leaving"] ?? "", "post_logout_redirect_uri": Self.after, "state": "a b",
        ])
        #expect(page.status == .ok)
        let sid = try sid(in: tokens["framed"])
        let frame = "https://framed.example/out?a=b&amp;iss=https%3A%2F%2Flogin.example%2Foidc&amp;sid=\(sid)"
        #expect(page.text.contains("<iframe src=\"\(frame)\""))
        #expect(page.text.components(separatedBy: "<iframe").count == 2, "nobody else")
        #expect(page.text.contains("content=\"0; url=\(Self.after)?state=a%20b\""))
        let policy = try #require(page[.contentSecurityPolicy]?.text)
        #expect(policy.contains(" frame-src https://framed.example/out; "))
        #expect(try ownPolicy(of: page) == "frame-src https://framed.example/out")
        #expect(policy.contains("default-src 'none'; script-src 'self'; ") && policy.contains("frame-ancestors 'none'"))
        #expect(browser.cookies["__Host-postern"] == nil)
    }

    @Test func `without an address to go to the page stays`() throws {
        let tokens = try signIn(to: ["framed"])
        let page = signOut(["id_token_hint": tokens["framed"] ?? ""])
        #expect(page.text.contains("<iframe") && page.text.contains("You are signed out"))
        #expect(!page.text.contains("http-equiv=\"refresh\""))
    }

    @Test func `where nobody is to be told there is no page, and no page has a frame`() throws {
        let tokens = try signIn(to: ["leaving", "app"])
        let answer = signOut(["id_token_hint": tokens["leaving"] ?? "", "post_logout_redirect_uri": Self.after])
        #expect(answer.leads(to: Self.after))
        let page = signOut([:])
        #expect(!page.text.contains("<iframe"))
        #expect(page[.contentSecurityPolicy]?.text.contains("frame-src") == false)
        #expect(!page.text.contains("Content-Security-Policy"))
    }

    @Test func `of two clicks each shows the frames, for the session that it had`() throws {
        let tokens = try signIn(to: ["leaving", "framed"])
        let cookies = browser.cookies
        let fields = ["id_token_hint": tokens["leaving"] ?? "", "post_logout_redirect_uri": Self.after]
        let first = signOut(fields)
        #expect(first.text.contains("<iframe"))
        #expect(signOut(fields, cookies: cookies).text == first.text)
        fixture.now = fixture.now + FrontchannelLogout.memory
        #expect(signOut(fields, cookies: cookies).leads(to: Self.after), "a cookie of long ago leads to nothing")
        #expect(signOut(fields, cookies: [:]).leads(to: Self.after))
    }

    /// Somebody else signs in where ann is.
    private func signInAsBob(_ change: [String: String?] = [:]) throws -> Response {
        try fixture.store.add(fixture.user("bob", "0d0f7c3a-54a5-4d43-8a6b-7a5e4c6c5b01"))
        return browser.login(on: browser.authorize("app", ["prompt": "login"].merging(change) { $1 }), as: "bob")
    }

    @Test(arguments: ["query", "form_post"])
    func `when another signs in, the browser tells the apps of whoever was there, and goes on`(mode: String) throws {
        let tokens = try signIn(to: ["leaving", "framed"])
        let page = try signInAsBob(["response_mode": mode])
        #expect(page.status == .ok && page.text.contains("You are signed in"))
        #expect(page.text.contains("sid=\(try sid(in: tokens["framed"]))"))
        #expect(page.text.components(separatedBy: "<iframe").count == 2, "nobody else")
        #expect(page[.contentSecurityPolicy]?.text.contains(" frame-src https://framed.example/out; ") == true)
        let link = try #require(page.text.firstMatch(of: /id="onward" href="[^"]*attempt=([^"]+)"/)?.1)
        let onward = browser.send(.get, .authorize, [("attempt", String(link))])
        #expect(mode == "query" ? onward.leads(to: "https://app.example/callback?code=") : onward.shows("code"))
        #expect(!browser.authorize("other").text.contains("<iframe"), "once")
    }

    @Test func `where nobody is to be told, the other goes straight to the app`() throws {
        _ = try signIn(to: ["leaving", "app"])
        #expect(try signInAsBob().leads(to: "https://app.example/callback?code="))
    }

    @Test func `who signs in again tells nobody`() throws {
        _ = try signIn(to: ["framed"])
        let answer = browser.login(on: browser.authorize("app", ["prompt": "login"]))
        #expect(answer.leads(to: "https://app.example/callback?code="))
    }

    @Test func `a session that nobody used for long is not ended by whoever comes`() throws {
        _ = try signIn(to: ["leaving", "framed"])
        fixture.now = fixture.now + fixture.provider.lifetimes.sessionIdle
        #expect(!signOut([:], cookies: browser.cookies).text.contains("<iframe"))
    }

    @Test func `an app that proves such a session signs out of it, and the others are told`() throws {
        let tokens = try signIn(to: ["leaving", "framed"])
        let cookies = browser.cookies
        let digest = try SessionToken(presented: cookies["__Host-postern"] ?? "").orThrow("no cookie").digest
        fixture.now = fixture.now + fixture.provider.lifetimes.sessionIdle
        let foreign = HandlerBrowser(fixture)
        let other = try foreign.token(try foreign.code("leaving"), of: "leaving").json()["id_token"]?.stringValue
        #expect(!signOut(["id_token_hint": other ?? ""]).text.contains("<iframe"), "another session's token does not")
        #expect(try fixture.store.session(digest: digest) != nil)
        let page = signOut(["id_token_hint": tokens["leaving"] ?? ""], cookies: cookies)
        #expect(page.text.contains("<iframe") && page.text.contains("You are signed out"))
        #expect(try fixture.store.session(digest: digest) == nil)
    }

    @Test func `who stays tells nobody`() throws {
        _ = try signIn(to: ["framed"])
        let token = try signOut([:]).hidden["token"].orThrow("no form")
        let page = browser.send(.post, .logout, [("token", token), ("decision", "stay")])
        #expect(page.text.contains("still signed in") && !page.text.contains("<iframe"))
        let ended = browser.send(.post, .logout, [("token", token), ("decision", "sign-out")])
        #expect(ended.text.contains("<iframe"))
    }

    @Test func `a client that was removed meanwhile is nobody to tell`() throws {
        let tokens = try signIn(to: ["leaving", "framed"])
        let cookies = browser.cookies
        let fields = ["id_token_hint": tokens["leaving"] ?? ""]
        _ = signOut(fields)
        _ = try fixture.store.removeClient(ClientID("framed"))
        #expect(!signOut(fields, cookies: cookies).text.contains("<iframe"))
    }

    /// What the page says itself, before the first frame.
    private func ownPolicy(of page: Response) throws -> String {
        let head = try page.text.components(separatedBy: "<iframe").first.orThrow("no page")
        return String(
            try head.firstMatch(of: /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/).orThrow("none").1)
    }

    @Test func `many apps fit into the headers, and the page names them all`() throws {
        let apps = (1...40).map { "an-application-of-a-large-company-\($0)" }
        for app in apps {
            try fixture.add(app, metadata: ["frontchannel_logout_uri": .string("https://\(app).example/sign/out")])
        }
        let tokens = try signIn(to: apps)
        let page = signOut(["id_token_hint": tokens[apps[0]] ?? ""])
        #expect(page.text.components(separatedBy: "<iframe").count == 41)
        #expect(page[.contentSecurityPolicy]?.text.contains(" frame-src https:; ") == true)
        #expect(
            try ownPolicy(of: page)
                == "frame-src " + apps.map { "https://\($0).example/sign/out" }.sorted().joined(separator: " "))
        #expect(page.headers.reduce(0) { $0 + "\($1.name)".utf8.count + $1.value.text.utf8.count } < 4000)
    }
}
