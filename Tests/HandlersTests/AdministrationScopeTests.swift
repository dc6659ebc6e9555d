import Handlers
import JOSE
import OIDCLogic
import Testing

@Suite struct AdministrationScopeTests {
    private let fixture: AdministrationFixture
    private var scopes: ScopeAdministration { ScopeAdministration(store: fixture.store) }
    private var roles: RoleAdministration { RoleAdministration(store: fixture.store) }
    private var groups: GroupAdministration { GroupAdministration(store: fixture.store) }

    init() throws { fixture = try AdministrationFixture() }

    private func client(_ id: String, scope: String = "openid") throws -> Client {
        try fixture.clients.register(
            ["client_id": .string(id), "redirect_uris": ["https://app.example/"], "scope": .string(scope)]
        ).client
    }

    // RFC 6749 §3.3 and Appendix A.4.
    @Test(arguments: ["", " ", "a b", "a\"b", "a\\b", "é", "a\n", String(repeating: "a", count: 256)])
    func `a name that no request can hold is refused`(name: String) {
        #expect(fixture.refusal { _ = try scopes.add(name) }?.contains("can't be a scope's name") == true)
        #expect(fixture.refusal { _ = try roles.add(name) }?.contains("can't be a scope's name") == true)
    }

    @Test(arguments: ["openid", "profile", "email", "address", "phone", "offline_access"])
    func `what is built in can't be defined again, nor changed`(name: String) throws {
        #expect(fixture.refusal { _ = try scopes.add(name) }?.contains("built in") == true)
        #expect(fixture.refusal { _ = try roles.add(name) }?.contains("built in") == true)
        #expect(fixture.refusal { _ = try roles.add(name, of: client("app")) }?.contains("built in") == true)
        #expect(fixture.refusal { _ = try scopes.remove(name) }?.contains("built in") == true)
    }

    @Test func `a scope and a role never have the same name`() throws {
        _ = try scopes.add("orders", description: "Your orders")
        let app = try client("app")
        #expect(fixture.refusal { _ = try roles.add("orders") }?.contains("open to everyone") == true)
        #expect(fixture.refusal { _ = try roles.add("orders", of: app) }?.contains("open to everyone") == true)
        _ = try roles.add("clerk", of: app)
        #expect(fixture.refusal { _ = try scopes.add("clerk") }?.contains("already") == true)
        #expect(fixture.refusal { _ = try scopes.scope("clerk") }?.contains("is a role") == true)
        #expect(fixture.refusal { _ = try scopes.scope("order") }?.contains("Did you mean \"orders\"?") == true)
    }

    @Test func `what opens Postern itself is a global role, and nothing else`() throws {
        #expect(fixture.refusal { _ = try scopes.add("postern:admin") }?.contains("opens Postern") == true)
        #expect(fixture.refusal { _ = try roles.add("postern:admin", of: client("app")) }?.contains("app") == true)
        #expect(try roles.add("postern:admin").id == RoleID("postern:admin"))
    }

    @Test(arguments: ["", "admin", "6f9619ff-8b86-d011-b42d-00c04fc964f", "6f9619ff8b86-d011-b42d-00c04fc964ff0"])
    func `a Mendix user role ends in its UUID`(uuid: String) throws {
        #expect(fixture.refusal { _ = try roles.add("mx:app:userrole:" + uuid) }?.contains("UUID") == true)
        let good = "mx:app:userrole:6f9619ff-8b86-d011-b42d-00c04fc964ff"
        #expect(try roles.add(good).name == good)
    }

    @Test(arguments: ["a\nb", "a\u{202E}b", "a\u{0}", String(repeating: "a", count: 201)])
    func `a description is one short line`(text: String) {
        #expect(fixture.refusal { _ = try scopes.add("a", description: text) }?.hasPrefix("a description") == true)
        #expect(fixture.refusal { _ = try roles.add("a", description: text) }?.hasPrefix("a description") == true)
        #expect(fixture.refusal { _ = try groups.add("a", description: text) }?.hasPrefix("a description") == true)
    }

