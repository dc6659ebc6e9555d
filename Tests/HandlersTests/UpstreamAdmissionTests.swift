import FCGIBridge
import JOSE
import StoreContract
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

    // A machine that stalls, or groups that are to be fetched elsewhere, are no word about anybody.
    @Test(
        arguments: [
            ("json_extract(upstream ->> 'dept', '$.x') = 'Sales'", ["dept": "{"]),
            (
                "EXISTS (SELECT 1 FROM json_each(upstream, '$.groups') WHERE value = 'staff')",
                ["_claim_names": ["groups": "src1"]]
            ),
        ] as [(String, [String: JSON])])
    func `what can't be computed keeps out, and ends nothing`(rule: String, claims: [String: JSON]) throws {
        let test = try UpstreamFixture(admission: .whoever(rule))
        _ = try test.signIn(["dept": #"{"x": "Sales"}"#, "groups": ["staff"]])
        #expect(try test.fixture.store.sessions(of: test.user().id, limit: 9).count == 1)
        let answer = try test.signIn(claims, in: HandlerBrowser(test.fixture))
        #expect(answer.status == .badGateway, "and says that an administrator has to look")
        #expect(try test.fixture.store.sessions(of: test.user().id, limit: 9).count == 1)
        #expect(try test.check()?.sealedTokens != nil)
    }

    private func openInvitation(of name: String) throws -> Response {
        let users = UserAdministration(store: test.fixture.store, now: test.fixture.provider.now)
        let token = try users.invite(name, for: 86_400).text
        return test.browser.send(.get, .account, [("token", token)], tail: "invitation")
    }

    @Test func `whoever came by it may be invited, and then needs it no more`() throws {
        _ = try signIn(of: "Sales")
        _ = try test.comeBack(try test.follow(try openInvitation(of: "amy")), ["dept": "Board"])
        #expect(try test.fixture.store.upstreamLink(UpstreamFixture.link)?.isByHand == true)
        #expect(try signIn(of: "Board").parameter("code") != nil)
        #expect(try sessions() == 3)
    }

    @Test func `nobody lifts it by connecting what it keeps out`() throws {
        let seal = test.fixture.provider.seal
        func linked(_ department: String, isInvited: Bool) throws -> UpstreamUser {
            let identity = try UpstreamIdentity.fixture(
                "amy-1", ["dept": .string(department)], of: test.upstream, at: test.fixture.now)
            let user = try test.fixture.store.user(named: Username("ann")).orThrow("no user")
            return try identity.linked(
                to: user, isInvited: isInvited, by: test.upstream, tokens: nil, opening: seal,
                catalogue: try test.fixture.store.catalogue(), evaluator: test.fixture.provider.upstreamExpressions,
                at: test.fixture.now)
        }
        #expect(throws: UpstreamRefusal.self) { try linked("Board", isInvited: false) }
        #expect(try !linked("Sales", isInvited: false).link.isByHand)
        #expect(try linked("Board", isInvited: true).link.isByHand)
    }

    @Test func `who was invited comes in whatever it says`() throws {
        _ = try test.comeBack(try test.follow(try openInvitation(of: "ann")), ["dept": "Board"])
        #expect(try test.user().username == Username("ann"))
        #expect(try signIn(of: "Board").parameter("code") != nil)
        #expect(try sessions() == 2)
    }
}
