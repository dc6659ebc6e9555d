import FCGIBridge
import OIDCLogic
import Testing

@testable import Handlers

/// OpenID Connect Core §3.1.2.4.
struct ConsentHandlerTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
    }

    /// The consent page right after signing in.
    private func consentPage(_ change: Change = [:]) throws -> Response {
        let redirect = browser.login(on: browser.authorize("third", change))
        #expect(redirect.status == .seeOther)
        #expect(redirect.leads(to: "https://login.example/oidc/authorize?attempt="))
        let page = try browser.follow(redirect)
        #expect(page.shows("decision"))
        return page
    }

    private func consent() throws -> Consent? {
        try fixture.store.consent(of: UserID("7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11"), to: ClientID("third"))
    }

    @Test func `allowed right after signing in: a code, tokens, and it is remembered`() throws {
        let response = browser.allow(on: try consentPage())
        #expect(response.status == .seeOther)
        #expect(response.leads(to: "https://third.example/callback?code="))
        #expect(try consent()?.scope.names == ["openid", "email"])
        let code = try response.parameter("code").orThrow("no code")
        #expect(browser.token(code, of: "third").status == .ok)
        #expect(browser.authorize("third").leads(to: "https://third.example/callback?code="), "nobody is asked again")
    }

    @Test func `allowed in a session: a code, and it is remembered`() throws {
        _ = try browser.code("app")
        let page = browser.authorize("third")
        #expect(page.shows("decision"))
        #expect(browser.allow(on: page).leads(to: "https://third.example/callback?code="))
        #expect(try consent() != nil)
    }

    @Test func `more than was allowed is asked for, and added`() throws {
        _ = try browser.code("third")
        let page = browser.authorize("third", ["scope": "openid phone"])
        #expect(page.shows("decision"))
        #expect(browser.allow(on: page).leads(to: "https://third.example/callback?code="))
        #expect(try consent()?.scope == Scope(names: ["openid", "email", "phone"]))
    }

    @Test(arguments: ["deny", "", "ALLOW", nil])
    func `whatever isn't "allow" is access_denied, and remembered as nothing`(decision: String?) throws {
        let page = try consentPage()
        let before = try fixture.rows()
        let response = browser.allow(on: page, ["decision": decision])
        #expect(response.leads(to: "https://third.example/callback?error=access_denied&"))
        #expect(try response.parameter("state") == "the state")
        #expect(try fixture.rows() == before)
    }

    @Test func `a double click on allow is no mistake`() throws {
        let page = try consentPage()
        #expect(browser.allow(on: page).leads(to: "https://third.example/callback?code="))
        let before = try fixture.rows()
        #expect(browser.allow(on: page).leads(to: "https://third.example/callback?code="))
        #expect(try fixture.rows() == before)
    }

    @Test func `what was allowed and taken back since isn't allowed by the same page`() throws {
        let page = try consentPage()
        _ = browser.allow(on: page)
        _ = try fixture.store.disconnect(ClientID("third"), from: fixture.session().userID)
        let again = browser.allow(on: page)
        #expect(again.shows("decision"), "the user is asked anew")
        #expect(try fixture.store.consent(of: fixture.session().userID, to: ClientID("third")) == nil)
        #expect(browser.allow(on: again).leads(to: "https://third.example/callback?code="))
    }

    /// What came instead of a good consent form.
    enum Fault: String, CaseIterable {
        case noToken, noAttempt, otherBrowser, script
    }

    @Test(arguments: Fault.allCases)
    func `a faulty form allows nothing`(fault: Fault) throws {
        let page = try consentPage()
        let before = try fixture.rows()
        let response: Response
        switch fault {
        case .noToken: response = browser.allow(on: page, ["token": nil])
        case .noAttempt: response = browser.allow(on: page, ["attempt": nil])
        case .otherBrowser:
            let stranger = HandlerBrowser(fixture)
            stranger.cookies = browser.cookies
            _ = HandlerBrowser(fixture).authorize()
            stranger.cookies["__Host-postern-browser"] = BrowserToken(random: fixture.provider.random).text
            response = stranger.allow(on: page)
        case .script: response = browser.allow(on: page, mode: "cors")
        }
        #expect((400..<500).contains(response.status.code))
        #expect(response[.location] == nil)
        #expect(try fixture.rows() == before)
        #expect(try consent() == nil)
    }

    /// In another tab, as the same user.
    private func signOutAndIn() {
        let page = browser.send(.get, .logout, [])
        _ = browser.send(.post, .logout, page.hidden.fields)
        _ = browser.login(on: browser.authorize("app"))
    }

    /// Whose page it isn't any more, or never was.
    enum Staleness: String, CaseIterable {
        case sameUserAgain, otherUser, otherScope, tokenOfLogin, attemptOfLogin
    }

    @Test(arguments: Staleness.allCases)
    func `a form of another session or page allows nothing, and whoever is signed in is asked anew`(
        staleness: Staleness
    ) throws {
        let login = browser.authorize("third")
        let page = try consentPage()
        try fixture.store.add(fixture.user("bob", "bob"))
        var change: Change = [:]
        switch staleness {
        case .sameUserAgain: signOutAndIn()
        case .otherUser: _ = browser.login(on: browser.authorize("app", ["prompt": "login"]), as: "bob")
        case .otherScope: change["token"] = browser.authorize("third", ["scope": "openid"]).hidden["token"]
        case .tokenOfLogin: change["token"] = login.hidden["token"]
        case .attemptOfLogin: change["attempt"] = login.hidden["attempt"]
        }
        let before = try fixture.rows()
        let again = browser.allow(on: page, change)
        #expect(again.status == .ok && again[.location] == nil && again.shows("decision"))
        #expect(try fixture.rows() == before && consent() == nil)
        let denied = browser.allow(on: page, change.merging(["decision": "deny"]) { $1 })
        #expect(
            denied.leads(to: "https://third.example/callback?error=access_denied"), "also where it is allowed by then")
        #expect(browser.allow(on: again).leads(to: "https://third.example/callback?code="))
    }

    @Test func `whoever signed out and in again is asked anew by a request that wants a sign-in too`() throws {
        let page = try browser.follow(browser.login(on: browser.authorize("third", ["prompt": "login"])))
        signOutAndIn()
        #expect(browser.allow(on: page).shows("password"))
        #expect(try consent() == nil)
    }

    @Test func `a disabled user can allow nothing`() throws {
        let page = try consentPage()
        let user = try fixture.user("ann", "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11", isDisabled: true)
        try fixture.store.replace(user, ending: .everything)
        #expect(browser.allow(on: page).shows("password"))
        #expect(try consent() == nil)
    }

    @Test func `a client that is removed while it is allowed gets nothing, and its user is told`() throws {
        let page = try consentPage()
        fixture.beforeWriting { [store = fixture.store] in _ = try store.removeClient(ClientID("third")) }
        let response = browser.allow(on: page)
        #expect(response.status == .badRequest)
        #expect(response.text.contains("We don’t know this app"))
        #expect(response[.location] == nil)
        #expect(try consent() == nil)
    }

    @Test func `a user who is removed while they allow is asked to sign in`() throws {
        let page = try consentPage()
        fixture.beforeWriting { [store = fixture.store] in
            _ = try store.removeUser(UserID("7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11"))
        }
        let response = browser.allow(on: page)
        #expect(response.status == .ok && response.shows("password"))
        #expect(response.text.contains("role=\"alert\""), "and told that the page served no more")
        #expect(try consent() == nil)
    }

    @Test func `a page that is an hour old begins anew`() throws {
        let page = try consentPage()
        fixture.now = fixture.now + 3600
        #expect(browser.allow(on: page).shows("password"))
        #expect(try consent() == nil)
    }

    // Going back to the address after the sign-in must not stand for a sign-in.
    @Test func `prompt login counts for a minute after its page`() throws {
        let redirect = browser.login(on: browser.authorize("third", ["prompt": "login"]))
        #expect(try browser.follow(redirect).shows("decision"))
        fixture.now = fixture.now + 60
        #expect(try browser.follow(redirect).shows("password"))
    }

    // What one browser has done counts in that one alone, also where the same user is signed in in both.
    @Test func `an attempt in another browser has no sign-in`() throws {
        let redirect = browser.login(on: browser.authorize("third", ["prompt": "login"]))
        let stranger = HandlerBrowser(fixture)
        #expect(try stranger.follow(redirect).shows("password"))
        _ = stranger.login(on: stranger.authorize())
        #expect(try stranger.follow(redirect).shows("password"))
        #expect(try browser.follow(redirect).shows("decision"))
    }

    // RFC 8252 §8.6
    @Test func `consent isn't remembered for who can be impersonated, and the code is good`() throws {
        let uri = "http://127.0.0.1:4711/cb"
        try fixture.add(
            "native", isFirstParty: false,
            metadata: [
                "application_type": "native", "token_endpoint_auth_method": "none",
                "redirect_uris": ["http://127.0.0.1/cb"],
            ])
        let code = try browser.code("native", ["redirect_uri": uri])
        let token = browser.token(code, of: "native", ["redirect_uri": uri, "client_secret": nil])
        #expect(token.status == .ok)
        #expect(try fixture.rows().filter { $0.hasPrefix("consent") }.isEmpty)
        #expect(browser.authorize("native", ["redirect_uri": uri]).shows("decision"))
    }
}
