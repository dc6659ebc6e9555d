import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// Who may do what: what a caller holds as of now, and that nobody gives what they don't hold.
struct AdministrationCallerTests {
    private static let names = ["postern:admin", "postern:clients:read", "postern:users:write", "reports"]
    private let catalogue = ScopeCatalogue(
        scopes: [], roles: Self.names.map { Role(RoleID($0)) },
        groups: [Group(GroupName("helpdesk"), roles: [RoleID("postern:users:write")])])

    /// Somebody who is signed in to the console.
    private func person(_ roles: [String] = [], groups: [String] = []) throws -> AdministrationCaller {
        let user = User(
            id: UserID("sub"), username: Username("ann"), passwordHash: nil, isDisabled: false, attributes: [:],
            roles: Set(roles.map { RoleID($0) }), groups: Set(groups.map { GroupName($0) }),
            createdAt: HandlerFixture.noon, updatedAt: HandlerFixture.noon)
        let session = Session(
            id: SessionID("session"), userID: user.id, authTime: HandlerFixture.noon, amr: [], acr: "1",
            createdAt: HandlerFixture.noon, lastUsedAt: HandlerFixture.noon, expiresAt: HandlerFixture.noon + 60,
            sidKey: [])
        let signedIn = try #require(SignedIn(session, of: user, idle: 60, at: HandlerFixture.noon))
        return AdministrationCaller(signedIn, in: catalogue)
    }

    @Test func `a caller may what they hold, by a role of their own or of their group`() throws {
        let caller = try person(["postern:clients:read"], groups: ["helpdesk"])
        #expect(caller.may(.readClients) && caller.may(.writeUsers))
        #expect(!caller.may(.writeClients) && !caller.may(.readUsers) && !caller.may(.admin))
        #expect(caller.mayAnything)
    }

    @Test func `whoever holds all may all`() throws {
        let caller = try person(["postern:admin"])
        #expect(AdministrationScope.allCases.allSatisfy(caller.may))
        try caller.requireHeld(Self.names, "the user has the role")
    }

    @Test func `roles that open nothing of Postern count for nothing`() throws {
        #expect(try !person(["reports"]).mayAnything)
    }

    @Test(
        arguments: [
            ([], true), (["reports", "openid"], true), (["postern:clients:read"], true),
            (["postern:clients:read", "postern:users:write"], false), (["postern:admin"], false),
            (["postern:unheard-of"], false),
        ] as [([String], Bool)])
    func `nobody gives what they don't hold`(names: [String], isAllowed: Bool) throws {
        let caller = try person(["postern:clients:read"])
        if isAllowed {
            try caller.requireHeld(names, "a client would be allowed")
        } else {
            let problem = #expect(throws: AdministrationProblem.self) {
                try caller.requireHeld(names, "a client would be allowed")
            }
            #expect(problem?.status == .forbidden && problem?.detail.contains(names.last ?? "") == true)
        }
    }
}
