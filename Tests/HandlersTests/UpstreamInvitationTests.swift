import FCGIBridge
import Testing

@testable import Handlers
@testable import OIDCLogic

/// Whoever was invited becomes the user who was made for them, and nobody new, whatever happens on the way.
struct UpstreamInvitationTests {
    private let test: UpstreamFixture
    private var fixture: HandlerFixture { test.fixture }

    init() throws { test = try UpstreamFixture() }

    private func invite(_ name: String = "ann") throws -> (name: String, value: String) {
        let users = UserAdministration(store: fixture.store, now: fixture.provider.now)
        return ("token", try users.invite(name, for: 86_400).text)
    }

    private func open(_ token: (name: String, value: String), in other: HandlerBrowser? = nil) -> Response {
        (other ?? test.browser).send(.get, .account, [token], tail: "invitation")
    }

    private func expectAnn(_ page: Response) throws {
        #expect(!page.shows("password"), "it is the invitation's page")
        _ = try test.comeBack(try test.follow(page))
        #expect(try test.user().username == Username("ann"))
        #expect(try fixture.store.users(after: nil, limit: 9).count == 1)
    }

    @Test func `a page that was open for long leads on to the same`() throws {
        let page = open(try invite())
        fixture.now = fixture.now + fixture.provider.lifetimes.attempt
        try expectAnn(try test.follow(page))
    }

    @Test func `coming back too late leads on to the same`() throws {
        let away = try test.follow(open(try invite()))
        fixture.now = fixture.now + fixture.provider.lifetimes.attempt
        try expectAnn(try test.comeBack(away))
    }

    @Test func `so does an upstream that is down`() throws {
        let token = try invite()
        let away = try test.follow(open(token))
        let fields = ["error": "temporarily_unavailable", "state": try away.parameter("state") ?? ""]
        try expectAnn(test.browser.send(.get, .callback, fields.fields, tail: "corp"))
    }

    @Test func `so does an answer that came twice`() throws {
        let away = try test.follow(open(try invite()))
        let fields = ["error": "invalid_scope", "state": try away.parameter("state") ?? ""].fields
        let failed = test.browser.send(.get, .callback, fields, tail: "corp")
        #expect(!failed.text.contains("/authorize?"), "the way to begin anew is the link that they have")
        try expectAnn(test.browser.send(.get, .callback, fields, tail: "corp"))
    }

    @Test func `who is linked already has spent it`() throws {
        let token = try invite()
        try expectAnn(open(token))
        let second = try invite()
        let away = try test.follow(open(second))
        #expect(try test.comeBack(away).leads(to: "https://login.example/oidc/account/signed-in?"))
        #expect(open(second, in: HandlerBrowser(fixture)).status == .badRequest)
        let other = HandlerBrowser(fixture)
        let spent = try invite()
        let late = try test.follow(open(spent, in: other), in: other)
        _ = try test.comeBack(try test.follow(open(spent)))
        #expect(try test.comeBack(late, in: other).status == .badRequest, "once")
    }

    @Test func `who was to connect it and took too long is no other user`() throws {
        _ = test.browser.login(on: test.browser.authorize())
        let account = test.browser.send(.get, .account, [])
        let token = try account.hidden["token"].orThrow("the page has no token")
        let way = test.browser.send(.post, .account, [("token", token), ("connect", "corp")], tail: "ways")
        let away = try test.follow(way)
        fixture.now = fixture.now + fixture.provider.lifetimes.attempt
        #expect(try test.comeBack(away).status == .badRequest)
        #expect(try fixture.store.upstreamLink(UpstreamFixture.link) == nil)
    }
}
