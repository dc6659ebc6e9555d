import FCGIBridge
import Testing

@testable import Handlers
@testable import OIDCLogic

/// Where everybody signs in at an upstream, administrators with a password here still come in.
struct LocalDoorTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws { try self.init(admitsAdministrators: true) }

    private init(admitsAdministrators: Bool) throws {
        let corp = Upstream(
            name: UpstreamName("corp"), title: "Corp", issuer: WebURI(stored: "https://corp.example"),
            clientID: "broker", authentication: .basic, scope: Scope(names: ["openid"]))
        fixture = try HandlerFixture(
            signIn: SignInOptions(
                upstreams: [corp], hasPassword: false, admitsAdministrators: admitsAdministrators, straight: corp.name))
        browser = HandlerBrowser(fixture)
        try fixture.store.add(Role(RoleID("postern:admin")))
    }

    private func makeAdministrator() throws {
        var ann = try fixture.store.user(named: Username("ann")).orThrow("no user")
        ann.roles = [RoleID("postern:admin")]
        try fixture.store.replace(ann, ending: .nothing)
    }

    @Test func `an administrator signs in to the console there`() throws {
        try makeAdministrator()
        let page = browser.send(.get, .login, [("local", "")])
        #expect(page.status == .ok && page.shows("password") && !page.text.contains("Corp"))
        #expect(browser.login(on: page).leads(to: "https://login.example/oidc/admin/signed-in?"))
        let again = browser.authorize("app", ["prompt": "login"])
        #expect(again.shows("password"), "who came by a password proves themselves by it again")
        #expect(browser.login(on: again).leads(to: "https://app.example/callback?"))
    }

    @Test func `anybody else is told that the password is wrong`() throws {
        let page = browser.send(.get, .login, [("local", "")])
        let answer = browser.login(on: page)
        #expect(answer.status == .ok && answer.text.contains("is not right") && answer.shows("password"))
        #expect(browser.login(on: answer).text.contains("is not right"), "as often as they try")
        #expect(throws: Missing.self) { try fixture.session() }
    }

    @Test func `a page without a password takes none`() throws {
        try makeAdministrator()
        let away = browser.authorize()
        #expect(away.leads(to: "https://login.example/oidc/upstream/corp?"))
        fixture.sectors.fail(.unreachable("down"), at: "https://corp.example/.well-known/openid-configuration")
        let page = browser.send(.get, .upstream, try away.answer, tail: "corp")
        #expect(page.status == .serviceUnavailable && !page.shows("password"))
        #expect(!browser.login(on: page).leads(to: "https://app.example"))
        #expect(throws: Missing.self) { try fixture.session() }
    }

    @Test func `the door can be shut`() throws {
        let test = try LocalDoorTests(admitsAdministrators: false)
        try test.makeAdministrator()
        #expect(!test.browser.send(.get, .login, [("local", "")]).shows("password"))
    }
}
