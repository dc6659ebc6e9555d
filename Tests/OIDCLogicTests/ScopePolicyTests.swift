import JOSE
import Testing

@testable import OIDCLogic

/// RFC 6749 §3.3: what an authorization server grants of the requested scope.
struct ScopePolicyTests {
    /// Global roles, roles of `app` and of another, plain scopes, and groups.
    private static let catalogue = ScopeCatalogue(
        scopes: [DefinedScope(ScopeName("orders:read"), description: "See your orders")],
        roles: [
            Role(RoleID("admin")), Role(RoleID("clerk"), description: "Be a clerk"),
            Role(RoleID("editor", of: ClientID("app"))), Role(RoleID("editor")),
            Role(RoleID("writer", of: ClientID("other"))), Role(RoleID("editor", of: ClientID("other"))),
        ],
        groups: [
            Group(GroupName("staff"), roles: [RoleID("clerk"), RoleID("editor", of: ClientID("app"))]),
            Group(GroupName("nobody")),
        ])

    private static let everything =
        "openid profile orders:read admin clerk editor writer writer@other editor@app unknown"

    private func granted(
        _ requested: String, allowed: String = everything, client: String = "app", roles: Set<RoleID> = [],
        groups: Set<GroupName> = [], catalogue: ScopeCatalogue = catalogue
    ) throws -> [String] {
        var user = User.fixture()
        user.roles = roles
        user.groups = groups
        let client = try Client.fixture(client, metadata: ["scope": .string(allowed)])
        let question = ScopeQuestion(
            client: client, user: user, authentication: AuthenticationContext(.fixture(of: user), for: client.id),
            request: SignInRequest(address: "192.0.2.1", at: .noon), requested: try Scope(requested))
        guard case .granted(let scope) = ScopePolicy(catalogue: catalogue).answer(question) else {
            throw OAuthError.accessDenied("refused")
        }
        return scope.names
    }

    @Test func `whoever holds nothing gets the standard and the plain scopes`() throws {
        #expect(try granted(Self.everything) == ["openid", "profile", "orders:read"])
    }

    @Test func `what was not requested, or is not allowed for the client, is not granted`() throws {
        #expect(try granted("clerk", roles: [RoleID("clerk"), RoleID("admin")]) == ["clerk"])
        #expect(try granted("openid clerk orders:read", allowed: "openid", roles: [RoleID("clerk")]) == ["openid"])
        #expect(try granted("openid email", allowed: "openid") == ["openid"])
        #expect(try granted("", roles: [RoleID("clerk")]).isEmpty)
    }

    @Test func `a role is granted to those who hold it, in the order of the request`() throws {
        #expect(try granted("clerk openid admin", roles: [RoleID("clerk")]) == ["clerk", "openid"])
        #expect(try granted("clerk", roles: [RoleID("CLERK")]).isEmpty)
    }

    @Test func `a group implies its roles, and no others`() throws {
        let staff = GroupName("staff")
        #expect(try granted("admin clerk editor", groups: [staff]) == ["clerk", "editor"])
        #expect(try granted("clerk", groups: [GroupName("nobody")]).isEmpty)
        #expect(try granted("clerk", groups: [GroupName("gone")]).isEmpty)
        #expect(try granted("admin clerk", roles: [RoleID("admin")], groups: [staff]) == ["admin", "clerk"])
    }

    @Test func `a name means the client's own role where it has one, else the global one`() throws {
        let own = RoleID("editor", of: ClientID("app"))
        #expect(try granted("editor", roles: [own]) == ["editor"])
        #expect(try granted("editor", roles: [RoleID("editor")]).isEmpty, "the own role is not held")
        #expect(try granted("editor", client: "third", roles: [RoleID("editor")]) == ["editor"])
        #expect(try granted("editor", client: "third", roles: [own]).isEmpty)
    }

    @Test func `another app's role is never granted, however it is written`() throws {
        let others = Set([RoleID("writer", of: ClientID("other")), RoleID("editor", of: ClientID("other"))])
        #expect(try granted("writer editor writer@other editor@other", roles: others).isEmpty)
        #expect(try granted("writer", client: "other", roles: others) == ["writer"])
        #expect(try granted("writer@other", client: "other", roles: others).isEmpty)
    }

    @Test func `a role that is gone from the catalogue is held by nobody`() throws {
        #expect(try granted("clerk openid", roles: [RoleID("clerk")], catalogue: .empty) == ["openid"])
    }

    @Test func `which of the granted names are roles`() throws {
        let scope = try Scope("openid orders:read clerk editor writer unknown")
        #expect(Self.catalogue.roles(in: scope, for: ClientID("app")).names == ["clerk", "editor"])
        #expect(Self.catalogue.roles(in: scope, for: ClientID("other")).names == ["clerk", "editor", "writer"])
    }

    @Test func `names that mean nothing to a client are told`() throws {
        let scope = try Scope(Self.everything + " offline_access")
        #expect(
            Self.catalogue.unknown(in: scope, for: ClientID("app"))
                == ["writer", "writer@other", "editor@app", "unknown"])
    }

    @Test func `people read a description where there is one`() {
        let app = ClientID("app")
        #expect(Self.catalogue.description(of: "orders:read", for: app) == "See your orders")
        #expect(Self.catalogue.description(of: "clerk", for: app) == "Be a clerk")
        #expect(Self.catalogue.description(of: "admin", for: app) == nil)
        #expect(Self.catalogue.description(of: "unknown", for: app) == nil)
    }

    @Test func `a role is written as its name, and behind an at sign its app`() {
        let role = RoleID("editor", of: ClientID("a@\u{301}b"))
        #expect(role.description == "editor@a@\u{301}b")
        #expect(RoleID(written: role.description) == role)
        #expect(role.name == "editor" && role.owner == ClientID("a@\u{301}b"))
        #expect(RoleID("editor").owner == nil && RoleID("editor").name == "editor")
        #expect(RoleID("e") < RoleID("e", of: ClientID("a")))
    }
}
