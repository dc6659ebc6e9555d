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

    @Test func `every page is found by its own address`() {
        for (index, route) in ConsoleRoute.all.enumerated() {
            let parts = route.path.description.split(separator: "/").map { $0.hasPrefix("{") ? "x" : String($0) }
            let first = ConsoleRoute.all.firstIndex { $0.path.match(parts) != nil }
            #expect(first == index, "\(route.path.description)")
        }
    }

    // Each gives somebody what a new secret or a role would.
    @Test(arguments: ["apps/app/change", "new-app/service", "new-group", "new-user", "apps/app/secret"])
    func `what gives rights wants a fresh sign-in`(path: String) throws {
        let token = try token(on: get(path))
        fixture.now = fixture.now + 16 * 60
        let asked = get(path)
        #expect(asked.leads(to: "https://login.example/oidc/authorize?"))
        #expect(try asked.parameter("prompt") == "login")
        // No form leads to where people sign in: browsers would hold a redirect to an upstream against `form-action`.
        let form = post(path, [("token", token), ("name", "x"), ("client_name", "x")])
        #expect(form.status == .badRequest && form.text.contains("This page is too old"))
        #expect(form.text.contains("href=\"https://login.example/oidc/admin/\(path)\""))
        #expect(try fixture.store.client(ClientID("app"))?.metadata.name == nil)
    }

    @Test func `a form of a session that is over changes nothing, and leads back to its page`() throws {
        let token = try token(on: get("new-role"))
        browser.cookies = [:]
        let form = post("new-role", [("token", token), ("name", "x")])
        #expect(form.status == .badRequest && form.text.contains("href=\"https://login.example/oidc/admin/new-role\""))
        #expect(try fixture.store.catalogue().role("x", for: .console) == nil)
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

    // An app that registers itself chooses how its keys look.
    @Test func `a client that is as deep as may come in is shown in lists and in the log`() throws {
        let key = String(repeating: "[", count: 28) + String(repeating: "]", count: 28)
        let members =
            #"{"redirect_uris":["https://a.example/"],"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"#
            + #""MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","#
            + #""more":\#(key)}]}}"#
        var client = try #require(try fixture.store.client(ClientID("app")))
        client.metadata = try ClientMetadata(JSON(parsing: Array(members.utf8)))
        try fixture.store.replace(client)
        for path in ["apps", "audit"] { #expect(get(path).status == .ok, "\(path)") }
    }

    // An app chooses its id.
    @Test func `an app that is called like a user is told from them in the log`() throws {
        let actor = AuditActor(.client(ClientID("ann")), by: .registration)
        try fixture.store.acting(as: actor, at: fixture.now) {
            try fixture.store.add(DefinedScope(ScopeName("reports")))
        }
        #expect(get("audit", query: "event=scope.").text.contains("<bdi>app ann</bdi>"))
    }

    @Test func `a dry run for somebody who isn't there says so at once`() throws {
        let page = get("apps/app/try", query: "tried=yes&user=nobody&scope=openid")
        #expect(page.text.contains("there is no user") && page.text.contains("user-error"))
        #expect(!page.text.contains("Did you mean"))
    }

    @Test func `a dry run may be reloaded, and says from where it was thought to be asked`() throws {
        try fixture.store.add(try fixture.user("bob", "another-user"))
        for _ in 0..<2 {
            let page = get("apps/app/try", query: "tried=yes&user=bob&scope=openid")
            #expect(page.status == .ok && page.text.contains("from an unknown address"))
        }
        let query = FormEncoding.encode([("tried", "yes"), ("user", "bob"), ("address", "192.0.2.7"), ("acr", "urn:a")])
        let page = get("apps/app/try", query: query)
        #expect(page.text.contains("from 192.0.2.7, and the user has signed in with acr urn:a"))
        #expect(
            page.text.contains(#"value="192.0.2.7""#) && page.text.contains(#"value="urn:a""#), "as it was filled in")
        let own = get("apps/app/try", query: "tried=yes&user=ann")
        #expect(own.text.contains("from 127.0.0.1"))
        let twice = get("apps/app/try", query: "tried=yes&scope=openid&scope=email")
        #expect(twice.text.contains("can’t be shown"))
    }

    @Test func `a dry run of a service is about no user`() throws {
        try fixture.add(
            "batch", metadata: ["redirect_uris": [], "grant_types": ["client_credentials"], "scope": "openid"])
        let form = get("apps/batch/try")
        #expect(!form.shows("user") && !form.shows("prompt") && !form.shows("address") && !form.shows("acr"))
        let page = get("apps/batch/try", query: "tried=yes&scope=")
        #expect(page.status == .ok && page.text.contains("In the access token"))
        #expect(page.text.contains("https://login.example/oidc/token") && !page.text.contains("In the ID token"))
    }
}
