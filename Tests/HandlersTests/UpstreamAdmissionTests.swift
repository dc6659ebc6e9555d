import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// A rule says who comes in, each time that they come; who was let in by a person is no concern of its.
struct UpstreamAdmissionTests {
    private static let rule = UpstreamAdmission.whoever("upstream ->> 'dept' = 'Sales'")

    private let test: UpstreamFixture

    init() throws { try self.init(isStraight: false) }

    private init(isStraight: Bool) throws {
        test = try UpstreamFixture(admission: Self.rule, isStraight: isStraight)
    }

    private func sessions() throws -> Int { try test.fixture.store.sessions(of: test.user().id, limit: 9).count }

    private func signIn(of department: String, _ change: Change = [:]) throws -> Response {
        try test.signIn(["dept": .string(department)], change, in: HandlerBrowser(test.fixture))
    }

    @Test func `whom it no longer holds for stays out, and has nothing left`() throws {
        #expect(try signIn(of: "Sales").parameter("code") != nil)
        #expect(try signIn(of: "Sales").parameter("code") != nil)
        #expect(try sessions() == 2)
        #expect(try signIn(of: "Board").status == .forbidden)
        #expect(try sessions() == 0, "in no browser")
        let rows = try test.fixture.store.auditRecords(matching: AuditQuery(), before: nil, limit: 2)
        #expect(rows.map(\.event) == [.userSignedOut, .userGone])
        #expect(rows.allSatisfy { $0.actor.who == .upstream(UpstreamName("corp")) })
        #expect(try test.check()?.sealedTokens == nil, "nor is it asked about them")

        #expect(try signIn(of: "Sales").parameter("code") != nil, "and comes in again where it holds again")
        #expect(try test.fixture.store.users(after: nil, limit: 9).count == 2, "as the same user")
    }

    @Test func `a silent sign-in that it refuses is told to the app`() throws {
        let test = try UpstreamAdmissionTests(isStraight: true)
        #expect(try test.signIn(of: "Sales").parameter("code") != nil)
        #expect(try test.signIn(of: "Board", ["prompt": "none"]).parameter("error") == "access_denied")
        #expect(try test.sessions() == 0)
    }

    @Test func `who was invited comes in whatever it says`() throws {
        let users = UserAdministration(store: test.fixture.store, now: test.fixture.provider.now)
        let token = try users.invite("ann", for: 86_400).text
        let page = test.browser.send(.get, .account, [("token", token)], tail: "invitation")
        _ = try test.comeBack(try test.follow(page), ["dept": "Board"])
        #expect(try test.user().username == Username("ann"))
        #expect(try signIn(of: "Board").parameter("code") != nil)
        #expect(try sessions() == 2)
    }
}
