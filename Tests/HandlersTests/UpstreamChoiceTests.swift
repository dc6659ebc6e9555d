import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// Where an app's users may sign in (`upstreams` of a client), and where a request wants them to (`idp_hint`).
struct UpstreamChoiceTests {
    private static func upstream(_ name: String) -> Upstream {
        Upstream(
            name: UpstreamName(name), title: "At \(name)", issuer: WebURI(stored: "https://\(name).example"),
            clientID: "broker", authentication: .post, scope: .none,
            domains: [EmailDomain("\(name).example")].compactMap(\.self),
            oauth: PlainOAuth(
                authorizationEndpoint: WebURI(stored: "https://\(name).example/authorize"),
                tokenEndpoint: WebURI(stored: "https://\(name).example/token"),
                userinfoEndpoint: WebURI(stored: "https://\(name).example/user")))
    }

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws { try self.init(straight: nil) }

    private init(straight: String?, isLocal: Bool = false) throws {
        fixture = try HandlerFixture(
            signIn: SignInOptions(
                upstreams: [Self.upstream("corp"), Self.upstream("partner")],
                straight: straight.map { UpstreamName($0) }, isLocal: isLocal))
        browser = HandlerBrowser(fixture)
        for (client, places) in [
            ("one", ["corp"]), ("two", ["corp", "partner"]), ("own", ["local"]), ("mixed", ["partner", "local"]),
            ("lost", ["gone"]),
        ] {
            try fixture.add(
                client,
                metadata: [
                    "upstreams": .array(places.map(JSON.string)),
                    "grant_types": ["authorization_code", "refresh_token"],
                ])
        }
        for name in ["corp", "partner"] {
            fixture.sectors.publish(#"{"access_token": "at"}"#, at: "https://\(name).example/token")
            fixture.sectors.publish(#"{"sub": "amy"}"#, at: "https://\(name).example/user")
        }
    }

    private func signIn(_ client: String, at name: String, _ change: Change = [:]) throws -> Response {
        let page = browser.authorize(client, change)
        let away =
            page.status == .ok
            ? browser.send(.post, .upstream, page.hidden.fields, tail: name)
            : browser.send(.get, .upstream, try page.answer, tail: name)
        return browser.send(
            .get, .callback, ["code": "c", "state": try away.parameter("state") ?? ""].fields, tail: name)
    }

    private func isStraight(_ response: Response, to name: String) -> Bool {
        response.leads(to: "https://login.example/oidc/upstream/\(name)?")
    }

    @Test func `the login page has what serves the app, and nothing else`() {
        let two = browser.authorize("two")
        #expect(two.text.contains("At corp") && two.text.contains("At partner") && !two.shows("password"))
        let own = browser.authorize("own")
        #expect(!own.text.contains("At corp") && own.shows("password"))
        let mixed = browser.authorize("mixed")
        #expect(!mixed.text.contains("At corp") && mixed.text.contains("At partner") && mixed.shows("password"))
        let free = browser.authorize("app")
        #expect(free.text.contains("At corp") && free.text.contains("At partner") && free.shows("password"))
    }

    @Test func `of an app with one place nobody is asked to choose`() throws {
        #expect(isStraight(browser.authorize("one"), to: "corp"))
        let test = try UpstreamChoiceTests(straight: "partner")
        #expect(test.isStraight(test.browser.authorize("one"), to: "corp"))
        #expect(test.isStraight(test.browser.authorize("app"), to: "partner"))
        #expect(test.browser.authorize("own").shows("password"), "nor led where it isn't allowed")
    }

    @Test func `where everybody signs in here, upstreams are for those who are led there`() throws {
        let test = try UpstreamChoiceTests(straight: nil, isLocal: true)
        let browser = test.browser
        for page in [browser.authorize(), browser.authorize("app", ["idp_hint": "nobody"])] {
            #expect(page.shows("password") && !page.text.contains("At corp") && !page.text.contains("At partner"))
        }
        #expect(isStraight(browser.authorize("app", ["idp_hint": "corp"]), to: "corp"))
        #expect(isStraight(browser.authorize("app", ["login_hint": "amy@partner.example"]), to: "partner"))
        #expect(isStraight(browser.authorize("one"), to: "corp"))
        let two = browser.authorize("two")
        #expect(two.text.contains("At corp") && two.text.contains("At partner") && !two.shows("password"))
        let mixed = browser.authorize("mixed")
        #expect(!mixed.text.contains("At corp") && mixed.text.contains("At partner") && mixed.shows("password"))
        let typed = browser.login(on: browser.authorize(), as: "amy@corp.example", ["password": nil])
        #expect(typed.leads(to: "https://corp.example/authorize?"))
        let down = browser.send(
            .get, .callback,
            ["error": "temporarily_unavailable", "state": try typed.parameter("state") ?? ""].fields, tail: "corp")
        #expect(down.text.contains("/oidc/upstream/corp?"), "to try it again")
        let users = UserAdministration(store: test.fixture.store, now: test.fixture.provider.now)
        let token = try users.invite("ann", for: 3600).text
        #expect(browser.send(.get, .account, [("token", token)], tail: "invitation").text.contains("At corp"))
        #expect(browser.login(on: browser.authorize()).leads(to: "https://app.example/callback?"))
        let own = HandlerBrowser(test.fixture)
        let account = own.send(.get, .account, [])
        let login = own.send(.get, .authorize, try account.answer)
        #expect(login.text.contains("At corp"), "nobody is shut out of their own account")
    }

    @Test func `where none is there, the app is told`() throws {
        let answer = browser.authorize("lost")
        #expect(answer.leads(to: "https://lost.example/callback?") && answer.error == "access_denied")
    }

    @Test func `a session of another place doesn't serve, and one of an allowed place does`() throws {
        _ = try signIn("one", at: "corp")
        #expect(try browser.authorize("two").parameter("code") != nil)
        #expect(try browser.authorize("app").parameter("code") != nil)
        #expect(browser.authorize("own").shows("password"))
        let silent = browser.authorize("own", ["prompt": "none"])
        #expect(silent.error == "login_required")
        let page = browser.authorize("own")
        let back = browser.login(on: page)
        #expect(try back.leads(to: "https://own.example/callback?") && back.parameter("code") != nil)
        #expect(isStraight(browser.authorize("one"), to: "corp"), "nor does a password here serve one of corp's")
    }

    @Test func `a form that was made up leads nowhere`() throws {
        let page = browser.authorize("mixed")
        let away = browser.send(.post, .upstream, page.hidden.fields, tail: "corp")
        #expect(away.status == .ok && away.text.contains("At partner"))
        let two = browser.authorize("two")
        #expect(!browser.login(on: two).leads(to: "https://two.example/"))
        #expect(throws: Missing.self) { try fixture.session() }
    }

    @Test func `who is no longer let in there can't finish what they have begun`() throws {
        let away = browser.send(.post, .upstream, browser.authorize("two").hidden.fields, tail: "corp")
        try change("two", ["partner"])
        let back = browser.send(
            .get, .callback, ["code": "c", "state": try away.parameter("state") ?? ""].fields, tail: "corp")
        #expect(back.status == .ok && back.text.contains("At partner"))
        #expect(throws: Missing.self) { try fixture.session() }
    }

    private func change(_ id: String, _ places: [String]) throws {
        var client = try fixture.store.client(ClientID(id)).orThrow("no client")
        client.metadata.upstreams = SignInPlaces(places)
        try fixture.store.replace(client)
    }

    @Test func `what was given where it isn't allowed any more isn't refreshed`() throws {
        let code = try signIn("two", at: "corp", ["scope": "openid offline_access"]).parameter("code") ?? ""
        let tokens = try browser.token(code, of: "two").json()
        let refresh: Change = [
            "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]?.stringValue, "code": nil,
            "redirect_uri": nil, "code_verifier": nil,
        ]
        let token = tokens["refresh_token"]?.stringValue ?? ""
        #expect(try browser.isActive(token, of: "two"))
        try change("two", ["partner"])
        #expect(try !browser.isActive(token, of: "two"), "as introspection says")
        #expect(browser.token("", of: "two", refresh).error == "invalid_grant")
        try change("two", ["corp"])
        #expect(try browser.isActive(token, of: "two"))
        #expect(browser.token("", of: "two", refresh).status == .ok)
    }

    // MARK: Hints

    @Test(arguments: ["idp_hint", "kc_idp_hint"])
    func `a hint leads straight there`(name: String) throws {
        #expect(isStraight(browser.authorize("app", [name: "partner"]), to: "partner"))
        #expect(isStraight(browser.authorize("two", [name: "partner"]), to: "partner"))
        let test = try UpstreamChoiceTests(straight: "corp")
        #expect(test.isStraight(test.browser.authorize("app", [name: "partner"]), to: "partner"))
        #expect(
            isStraight(
                browser.authorize("app", ["login_hint": "amy@corp.example", name: "partner"]), to: "partner"))
    }

    @Test(arguments: ["nobody", "corp ", "", "Partner", String(repeating: "x", count: 300)])
    func `one that names nobody is passed over`(hint: String) throws {
        let page = browser.authorize("app", ["idp_hint": hint])
        #expect(page.status == .ok && page.shows("password"))
    }

    @Test func `nor does one lead where the app's users aren't let in, and the log says so`() throws {
        #expect(isStraight(browser.authorize("one", ["idp_hint": "partner"]), to: "corp"))
        #expect(browser.authorize("own", ["kc_idp_hint": "corp"]).shows("password"))
        #expect(fixture.logged.contains { $0.contains("idp_hint names no upstream") })
        #expect(
            isStraight(browser.authorize("two", ["login_hint": "amy@partner.example"]), to: "partner"),
            "a domain is found among those that are allowed")
        #expect(browser.authorize("own", ["login_hint": "amy@partner.example"]).shows("password"))
    }
}
