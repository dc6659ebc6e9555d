import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// What guards the console, beside what a browser shows of it.
struct ConsoleHandlerTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        let roles = RoleAdministration(store: fixture.store)
        _ = try roles.createOwn()
        var ann = try #require(try fixture.store.user(named: Username("ann")))
        ann.roles = [RoleID(AdministrationScope.admin.rawValue)]
        try fixture.store.replace(ann, ending: .nothing)
        _ = browser.login(on: browser.authorize())
    }

    private func get(_ path: String, query: String = "") -> Response { send(.get, path, query: query) }

    private func post(_ path: String, _ fields: [(name: String, value: String)]) -> Response {
        send(.post, path, body: FormEncoding.encode(fields))
    }

    private func send(_ method: Method, _ path: String, query: String = "", body: String = "") -> Response {
        fixture.respond(
            .console,
            Request(
                method: method, handler: "console", tail: path, query: query, body: Array(body.utf8),
                headers: [
                    "Cookie": browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "),
                    "Content-Type": "application/x-www-form-urlencoded",
                ]))
    }

    private func token(on page: Response) throws -> String { try page.hidden["token"].orThrow(page.text) }

    /// Where a browser asks from then on.
    @Test(
        arguments: [
            ("", ""), ("apps", "apps"), ("apps/a%2Fb", "apps/a%2Fb"),
            ("apps/a?done=removed", "apps/a%3Fdone%3Dremoved"),
            ("apps/a\\..\\b", "apps/a%5C..%5Cb"), ("apps/\u{2603}#", "apps/%E2%98%83%23"),
            ("../../remove", ""), ("%2e%2e/%2E./remove", ""), ("./x/remove", ""), ("apps/..", ""),
            ("//evil.example/x/remove", ""), ("https://evil.example/", ""), ("nothing", ""),
        ])
    func `after the sign-in, nobody is led out of the console`(state: String, path: String) {
        let response = get("signed-in", query: FormEncoding.encode([("state", state), ("code", "any")]))
        #expect(response[.location]?.text == "https://login.example/oidc/admin/\(path)")
    }

    @Test(arguments: ["apps/..", "apps/%2E%2e", "./x/remove"])
    func `what no browser can ask for is no page`(path: String) { #expect(get(path).status == .notFound) }

    @Test(arguments: ["apps/nobody", "apps/nobody/secret", "users/nobody", "roles/nothing/remove", "new-app/nothing"])
    func `a page of what isn't there is not found`(path: String) { #expect(get(path).status == .notFound) }

    // Each gives somebody what a new secret or a role would.
    @Test(arguments: ["apps/app/change", "new-app/service", "new-group", "new-user", "apps/app/secret"])
    func `what gives rights wants a fresh sign-in`(path: String) throws {
        let token = try token(on: get(path))
        fixture.now = fixture.now + 16 * 60
        for response in [get(path), post(path, [("token", token), ("name", "x"), ("client_name", "x")])] {
            #expect(response.leads(to: "https://login.example/oidc/authorize?"))
            #expect(try response.parameter("prompt") == "login")
        }
        #expect(try fixture.store.client(ClientID("app"))?.metadata.name == nil)
    }

    @Test func `an app's settings are shown once they may be changed`() throws {
        #expect(get("apps/app").shows("redirect_uris"))
        fixture.now = fixture.now + 16 * 60
        let page = get("apps/app")
        #expect(page.status == .ok && !page.shows("redirect_uris") && page.text.contains("/oidc/admin/apps/app/change"))
    }

    @Test func `the console's own app stays as it is made`() throws {
        browser.cookies = [:]
        _ = get("")
        let made = try #require(try fixture.store.client(.console))
        var changed = made
        changed.isFirstParty = false
        changed.metadata.redirectURIs.append(try RedirectURI(registering: "https://evil.example/", for: .web))
        try fixture.store.replace(changed)
        _ = get("")
        let now = try #require(try fixture.store.client(.console))
        #expect(now.metadata == made.metadata && now.isFirstParty)
    }

    @Test func `a dry run for somebody who isn't there says so at once`() throws {
        let token = try token(on: get("apps/app/try"))
        let page = post("apps/app/try", [("token", token), ("username", "nobody"), ("scope", "openid")])
        #expect(page.status == .notFound && page.text.contains("there is no user"))
        #expect(!page.text.contains("Did you mean"))
    }
}
