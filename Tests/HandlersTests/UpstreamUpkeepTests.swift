import Testing

@testable import Handlers
@testable import OIDCLogic
@testable import SQLiteStore

/// Upstreams are asked about their users while these are away.
struct UpstreamUpkeepTests {
    private let test: UpstreamFixture
    private var fixture: HandlerFixture { test.fixture }

    init() throws { test = try UpstreamFixture() }

    @Test func `whoever waits too long for it is seen to`() throws {
        _ = try test.signIn()
        #expect(try fixture.store.oldestUpstreamCheck(by: UpstreamFixture.issuer, at: fixture.now) == nil)
        fixture.now = fixture.now + 300 + UpstreamCheck.lateness
        let upstreams = UpstreamAdministration(fixture.provider)
        #expect(try upstreams.upstream("corp").standing == "re-checks are late")
        test.answer(#"{"access_token": "at-2"}"#)
        #expect(UpstreamUpkeep(fixture.provider, within: UpstreamBudget()).look(), "there may be more to ask")
        #expect(try upstreams.upstream("corp").checksLateSince == nil)
    }

    @Test func `one that does not answer is asked again after a while`() throws {
        _ = try test.signIn()
        let former = try test.check().orThrow("no link")
        fixture.now = fixture.now + 301
        fixture.sectors.fail(.unreachable("down"), at: UpstreamFixture.issuer + "/token")
        _ = UpstreamUpkeep(fixture.provider, within: UpstreamBudget()).look()
        let check = try test.check().orThrow("no link")
        #expect(check.at == former.at && check.nextAt.map { $0 > fixture.now } == true, "and again later")
    }

    @Test(arguments: [true, false])
    func `a clock that is set back keeps nobody from being asked about`(restarts: Bool) throws {
        let (now, upkeep) = (fixture.now, UpstreamUpkeep(fixture.provider, within: UpstreamBudget()))
        fixture.now = now + 3600
        _ = try test.signIn()
        _ = upkeep.look()
        fixture.now = now
        test.makeGone()
        if restarts { test.look() } else { _ = upkeep.look() }
        #expect(try test.sessions() == 0)
    }

    @Test func `who is gone keeps no role that they had by the upstream alone`() throws {
        let sales = "upstream ->> 'dept' = 'Sales'"
        let test = try UpstreamFixture(UpstreamMapping(roles: [RoleID("editor"): sales, RoleID("auditor"): sales]))
        try test.fixture.store.add(Role(RoleID("auditor")))
        _ = try test.signIn(["dept": "Engineering"])
        try test.change { $0.roles = [RoleID("auditor")] }
        _ = try test.signIn(["dept": "Sales"], in: HandlerBrowser(test.fixture))
        #expect(try test.user().roles == [RoleID("editor"), RoleID("auditor")])

        test.fixture.now = test.fixture.now + 301
        test.answer(#"{"error": "invalid_grant"}"#, status: 400)
        _ = UpstreamUpkeep(test.fixture.provider, within: UpstreamBudget()).look()
        #expect(try test.user().roles.count == 2, "who only has to sign in again keeps all")
        _ = try test.signIn(["dept": "Sales"], in: HandlerBrowser(test.fixture))
        test.fixture.now = test.fixture.now + 301
        test.answer(#"{"error": "invalid_grant"}"#, status: 400)
        test.fixture.sectors.publish("", status: 401, at: UpstreamFixture.issuer + "/userinfo")
        _ = UpstreamUpkeep(test.fixture.provider, within: UpstreamBudget()).look()
        #expect(try test.fixture.store.sessions(of: test.user().id, limit: 9).isEmpty)
        #expect(try test.user().roles == [RoleID("auditor")], "that one was given here")
    }
}
