import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// OpenID Connect Core §3.1.2: the authorization endpoint and the login form.
struct SignInHandlerTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
    }

    @Test func `a code flow, from the first page to userinfo`() throws {
        let before = try fixture.rows()
        let page = browser.authorize()
        #expect(page.status == .ok)
        #expect(page[.cacheControl]?.text == "no-store")
        #expect(try fixture.rows() == before, "no row is written to begin a login")

        let redirect = browser.login(on: page)
        #expect(redirect.status == .seeOther)
        #expect(redirect.leads(to: "https://app.example/callback?"))
        #expect(try redirect.answer.map(\.name) == ["code", "state", "iss"])
        #expect(try redirect.parameter("state") == "the state")
        #expect(try redirect.parameter("iss") == "https://login.example/oidc")

        let code = try redirect.parameter("code").orThrow("no code")
        let token = browser.token(code)
        #expect(token.status == .ok)
        // RFC 6749 §5.1
        #expect(token[.cacheControl]?.text == "no-store")
        #expect(token[.pragma]?.text == "no-cache")
        let tokens = try token.json()
        #expect(tokens["token_type"] == "Bearer")
        #expect(tokens["scope"] == "openid email")
        let idToken = try claims(of: tokens["id_token"], .rs256, type: "JWT")
        #expect(idToken["nonce"] == "the nonce")
        #expect(idToken["aud"] == "app")
        #expect(idToken["sub"] == "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11")
        let accessToken = try tokens["access_token"]?.stringValue.orThrow("no access token") ?? ""
        #expect(try claims(of: .string(accessToken), .es256, type: "at+jwt")["aud"] == "https://login.example/oidc")
        let userInfo = browser.userInfo("Bearer \(accessToken)")
        #expect(userInfo.status == .ok)
        #expect(
            try userInfo.json() == [
                "sub": "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11", "email": "ann@app.example", "email_verified": false,
            ])
    }

    /// Verified with the published key that it names.
    private func claims(of token: JSON?, _ algorithm: SignatureAlgorithm, type: String) throws -> JSON {
        let jws = try UnverifiedJWS(try token?.stringValue.orThrow("no token") ?? "")
        let set = try fixture.respond(.jwks, Request(handler: "jwks")).json()["keys"]?.arrayValue ?? []
        let jwk = try set.first { $0["kid"]?.stringValue == jws.keyID }.orThrow("the key is not published")
        return try jws.verified(by: VerificationKey(publicJWK: jwk), algorithm: algorithm, type: type).claims()
    }

    @Test func `a session answers at once, and costs no write`() throws {
        _ = try browser.code()
        let before = try fixture.rows()
        fixture.now = fixture.now + 60
        let response = browser.authorize("other")
        #expect(response.status == .found)
        #expect(response.leads(to: "https://other.example/callback?code="))
        #expect(try fixture.rows() == before)
    }

    // RFC 6749 §4.1.2.1
    @Test func `a silent request is told that the session can't be read, and anybody else is shown it`() throws {
        _ = try browser.code()
        for (prompt, error) in [("none", "temporarily_unavailable"), (nil, nil)] as [(String?, String?)] {
            // Long enough for its use to be noted, which writes.
            fixture.now = fixture.now + 3600
            fixture.beforeWriting { throw StoreError.unavailable("the disk is full") }
            let response = browser.authorize("app", ["prompt": prompt])
            #expect(response.leads(to: "https://app.example/callback?") == (error != nil))
            #expect(try error == nil ? response.status == .serviceUnavailable : response.parameter("error") == error)
        }
    }

    // security.md: a cross-site POST carries no Lax cookie, and a GET does.
    @Test func `a POST without a cookie becomes a GET of the same`() throws {
        let response = browser.authorize(method: .post)
        #expect(response.status == .seeOther)
        let fields = try response.answer
        #expect(
            Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
                == HandlerBrowser.authorization(of: "app"))
    }

    @Test func `wrong, unknown, disabled: one answer, and nobody signed in`() throws {
        try fixture.store.add(fixture.user("bob", "bob", isDisabled: true))
        let before = try fixture.rows()
        var pages: Set<String> = []
        for (user, password) in [
            ("ann", "wrong"), ("nobody", HandlerFixture.password), ("bob", HandlerFixture.password),
        ] {
            let browser = HandlerBrowser(fixture)
            let page = browser.authorize()
            let response = browser.login(on: page, as: user, ["password": password])
            #expect(response.status == .ok)
            #expect(browser.cookies.keys.sorted() == ["__Host-postern-browser"])
            var text = response.text.replacing("value=\"\(user)\"", with: "")
            for value in response.hidden.values { text = text.replacing(value, with: "") }
            pages.insert(text)
        }
        #expect(pages.count == 1)
        #expect(try fixture.rows() == before)
    }

    // A phone puts a space behind the name that it completes.
    @Test(arguments: ["ann ", " ann", "\u{A0}ann\u{3000}"])
    func `spaces around a user name don't matter`(name: String) throws {
        #expect(browser.login(on: browser.authorize(), as: name).leads(to: "https://app.example/callback?code="))
    }

    @Test func `a user name of spaces alone is nobody's`() throws {
        let response = browser.login(on: browser.authorize(), as: "  ")
        #expect(response.status == .ok && response.shows("password"))
    }

    /// What an administrator does while a password is being checked.
    enum Meanwhile: CaseIterable { case disable, reset, remove }

    @Test(arguments: Meanwhile.allCases)
    func `who is changed while their password is checked isn't signed in by it`(meanwhile: Meanwhile) throws {
        let page = browser.authorize()
        let database = fixture.database
        let user = try fixture.store.user(named: Username("ann")).orThrow("no user")
        fixture.whileChecking {
            var changed = user
            switch meanwhile {
            case .disable: changed.isDisabled = true
            case .reset: changed.passwordHash = "the hash of another password"
            case .remove:
                _ = try? database.store().removeUser(user.id)
                return
            }
            _ = try? database.store().replace(changed, ending: .everything)
        }
        let response = browser.login(on: page)
        #expect(response.status == .ok && response.shows("password"))
        #expect(browser.cookies["__Host-postern"] == nil)
        #expect(try fixture.rows().filter { $0.hasPrefix("session") || $0.hasPrefix("spent_attempt") }.isEmpty)
        let key = ThrottleKey.login(account: Username("ann"))
        #expect(try fixture.store.failedAttempts(for: key)?.count == 1, "it was the wrong password when it counted")
    }

    @Test func `a better hash of the same password, set meanwhile, keeps nobody out`() throws {
        let database = fixture.database
        var user = try fixture.store.user(named: Username("ann")).orThrow("no user")
        user.passwordHash = HandlerFixture.otherHash
        let changed = user
        fixture.whileChecking { _ = try? database.store().replace(changed, ending: .nothing) }
        #expect(browser.login(on: browser.authorize()).leads(to: "https://app.example/callback?code="))
    }

    // RFC 9700 §4.17 and session fixation: each sign-in has a cookie of its own.
    @Test func `signing in anew keeps the session and changes the cookie`() throws {
        _ = try browser.code()
        let former = browser.cookies["__Host-postern"]
        let page = browser.authorize("app", ["prompt": "login"])
        #expect(page.shows("password"))
        fixture.now = fixture.now + 5
        #expect(browser.login(on: page).leads(to: "https://app.example/callback?code="))
        #expect(browser.cookies["__Host-postern"] != former)
        #expect(try fixture.rows().filter { $0.hasPrefix("session") }.count == 1)

        let thief = HandlerBrowser(fixture)
        thief.cookies["__Host-postern"] = former
        #expect(thief.authorize().shows("password"), "the old cookie opens nothing")
    }

    @Test func `a session that ends while its user signs in again stays ended`() throws {
        let code = try browser.code()
        let former = try fixture.session()
        let page = browser.authorize("app", ["prompt": "login"])
        fixture.beforeWriting { [store = fixture.store] in try store.endSession(former.id) }
        let response = browser.login(on: page)
        #expect(response.leads(to: "https://app.example/callback?code="), "the password is right")
        let session = try fixture.session()
        #expect(session.id != former.id && session.sidKey != former.sidKey)
        #expect(browser.token(code).error == "invalid_grant", "a code of the ended session is worth nothing")
        #expect(browser.token(try response.parameter("code").orThrow("no code")).status == .ok)
        #expect(browser.authorize().leads(to: "https://app.example/callback?code="), "the cookie is the new session's")
    }

    // The browser keeps the cookie of whichever answer comes last.
    @Test func `of two tabs that renew one session at once, both get in, and either's cookie is good`() throws {
        _ = try browser.code()
        let former = browser.cookies["__Host-postern"]
        let pages = (0..<2).map { _ in browser.authorize("app", ["prompt": "login"]) }
        let tab = HandlerBrowser(fixture)
        tab.cookies = browser.cookies
        fixture.beforeWriting { #expect(tab.login(on: pages[0]).leads(to: "https://app.example/callback?code=")) }
        let response = browser.login(on: pages[1])
        #expect(browser.token(try response.parameter("code").orThrow("no code")).status == .ok)
        for signedIn in [tab, browser] {
            #expect(signedIn.cookies["__Host-postern"] != former)
            #expect(signedIn.authorize().leads(to: "https://app.example/callback?code="))
        }
        #expect(tab.cookies["__Host-postern"] != browser.cookies["__Host-postern"])
        let thief = HandlerBrowser(fixture)
        thief.cookies["__Host-postern"] = former
        #expect(thief.authorize().shows("password"), "the old cookie opens nothing")
    }

    @Test func `another user ends the first one's session`() throws {
        try fixture.store.add(fixture.user("bob", "bob"))
        let code = try browser.code()
        let page = browser.authorize("other", ["prompt": "select_account"])
        #expect(browser.login(on: page, as: "bob").leads(to: "https://other.example/callback?code="))
        let sessions = try fixture.rows().filter { $0.hasPrefix("session") }
        #expect(sessions.count == 1)
        #expect(sessions.first?.contains("'bob'") == true)
        #expect(browser.token(code).error == "invalid_grant", "a code of the ended session is worth nothing")
    }

    @Test func `who stays signed in on this device does so when the browser was closed, and again after a new sign-in`()
        throws
    {
        let page = browser.authorize()
        #expect(page.shows("remember"))
        let response = browser.login(on: page, ["remember": "yes"])
        let cookie = try #require(response.headers.first { $0.value.text.hasPrefix("__Host-postern=") }).value.text
        #expect(cookie.contains("Max-Age=2592000"))
        fixture.now = fixture.now + 29 * 86_400
        #expect(browser.authorize("app", ["prompt": "none"]).error == nil, "without use for weeks")
        let again = browser.authorize("app", ["prompt": "login"])
        #expect(again.text.contains("value=\"yes\" checked"), "as it was chosen")
        let renewed = browser.login(on: again, ["remember": "yes"])
        #expect(renewed.headers.contains { $0.value.text.contains("Max-Age=2592000") })
        let ended = browser.login(on: browser.authorize("app", ["prompt": "login"]))
        #expect(!ended.headers.contains { $0.value.text.contains("Max-Age=2592000") })
        #expect(try fixture.session().isRemembered == false, "unticked, it goes with the browser")
        fixture.now = fixture.now + 9 * 3600
        #expect(browser.authorize("app", ["prompt": "none"]).error == "login_required")
    }

    @Test func `who doesn't choose to has a cookie that goes with the browser, and a mistake keeps the choice`() throws
    {
        let response = browser.login(on: browser.authorize())
        #expect(try fixture.session().isRemembered == false)
        #expect(!response.headers.contains { $0.value.text.contains("Max-Age=2592000") })
        let mistaken = HandlerBrowser(fixture)
        let page = mistaken.login(on: mistaken.authorize(), ["remember": "yes", "password": "not it"])
        #expect(page.text.contains("value=\"yes\" checked"))
    }

    @Test func `a session ends by idleness and by age`() throws {
        _ = try browser.code()
        fixture.now = HandlerFixture.noon + 8 * 3600 - 1
        #expect(browser.authorize().leads(to: "https://app.example/callback?code="), "used, so it goes on")
        fixture.now = HandlerFixture.noon + 16 * 3600 - 2
        #expect(browser.authorize().leads(to: "https://app.example/callback?code="))
        fixture.now = HandlerFixture.noon + 24 * 3600
        #expect(browser.authorize().shows("password"))
    }

    @Test func `a cookie that comes twice is refused and cleared`() throws {
        _ = try browser.code()
        let value = browser.cookies["__Host-postern"] ?? ""
        let cookie = "__Host-postern=\(value); __Host-postern=\(value)"
        let response = browser.send(.get, .authorize, HandlerBrowser.authorization(of: "app").fields, cookie: cookie)
        #expect(response.shows("password"))
        #expect(browser.cookies["__Host-postern"] == nil)
    }

    @Test(
        arguments: [
            (["client_id": "nobody"], nil), (["client_id": nil], nil), (["redirect_uri": nil], nil),
            (["redirect_uri": "https://app.example/callback/"], nil),
            (["redirect_uri": "https://app.example/Callback"], nil),
            (["redirect_uri": "https://app.example:444/callback"], nil),
            (["redirect_uri": "https://evil.example/"], nil),
            (["response_type": "token"], "unsupported_response_type"),
            (["code_challenge_method": "plain"], "invalid_request"),
            (["scope": "clerk", "prompt": "none"], "login_required"), (["prompt": "none"], "login_required"),
            (["request_uri": "https://app.example/"], "request_uri_not_supported"),
        ] as [(Change, String?)])
    func `a faulty request changes nothing`(change: Change, error: String?) throws {
        let before = try fixture.rows()
        let response = browser.authorize("app", change)
        if let error {
            #expect(response.leads(to: "https://app.example/callback?error=\(error)&"))
            #expect(try response.parameter("state") == "the state")
            #expect(try response.parameter("iss") == "https://login.example/oidc")
        } else {
            #expect(response.status == .badRequest)
            #expect(response[.location] == nil)
            #expect(response.text.contains("0000-0000-0000"), "the page names the refusal")
        }
        #expect(try fixture.rows() == before)
    }

    @Test func `bytes that are no text are refused on a page`() throws {
        for query in ["client_id=%FF", "client_id=app%00", "client_id=%4"] {
            let response = fixture.respond(.authorize, Request(handler: "authorize", query: query))
            #expect(response.status == .badRequest)
            #expect(response[.location] == nil)
        }
    }

    @Test func `turning back is access_denied`() throws {
        let before = try fixture.rows()
        let response = browser.login(on: browser.authorize(), ["cancel": "yes", "password": nil])
        #expect(response.leads(to: "https://app.example/callback?error=access_denied&"))
        #expect(try fixture.rows() == before)
    }

    // nginx takes 4096 bytes of headers: what exceeds them would be an error page, and the session's cookie would be lost.
    @Test(arguments: [nil, "none", "login"])
    func `a state that grows in a URL leaves room for the code`(prompt: String?) throws {
        _ = try browser.code()
        let page = browser.authorize(
            "app",
            [
                "state": String(repeating: "{", count: 1024), "nonce": String(repeating: "n", count: 512),
                "prompt": prompt,
            ])
        let response = page.shows("password") ? browser.login(on: page) : page
        let code = try #require(try response.parameter("code"))
        #expect(code.hasPrefix("~"))
        #expect(try response.parameter("state")?.utf8.count == 1024)
        #expect(try #require(response[.location]).text.utf8.count <= AuthorizationResponse.limit)
        #expect(browser.token(code).status == .ok)
    }

    @Test func `what would not fit is refused before anyone signs in`() throws {
        let location = "https://large.example/" + String(repeating: "a", count: 900)
        try fixture.add("large", metadata: ["redirect_uris": [.string(location)]])
        let response = browser.authorize(
            "large", ["redirect_uri": location, "state": String(repeating: "{", count: 1024)])
        #expect(response.leads(to: location + "?error=invalid_request&"))
        #expect(try response.parameter("state") == nil)
    }

    private func authorize(hint: String, _ change: Change = [:]) -> Response {
        browser.authorize("app", change.merging(["id_token_hint": hint]) { $1 })
    }

    // OpenID Connect Core §3.1.2.1
    @Test func `an id_token_hint of another user asks for that one, and a useless one is refused`() throws {
        try fixture.store.add(fixture.user("bob", "bob"))
        let tokens = try browser.token(try browser.code()).json()
        let hint = try #require(tokens["id_token"]?.stringValue)
        #expect(authorize(hint: hint).leads(to: "https://app.example/callback?code="))
        #expect(authorize(hint: hint, ["prompt": "none"]).leads(to: "https://app.example/callback?code="))
        fixture.now = fixture.now + 3601
        #expect(
            authorize(hint: hint).leads(to: "https://app.example/callback?code="), "expired, and a hint all the same")
        for key in try fixture.store.signingKeys() {
            try fixture.store.change([.move(key, to: key.retired(at: fixture.now, lifetimes: Lifetimes()))])
        }
        #expect(authorize(hint: hint).leads(to: "https://app.example/callback?code="), "of a key that signs no more")
        for text in ["x", hint + "A", tokens["access_token"]?.stringValue ?? ""] {
            let refused = authorize(hint: text)
            #expect(refused.error == "invalid_request")
            #expect(try refused.parameter("state") == "the state")
        }

        browser.cookies = [:]
        _ = browser.login(on: browser.authorize(), as: "bob")
        #expect(authorize(hint: hint, ["prompt": "none"]).error == "login_required")
        let page = authorize(hint: hint)
        #expect(page.shows("password"))
        let former = browser.cookies["__Host-postern"]
        #expect(browser.login(on: page, as: "bob").error == "login_required")
        #expect(browser.cookies["__Host-postern"] != former, "refused, and signed in all the same")
        #expect(browser.login(on: authorize(hint: hint)).leads(to: "https://app.example/callback?code="))
    }

    @Test func `a pop-up window stays connected with the app that opened it`() throws {
        let page = browser.authorize()
        #expect(page.headers.allSatisfy { $0.name != HeaderName("Cross-Origin-Opener-Policy") })
    }

    @Test func `a refusal is told in the language that the app asked for`() throws {
        let german: Change = ["ui_locales": "de"]
        for response in [
            browser.authorize("app", german.merging(["client_id": "nobody"]) { $1 }),
            browser.authorize("app", german.merging(["client_id": nil]) { $1 }),
            browser.login(on: browser.authorize("app", german), ["token": "x"]),
            browser.login(on: browser.authorize("app", german), ["username": String(repeating: "x", count: 257)]),
        ] {
            #expect(response.status == .badRequest)
            #expect(response[.contentLanguage]?.text == "de")
        }
    }

    // A planted cookie: it goes with whatever is answered, so that the next page is a good one.
    @Test func `doubled cookies are cleared by a redirect, and by the page that complains of them`() throws {
        let page = browser.authorize()
        let token = browser.cookies["__Host-postern-browser"] ?? ""
        let double = "__Host-postern-browser=\(token); __Host-postern-browser=\(token)"
        let fields = ["username": "ann", "password": HandlerFixture.password].merging(page.hidden) { $1 }.fields
        let refused = browser.send(.post, .login, fields, cookie: double)
        #expect(refused.text.contains("blocks cookies"))
        #expect(browser.cookies == [:])
        #expect(browser.login(on: browser.authorize()).leads(to: "https://app.example/callback?code="))

        let session = browser.cookies["__Host-postern"] ?? ""
        let answer = browser.send(
            .get, .authorize, HandlerBrowser.authorization(of: "app").changed(by: ["prompt": "none"]).fields,
            cookie: "__Host-postern=\(session); __Host-postern=\(session)")
        #expect(answer.error == "login_required")
        #expect(browser.cookies["__Host-postern"] == nil)
    }

    @Test func `a large request goes by reference, and is the same`() throws {
        let change: Change = [
            "state": String(repeating: "s", count: 1024), "nonce": String(repeating: "n", count: 512),
        ]
        let location = "https://app.example/callback/" + String(repeating: "a", count: 900)
        try fixture.add("large", metadata: ["redirect_uris": [.string(location)]])
        let large = change.merging(["redirect_uri": location]) { $1 }
        let code = try browser.code("large", large)
        #expect(code.hasPrefix("~"))
        #expect(browser.token(code, of: "large", ["redirect_uri": location]).status == .ok)
        #expect(browser.token(code, of: "large", ["redirect_uri": location]).error == "invalid_grant")
    }
}
