import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// Apps that registered themselves, and that no administrator has looked at (RFC 9700 §4.11.2): a link to us is no link to
/// them.
struct UnknownAppTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        let out: [String: JSON] = ["post_logout_redirect_uris": ["https://evil.example/out"]]
        try fixture.addRegistered("evil", metadata: out)
        try fixture.add("good", metadata: ["post_logout_redirect_uris": ["https://good.example/out"]])
        try fixture.addRegistered("approved", needsApproval: true)
    }

    @Test func `nobody is sent to one by a link that asks for what can't be`() throws {
        let page = browser.authorize("evil", ["response_type": "x"])
        #expect(page.status == .badRequest && page[.location] == nil)
        #expect(page.text.contains("https://evil.example/callback?error=unsupported_response_type"), "but may go")
        for app in ["app", "approved"] {
            #expect(browser.authorize(app, ["response_type": "x"]).leads(to: "https://\(app).example/callback?error="))
        }
        #expect(
            browser.authorize("evil", ["prompt": "none"]).error == "login_required",
            "a silent request is answered: nobody is led anywhere by it")
    }

    @Test func `who is signed in, or has seen its name, is sent on`() throws {
        let turnedBack = browser.login(on: browser.authorize("evil"), ["cancel": "yes"])
        #expect(turnedBack.leads(to: "https://evil.example/callback?error=access_denied"))
        _ = try browser.code()
        #expect(browser.authorize("evil", ["response_type": "x"]).leads(to: "https://evil.example/callback?error="))
    }

    // OpenID Connect RP-Initiated Logout 1.0 §3
    @Test func `nor by a sign-out without a hint`() throws {
        func signOut(_ app: String) -> Response {
            browser.send(
                .get, .logout,
                [("client_id", app), ("post_logout_redirect_uri", "https://\(app).example/out")])
        }
        let page = signOut("evil")
        #expect(page.status == .ok && page[.location] == nil)
        #expect(page.text.contains("href=\"https://evil.example/out\""), "there is a button that leads there")
        #expect(!page.text.contains("http-equiv=\"refresh\"") && !page.text.contains("<script"))
        #expect(signOut("good").leads(to: "https://good.example/out"))
    }

    // §2, and §3 of the same.
    @Test func `nor by one that names nobody: whoever is there is asked, and stays`() throws {
        func signOut() -> Response {
            browser.send(.get, .logout, [("post_logout_redirect_uri", "https://evil.example/out"), ("state", "s")])
        }
        #expect(signOut().text.contains("You are signed out"), "nobody is there")
        _ = try browser.code()
        let page = signOut()
        #expect(page.status == .ok && page.text.contains("Sign out?"))
        let done = browser.send(.post, .logout, page.hidden.fields)
        #expect(done.status == .ok && done[.location] == nil && done.text.contains("You are signed out"))
        #expect(!done.text.contains("evil.example") && !page.text.contains("evil.example"))
        let notices = fixture.logged.filter { $0.contains("nobody is sent there") }
        #expect(notices.count == 2 && notices.allSatisfy { $0.contains("evil.example") }, "one for each request")
        #expect(browser.authorize("good", ["prompt": "none"]).error == "login_required")
    }

    // §4: "the information that failed to validate MUST NOT be used".
    @Test(arguments: [
        ["id_token_hint": "e30.e30.e30"], ["id_token_hint": "e30.e30.e30", "client_id": "good"], ["client_id": "gone"],
    ])
    func `nor by one whose app can't be told: whoever is there is asked, and stays`(request: [String: String]) throws {
        func signOut() -> Response {
            browser.send(
                .get, .logout,
                request.merging(["post_logout_redirect_uri": "https://good.example/out", "state": "s"]) { $1 }.fields)
        }
        #expect(signOut().text.contains("You are signed out"), "nobody is there")
        _ = try browser.code()
        let page = signOut()
        #expect(page.status == .ok && page.text.contains("Sign out?"))
        #expect(page.text.contains("We don’t recognise the app") && page.text.contains("class=\"reference\""))
        #expect(!page.text.contains("good.example") && !page.text.contains("name=\"id_token_hint\""))
        #expect(browser.send(.get, .logout, []).text.contains("recognise") == false, "nobody was named")
        let done = browser.send(.post, .logout, page.hidden.fields)
        #expect(done.status == .ok && done[.location] == nil && done.text.contains("You are signed out"))
        #expect(browser.authorize("good", ["prompt": "none"]).error == "login_required")
        #expect(
            fixture.logged.filter { $0.contains("refused") && $0.contains("logout") }.count == 2, "one for each request"
        )
    }

    @Test func `what it was that couldn't be told, an administrator is told`() throws {
        _ = try browser.code()
        for (id, query, difference) in [
            ("3f9a1c100001", "id_token_hint=x", "id_token_hint was malformed"),
            ("3f9a1c100002", "client_id=goof", "the nearest id that is registered now: good"),
        ] {
            _ = fixture.respond(.logout, Request(handler: "logout", query: query, id: id))
            fixture.store.settleObservations()
            let explained = try RefusalAdministration(store: fixture.store).explain(id)
            #expect(explained.differences == [difference])
        }
    }

    @Test func `a frame or a script signs nobody out`() throws {
        _ = try browser.code()
        #expect(browser.send(.get, .logout, [("client_id", "good")], mode: "no-cors").status == .forbidden)
        #expect(browser.send(.get, .logout, [("client_id", "good")]).status == .ok)
    }
}
