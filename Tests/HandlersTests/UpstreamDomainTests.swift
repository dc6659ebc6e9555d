import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// An address that somebody types says where they sign in (home-realm discovery).
struct UpstreamDomainTests {
    private static func upstream(_ name: String, domains: [String]) -> Upstream {
        Upstream(
            name: UpstreamName(name), title: "At \(name)", issuer: WebURI(stored: "https://\(name).example"),
            clientID: "broker", authentication: .post, scope: Scope(names: ["openid"]), algorithms: [.es256],
            domains: domains.compactMap { EmailDomain($0) })
    }

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws { try self.init(hasPassword: true) }

    private init(hasPassword: Bool, domains: [String] = ["corp.example"]) throws {
        fixture = try HandlerFixture(
            signIn: SignInOptions(
                upstreams: [Self.upstream("corp", domains: domains), Self.upstream("partner", domains: [])],
                hasPassword: hasPassword))
        browser = HandlerBrowser(fixture)
        for (client, places) in [
            ("two", ["corp", "partner"]), ("plain", ["partner", "local"]), ("own", ["local"]),
        ] {
            try fixture.add(client, metadata: ["upstreams": .array(places.map(JSON.string))])
        }
        for name in ["corp", "partner"] {
            fixture.sectors.publish(
                """
                {"issuer": "https://\(name).example", "authorization_endpoint": "https://\(name).example/authorize",
                "token_endpoint": "https://\(name).example/token", "jwks_uri": "https://\(name).example/keys"}
                """, at: "https://\(name).example/.well-known/openid-configuration")
        }
    }

    private func type(_ name: String, _ password: String? = nil, on page: Response) -> Response {
        browser.login(on: page, ["username": name, "password": password])
    }

    private static let required = #"autocomplete="current-password" required"#

    @Test func `beside a password of here nobody has to type another's`() throws {
        let page = browser.authorize()
        #expect(page.shows("password") && !page.text.contains(Self.required))
        #expect(page.text.contains("User name or e-mail address"))
        for (name, password) in [("amy@corp.example", nil), ("Amy@CORP.example ", "x")] as [(String, String?)] {
            let away = type(name, password, on: page)
            #expect(away.leads(to: "https://corp.example/authorize?"))
            #expect(try away.parameter("login_hint") == ChosenName.trimmed(name))
        }
        #expect(fixture.sectors.posted.isEmpty, "the password went nowhere")
    }

    @Test func `where no address leads anywhere the page is as it was`() throws {
        for page in [
            browser.authorize("plain"), browser.authorize("own"), browser.send(.get, .login, [("local", "")]),
        ] {
            #expect(page.text.contains(Self.required) && page.text.contains(">User name<"))
        }
        let test = try UpstreamDomainTests(hasPassword: false, domains: [])
        let page = test.browser.authorize("two")
        #expect(!page.shows("username") && page.text.contains("At corp"))
        #expect(test.type("amy@corp.example", on: page).text.contains("could not be used any more"))
    }

    @Test(arguments: ["ann", "nobody", "ann@here.example", "amy@elsewhere.example"])
    func `a password that is missing is asked for, whoever it is`(name: String) throws {
        let page = browser.authorize()
        let before = try fixture.rows()
        let again = type(name, on: page)
        #expect(again.status == .ok && again.text.contains("enter your password as well"))
        #expect(again.text.contains("value=\"\(name)\"") && again.shows("password"))
        #expect(try fixture.rows() == before, "no try is counted")
        #expect(browser.login(on: again).leads(to: "https://app.example/callback?"))
    }

    @Test func `without a password of here an address is enough, and all that there is`() throws {
        let test = try UpstreamDomainTests(hasPassword: false)
        for (browser, page) in [(browser, browser.authorize("two")), (test.browser, test.browser.authorize())] {
            #expect(!page.shows("password") && page.shows("username") && page.text.contains(">E-mail address<"))
            #expect(page.text.contains("At corp") && page.text.contains("At partner") && page.shows("cancel"))
            let away = browser.login(on: page, ["username": "amy@corp.example", "password": nil])
            #expect(away.leads(to: "https://corp.example/authorize?"))
            #expect(try away.parameter("login_hint") == "amy@corp.example")
        }
    }

    @Test(arguments: ["amy@elsewhere.example", "ann", "amy@", "@corp"])
    func `an address that leads nowhere is said to, and a password counts for nothing`(name: String) throws {
        let page = browser.authorize("two")
        for password in [nil, HandlerFixture.password] {
            let again = type(name, password, on: page)
            #expect(again.status == .ok && again.text.contains("choose below where you sign in"))
            #expect(again.text.contains("value=\"\(name)\"") && !again.shows("password"))
        }
        #expect(throws: Missing.self) { try fixture.session() }
        #expect(type("amy@corp.example", on: page).leads(to: "https://corp.example/authorize?"))
    }

    @Test func `what was typed goes before the app's hint, and nowhere else`() throws {
        let hint: Change = ["login_hint": "bob", "ui_locales": "de"]
        let away = type("amy@corp.example", on: browser.authorize("app", hint))
        #expect(try away.parameter("login_hint") == "amy@corp.example")
        #expect(try away.parameter("ui_locales") == "de")
        let button = browser.send(.post, .upstream, browser.authorize("app", hint).hidden.fields, tail: "partner")
        #expect(try button.parameter("login_hint") == "bob")
        let back = browser.send(
            .get, .callback, ["error": "access_denied", "state": try away.parameter("state") ?? ""].fields,
            tail: "corp")
        #expect(back.error == "access_denied" && back[.location]?.text.contains("amy") == false)
    }

    @Test func `a page that says that it doesn't answer has what was typed`() throws {
        let page = browser.authorize()
        let away = type("amy@corp.example", on: page)
        let down = browser.send(
            .get, .callback,
            ["error": "temporarily_unavailable", "state": try away.parameter("state") ?? ""].fields, tail: "corp")
        #expect(down.status == .serviceUnavailable && down.text.contains("value=\"amy@corp.example\""))
    }

    @Test func `nothing but a short line of text is passed on`() throws {
        let page = browser.authorize()
        let odd = type("a\u{7}my@corp.example", on: page)
        #expect(odd.leads(to: "https://corp.example/authorize?"))
        #expect(try odd.parameter("login_hint") == nil)
        #expect(type(String(repeating: "a", count: 250) + "@corp.example", on: page).status == .badRequest)
    }

    @Test func `who was invited may type it as well, and stays invited`() throws {
        let users = UserAdministration(store: fixture.store, now: fixture.provider.now)
        let page = browser.send(
            .get, .account, [("token", try users.invite("ann", for: 3600).text)], tail: "invitation")
        #expect(!page.shows("password") && page.shows("username"))
        let again = type("ann", HandlerFixture.password, on: page)
        #expect(again.text.contains("choose below") && !again.shows("password"))
        let away = type("amy@corp.example", on: again)
        let state = try away.parameter("state") ?? ""
        let leg = try UpstreamAttempt(sealed: state, opening: fixture.provider.seal)
        #expect(leg.attempt.linking?.invitation != nil && leg.attempt.typedName == "amy@corp.example")
    }
}