    @Test func `descriptions are changed, and taken away`() throws {
        _ = try scopes.add("orders", description: "Your orders")
        #expect(try scopes.set("orders", description: "All orders").description == "All orders")
        #expect(try scopes.set("orders", description: "").json == ["name": "orders"])
        let app = try client("app")
        _ = try roles.add("clerk", of: app)
        #expect(
            try roles.set("clerk@app", description: "Be a clerk").json
                == ["role": "clerk@app", "name": "clerk", "client_id": "app", "description": "Be a clerk"])
        #expect(try scopes.remove("orders").name == ScopeName("orders"))
        #expect(try scopes.scopes().isEmpty)
    }

    @Test func `a role is found by its name, and where that is ambiguous by its app as well`() throws {
        let (crm, shop) = (try client("crm"), try client("shop"))
        _ = try roles.add("editor", of: crm)
        #expect(try roles.role("editor").id.description == "editor@crm", "it's the only one of that name")
        _ = try roles.add("editor", of: shop)
        #expect(
            fixture.refusal { _ = try roles.role("editor") }
                == "more than one app has a role \"editor\"; write \"editor@crm\" or \"editor@shop\"")
        #expect(try roles.role("editor@shop").owner == shop.id)
        #expect(try roles.role("editor", of: crm).owner == crm.id)
        _ = try roles.add("editor")
        #expect(try roles.role("editor").owner == nil, "a global one has the name alone")
        #expect(try roles.roles().map(\.id.description) == ["editor", "editor@crm", "editor@shop"])
        #expect(try roles.roles(of: shop).map(\.id.description) == ["editor@shop"])
        let unknown = try #require(fixture.refusal { _ = try roles.role("edtor@crm") })
        #expect(unknown.contains("Did you mean \"editor@crm\"?") && unknown.contains("NAME@CLIENT"))
        let another = try #require(fixture.refusal { _ = try roles.role("edtor", of: shop) })
        #expect(another == "the app \"shop\" has no role \"edtor\". Did you mean \"editor\"?")
        #expect(fixture.refusal { _ = try roles.add("editor@crm") }?.contains("say apart") == true)
    }

    @Test func `users are given roles and groups, and lose them`() throws {
        for name in ["clerk", "admin", "editor"] { _ = try roles.add(name) }
        _ = try groups.add("staff", roles: ["clerk"])
        var user = try fixture.users.add("ada", password: nil, roles: ["clerk", "admin"], groups: ["staff"])
        #expect(user.json["roles"] == ["admin", "clerk"] && user.json["groups"] == ["staff"])
        user = try fixture.users.set("ada", roles: AssignmentChange(replacing: ["editor"]))
        #expect(user.json["roles"] == ["editor"] && user.json["groups"] == ["staff"], "what isn't named stays")
        user = try fixture.users.set("ada", roles: AssignmentChange(adding: ["clerk", "editor"]))
        #expect(user.json["roles"] == ["clerk", "editor"])
        user = try fixture.users.set(
            "ada", roles: AssignmentChange(removing: ["clerk"]), groups: AssignmentChange(replacing: []))
        #expect(user.json["roles"] == ["editor"] && user.json["groups"] == [])
        #expect(try fixture.users.user("ada") == user)
        let before = user
        for change in [
            AssignmentChange(removing: ["clerk"]), AssignmentChange(adding: ["edtor"]),
            AssignmentChange(replacing: ["clerk", "nobody"]),
        ] {
            #expect(throws: AdministrationError.self) { try fixture.users.set("ada", roles: change) }
        }
        #expect(
            fixture.refusal { _ = try fixture.users.set("ada", groups: AssignmentChange(adding: ["stuff"])) }
                == "there is no group \"stuff\". Did you mean \"staff\"?")
        #expect(throws: AdministrationError.self) { try fixture.users.add("bob", password: nil, roles: ["nobody"]) }
        #expect(try fixture.users.users() == [before])
    }

    @Test func `a role that goes while a user is changed is not given back`() throws {
        _ = try roles.add("clerk")
        _ = try fixture.users.add("ada", password: nil, roles: ["clerk"])
        let database = fixture.database
        let clock = fixture.clock { _, _ in
            let roles = RoleAdministration(store: try database.store())
            _ = try roles.remove("clerk")
            _ = try roles.add("clerk")
        }
        let user = try UserAdministration(store: fixture.store, now: clock).set("ada", newName: "grace")
        #expect(user.roles.isEmpty)
    }

    @Test func `a group has roles, which are changed beside its description`() throws {
        for name in ["clerk", "admin"] { _ = try roles.add(name) }
        _ = try groups.add("Rene\u{301}e's team", description: "All of them", roles: ["clerk"])
        let name = "Ren\u{E9}e's team"
        #expect(try groups.group(name).roles == [RoleID("clerk")], "however the name is typed")
        var group = try groups.set(name, roles: AssignmentChange(adding: ["admin"]))
        #expect(try groups.group(name) == group)
        #expect(group.description == "All of them" && group.json["roles"] == ["admin", "clerk"])
        group = try groups.set(name, description: "", roles: AssignmentChange(replacing: []))
        #expect(group.json == ["name": .string(name), "roles": []])
        #expect(fixture.refusal { _ = try groups.add(name) }?.contains("already") == true)
        #expect(fixture.refusal { _ = try groups.add(" a") }?.hasPrefix("a group's name") == true)
        #expect(try groups.remove(name) == group)
        #expect(try groups.groups().isEmpty)
    }

    @Test func `what nobody can be granted through a client is warned of`() throws {
        let app = try client("app", scope: "openid offline_access orders clerk editor")
        _ = try roles.add("editor", of: try client("other"))
        let warnings = try scopes.warnings(about: app).map(\.description)
        #expect(warnings.count == 3)
        #expect(warnings[0].contains("\"orders\"") && warnings[0].contains("neither a scope nor a role"))
        #expect(warnings[2].contains("\"editor\", a role of the app \"other\""))
        _ = try scopes.add("orders")
        _ = try roles.add("clerk", of: app)
        _ = try roles.add("editor")
        #expect(try scopes.warnings(about: app).isEmpty)
    }

    private func rule(_ name: String, for clients: [String]? = nil, _ scope: String, _ effect: PolicyRule.Effect) throws
        -> PolicyRule
    {
        PolicyRule(
            name: name, clients: clients.map { Set($0.map { ClientID($0) }) }, scope: try Scope(scope), effect: effect,
            expression: "1")
    }

    private func warnings(about rules: [PolicyRule]) throws -> [String] {
        try PolicyWarning.all(about: rules, in: try fixture.store.catalogue()) { try fixture.clients.clients() }
            .map(\.description)
    }

    @Test func `a rule about a scope that nobody knows is warned of, with the nearest that there is`() throws {
        _ = try client("shop", scope: "openid payroll reports")
        _ = try roles.add("payroll")
        for effect in PolicyRule.Effect.allCases {
            let said = try warnings(about: [try rule("office", "email payrol", effect)])
            #expect(
                said == [
                    "the rule \"office\" is about \"payrol\", which is neither a scope nor a role, so it decides "
                        + "nothing. Did you mean \"payroll\"?"
                ])
        }
        #expect(try warnings(about: [try rule("office", "email payroll offline_access", .require)]).isEmpty)
        _ = try scopes.add("payrol")
        #expect(try warnings(about: [try rule("office", "payrol", .require)]).isEmpty)
    }

    @Test func `a role is known to a rule for its app, or for all apps, and to no other`() throws {
        _ = try roles.add("editor", of: try client("shop"))
        #expect(try warnings(about: [try rule("a", "editor", .require)]).isEmpty)
        #expect(try warnings(about: [try rule("b", for: ["crm", "shop"], "editor", .require)]).isEmpty)
        #expect(
            try warnings(about: [try rule("c", for: ["crm"], "editor", .require)]) == [
                "the rule \"c\" is about \"editor\", a role of the app \"shop\", which the rule is not for, so it "
                    + "decides nothing"
            ])
    }

    // A rule grants what nobody has defined: then an app that may ask for it is all that it needs.
    @Test func `a scope that a rule grants needs no definition`() throws {
        let granting = try rule("readers", for: ["shop", "crm"], "reports", .grant)
        let narrowing = try rule("office", "reports", .require)
        #expect(try warnings(about: [granting]).count == 1, "no app may ask for it")
        let shop = try client("shop", scope: "openid reports")
        #expect(try warnings(about: [granting, narrowing]).isEmpty)
        #expect(try warnings(about: [narrowing]).count == 1, "nothing grants it")
        #expect(try warnings(about: [granting, try rule("b", for: ["crm"], "reports", .require)]).count == 1)
        #expect(try scopes.warnings(about: shop).count == 1)
        let administration = ScopeAdministration(store: fixture.store, policy: [granting])
        #expect(try administration.warnings(about: shop).isEmpty)
        #expect(try administration.warnings(about: try client("wiki", scope: "openid reports")).count == 1)
        var service = ClientChange()
        service.metadata = ["grant_types": ["client_credentials"]]
        let crm = try fixture.clients.change(try client("crm", scope: "reports").id.value, service).client
        #expect(try administration.warnings(about: crm).count == 1, "rules are about users, and it has none")
    }
}
