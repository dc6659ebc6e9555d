import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// What is there and what is declared, to a list of steps: no store, no server.
@Suite struct DeclarationPlannerTests {
    private static let noon = Timestamp(1_800_000_000)
    private static let seal = Seal(current: .generate(), older: [], context: "https://login.example.com/oidc")

    private static let shop = """
        scopes: [{ name: orders }]
        roles: [{ name: clerk }, { name: editor, client: shop }]
        groups: [{ name: staff, roles: [clerk, editor@shop] }]
        clients:
          - client_id: shop
            redirect_uris: [https://shop.example/cb]
            scope: openid orders clerk editor
        claims: { custom: [{ name: dept, attribute: dept }, { name: app, client: shop, value: 1 }] }

        """

    private let sectors = OutboundFixture()

    private func surroundings(_ secrets: [DeclaredSecret: String] = [:]) -> DeclarationPlanner.Surroundings {
        DeclarationPlanner.Surroundings(
            seal: { Self.seal }, sectors: .fixture(sectors), readSecret: { ClientSecret(secrets[$0] ?? "") },
            isSubject: { $0.value == "a-subject" }, now: { Self.noon })
    }

    private func plan(
        _ text: String, from state: DeclaredState = .init(), secrets: [DeclaredSecret: String] = [:],
        _ change: (inout DeclarationOptions) -> Void = { _ in }
    ) throws -> DeclarationPlan {
        let declarations = try ConfigurationFixture.parse(ConfigurationFixture.minimal + text).declarations
        var options = DeclarationOptions()
        change(&options)
        return try DeclarationPlanner.plan(from: state, to: declarations, options, surroundings(secrets))
    }

    @Test func `a sector is looked at for what is declared, and a change of what users are called is told`() throws {
        let uri = "https://sector.example/uris.json"
        func text(_ more: String) -> String {
            "clients: [{ client_id: shop, redirect_uris: [https://shop.example/cb]\(more) }]\n"
        }
        let pairwise = ", subject_type: pairwise, sector_identifier_uri: \(uri)"
        #expect(throws: ConfigurationErrors.self) { try plan(text(pairwise)) }
        sectors.publish(#"["https://shop.example/cb"]"#, at: uri)
        let state = try applied(plan(text(pairwise)))
        sectors.fail(.unreachable("down"), at: uri)
        #expect(try plan(text(pairwise + ", client_name: Shop"), from: state).warnings.isEmpty)
        let warnings = try plan(text(""), from: state).warnings
        #expect(warnings.count == 1 && warnings[0].contains("another sub of each user"), "\(warnings)")
    }

    /// What a store holds after a plan.
    private func applied(_ plan: DeclarationPlan, to state: DeclaredState = .init()) throws -> DeclaredState {
        var state = state
        var objects: [DeclaredName: DeclaredObject] = [:]
        for scope in state.catalogue.scopes.values { objects[.scope(scope.name)] = .scope(scope) }
        for role in state.catalogue.roles.values { objects[.role(role.id)] = .role(role) }
        for group in state.catalogue.groups.values { objects[.group(group.name)] = .group(group) }
        for client in state.clients { objects[.client(client.id)] = .client(client) }
        for claim in state.claims { objects[.claim(claim.id)] = .claim(claim) }
        for change in plan.changes {
            switch change {
            case .add(let object, let file), .replace(let object, let file):
                objects[object.name] = object
                state.files[object.name] = file
            case .assign(let name, let file): state.files[name] = file
            case .remove(let name):
                objects[name] = nil
                state.files[name] = nil
            }
        }
        state.clients = []
        state.claims = []
        var (scopes, roles, groups): ([DefinedScope], [Role], [Group]) = ([], [], [])
        for object in objects.values {
            switch object {
            case .scope(let scope): scopes.append(scope)
            case .role(let role): roles.append(role)
            case .group(let group): groups.append(group)
            case .client(let client): state.clients.append(client)
            case .claim(let claim): state.claims.append(claim)
            }
        }
        state.catalogue = ScopeCatalogue(scopes: scopes, roles: roles, groups: groups)
        return state
    }

    /// As the command line made them.
    private func unowned(_ text: String) throws -> DeclaredState {
        var state = try applied(try plan(text))
        state.files = [:]
        return state
    }

    private func words(_ plan: DeclarationPlan) -> [String] {
        plan.steps.map { "\($0.action.rawValue) \($0.subject.name.kind.rawValue) \($0.subject.label)" }
    }

    private func fault(_ body: () throws -> DeclarationPlan) -> String {
        do {
            _ = try body()
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func `what is named is made before what names it`() throws {
        let plan = try plan(Self.shop)
        #expect(
            words(plan) == [
                "add scope orders", "add role clerk", "add client shop", "add role editor@shop", "add group staff",
                "add claim dept", "add claim app",
            ])
        #expect(plan.changes.count == 7)
        #expect(plan.newSecrets[ClientID("shop")] != nil)
        #expect(plan.warnings.isEmpty)
        guard case .add(.client(let client), let file)? = plan.changes.first(where: { $0.isOfClient }) else {
            Issue.record("no client")
            return
        }
        #expect(client.preset == .standard && client.isFirstParty && file == "postern.yaml")
        #expect(plan.steps[2].line == 6)
    }

    @Test func `the second time there is nothing to do, and the secret stays`() throws {
        let again = try plan(Self.shop, from: try applied(try plan(Self.shop)))
        #expect(again.isEmpty && again.changes.isEmpty && again.newSecrets.isEmpty)
    }

    @Test func `what differs is changed, member by member`() throws {
        let state = try applied(try plan(Self.shop))
        let text = Self.shop.replacing("openid orders clerk editor", with: "openid")
            .replacing("name: orders }", with: "name: orders, description: Orders }")
            .replacing("[clerk, editor@shop]", with: "[clerk]").replacing("value: 1", with: "value: 2")
        let plan = try plan(text, from: state)
        #expect(
            words(plan) == ["change scope orders", "change client shop", "change group staff", "change claim app"])
        #expect(
            plan.steps.map { $0.differences.map(\.member) } == [["description"], ["scope"], ["roles"], ["value"]])
        #expect(plan.steps[1].differences[0].new == "openid")
        #expect(try self.plan(text, from: applied(plan, to: state)).isEmpty)
    }

    @Test func `a member that is no longer declared is as it is by default`() throws {
        let all = """
            clients:
              - client_id: shop
                client_name: Shop
                redirect_uris: [https://shop.example/cb]
                default_max_age: 60
                require_pkce: true
                first_party: false

            """
        let state = try applied(try plan(all))
        let bare = "clients: [{ client_id: shop, redirect_uris: [https://shop.example/cb] }]\n"
        let plan = try plan(bare, from: state)
        #expect(
            plan.steps.flatMap { $0.differences.map(\.member) }.sorted()
                == ["client_name", "default_max_age", "first_party", "require_pkce"])
        #expect(try self.plan(bare, from: applied(plan, to: state)).isEmpty)
    }

    @Test func `what no file names any more stays, goes or is set free`() throws {
        let state = try applied(try plan(Self.shop))
        let kept = try plan("", from: state)
        #expect(kept.isEmpty && kept.leftovers.count == 7)
        let pruned = try plan("", from: state) { $0.fate = .remove }
        #expect(
            words(pruned)
                == [
                    "remove claim dept", "remove claim app", "remove group staff", "remove role editor@shop",
                    "remove client shop", "remove role clerk", "remove scope orders",
                ].sorted { one, other in
                    // Claims have ids that chance gave.
                    one.contains("claim") && other.contains("claim")
                        ? words(pruned).firstIndex(of: one) ?? 0 < words(pruned).firstIndex(of: other) ?? 0 : false
                })
        #expect(pruned.leftovers.isEmpty)
        let released = try plan("", from: state) { $0.fate = .release }
        #expect(released.count(.release) == 7)
        #expect(try applied(released, to: state).files.values.allSatisfy { _ in false })
    }

    @Test func `pruning leaves alone what no file made, but what goes with a client`() throws {
        var state = try applied(try plan(Self.shop))
        let own = Role(RoleID("own", of: ClientID("shop")))
        state.catalogue = ScopeCatalogue(
            scopes: Array(state.catalogue.scopes.values) + [DefinedScope(ScopeName("theirs"))],
            roles: Array(state.catalogue.roles.values) + [own, Role(RoleID("theirs2"))],
            groups: Array(state.catalogue.groups.values))
        let plan = try plan("", from: state) { $0.fate = .remove }
        #expect(!words(plan).contains { $0.contains("theirs") || $0.contains("own") })
        let removal = plan.steps.first { $0.subject.name.kind == .client }
        #expect(removal?.notes.contains("its role own@shop goes with it") == true)
    }

    @Test func `a scope may become a role in one go`() throws {
        let state = try applied(try plan("scopes: [{ name: clerk }]\n"))
        let plan = try plan("roles: [{ name: clerk }]\n", from: state) { $0.fate = .remove }
        #expect(words(plan) == ["remove scope clerk", "add role clerk"])
        #expect(fault { try self.plan("roles: [{ name: clerk }]\n", from: state) }.contains("open to everyone"))
    }

    @Test func `what the command line made is as declared, and becomes the file's only when asked`() throws {
        let state = try unowned(Self.shop)
        let same = try plan(Self.shop, from: state)
        #expect(same.isEmpty && same.unowned.count == 7)
        let adopted = try plan(Self.shop, from: state) { $0.adopts = true }
        #expect(adopted.count(.adopt) == 7)
        #expect(adopted.changes.allSatisfy { if case .assign(_, to: "postern.yaml") = $0 { true } else { false } })
        #expect(try plan(Self.shop, from: applied(adopted, to: state)).unowned.isEmpty)
    }

    @Test(arguments: [
        ("name: orders }", "name: orders, description: x }", "the scope \"orders\"", "description"),
        ("name: clerk }", "name: clerk, description: x }", "the role \"clerk\"", "description"),
        ("shop.example/cb", "shop.example/other", "the client \"shop\"", "redirect_uris"),
        ("client_id: shop\n", "client_id: shop\n    preset: mendix\n", "the client \"shop\"", "preset"),
        ("[clerk, editor@shop]", "[clerk]", "the group \"staff\"", "roles"),
        ("value: 1", "value: 2", "the claim \"app\" of the client \"shop\"", "value"),
    ])
    func `a clash is told with who made it, and adopting changes nothing`(
        from: String, to: String, subject: String, member: String
    ) throws {
        let state = try unowned(Self.shop)
        for adopts in [false, true] {
            let fault = fault { try plan(Self.shop.replacing(from, with: to), from: state) { $0.adopts = adopts } }
            #expect(fault.contains("\(subject) is there already and belongs to no file: the command line or the API"))
            #expect(fault.contains("differs (\(member))"), "\(fault)")
            #expect(fault.hasPrefix("postern.yaml:"))
        }
    }

    @Test func `what waits for approval becomes no file's unseen`() throws {
        var state = try unowned(Self.shop)
        state.clients = state.clients.map { client in
            Client(
                id: client.id, version: client.version, metadata: client.metadata, sealedSecret: client.sealedSecret,
                preset: client.preset, isFirstParty: client.isFirstParty, approval: .awaited,
                createdAt: client.createdAt, updatedAt: client.updatedAt)
        }
        let fault = fault { try plan(Self.shop, from: state) { $0.adopts = true } }
        #expect(fault.contains("differs (awaits_approval)"), "\(fault)")
    }

    @Test func `something moves to another file as it is`() throws {
        var state = try applied(try plan(Self.shop))
        state.files[.client(ClientID("shop"))] = "clients.d/shop.yaml"
        let plan = try plan(Self.shop, from: state)
        #expect(words(plan) == ["move client shop"])
        #expect(plan.changes == [.assign(.client(ClientID("shop")), to: "postern.yaml")])
    }

    @Test func `a declared secret is set where it differs, and never told`() throws {
        let text = """
            clients:
              - client_id: shop
                redirect_uris: [https://shop.example/cb]
                client_secret_env: SHOP

            """
        let first = "first-secret-of-16-characters", second = "second-secret-of-16-characters"
        let made = try plan(text, secrets: [.variable("SHOP"): first])
        #expect(made.newSecrets.isEmpty)
        let state = try applied(made)
        #expect(try plan(text, from: state, secrets: [.variable("SHOP"): first]).isEmpty)
        let changed = try plan(text, from: state, secrets: [.variable("SHOP"): second])
        #expect(changed.steps.map { $0.differences.map(\.member) } == [["client_secret"]])
        #expect(!changed.json(showingSecrets: true).text.contains(second))
        // Without it in the files the one that is there stays.
        let silent = text.replacing("    client_secret_env: SHOP\n", with: "")
        #expect(try plan(silent, from: state).isEmpty)
        #expect(fault { try plan(text, secrets: [.variable("SHOP"): "short"]) }.contains("fewer than 16"))
        #expect(!fault { try plan(text, secrets: [.variable("SHOP"): "short"]) }.contains("short\""))
    }

    @Test func `a new secret is made for who asks, and only where the files don't say it`() throws {
        let text = "clients: [{ client_id: shop, redirect_uris: [https://shop.example/cb] }]\n"
        let state = try applied(try plan(text))
        let plan = try plan(text, from: state) { $0.newSecrets = ["shop"] }
        let secret = try #require(plan.newSecrets[ClientID("shop")])
        #expect(plan.json(showingSecrets: true).text.contains(secret.reveal()))
        #expect(!plan.json(showingSecrets: false).text.contains(secret.reveal()))
        #expect(fault { try self.plan(text) { $0.newSecrets = ["shpo"] } }.contains("Did you mean \"shop\"?"))
        let named = text.replacing(" }]", with: ", client_secret_env: A }]")
        #expect(fault { try self.plan(named) { $0.newSecrets = ["shop"] } }.contains("is declared"))
    }

    @Test func `a client that needs no secret any more loses it`() throws {
        let text = "clients: [{ client_id: shop, redirect_uris: [https://shop.example/cb] }]\n"
        let state = try applied(try plan(text))
        let open = text.replacing(" }]", with: ", token_endpoint_auth_method: none }]")
        let plan = try plan(open, from: state)
        #expect(plan.steps.flatMap { $0.differences.map(\.member) } == ["token_endpoint_auth_method", "client_secret"])
        #expect(try applied(plan, to: state).clients.first?.sealedSecret == nil)
    }

    @Test func `the rules of the command line hold, all faults are told, and one tells no other`() throws {
        let text = """
            scopes: [{ name: openid }, { name: "postern:admin" }]
            roles: [{ name: "a b" }, { name: x, client: nobody }, { name: y, client: a-subject }, { name: "postern:admin" }]
            groups: [{ name: g, roles: [gone] }]
            clients:
              - { client_id: a-subject, redirect_uris: [https://a.example/] }
              - { client_id: "https://api.example/", redirect_uris: [https://a.example/] }
              - { client_id: b, redirect_uris: [https://a.example/], served_resources: ["https://api.example/"] }
              - { client_id: c, redirect_uris: [https://a.example/], id_token_signed_response_alg: ES384 }
            claims: { custom: [{ name: sub, value: 1 }, { name: z, expression: "user ->" }, { name: n, value: 1, in: [x] }] }

            """
        let faults = fault { try plan(text) }
        for text in [
            "postern.yaml:2: the scope \"openid\": \"openid\" is built in", "\"postern:admin\" opens Postern itself",
            "\"a b\" can't be a scope's name", "there is no client with the id \"nobody\"", "there is no role \"gone\"",
            "postern.yaml:6: the client \"a-subject\": client_id \"a-subject\" is taken",
            "served_resources has \"https://api.example/\", which is the id of another client",
            "postern key add ES384", "the claim \"sub\" is a name of the protocol's own",
            "has an expression that", "\"x\" is no place for a claim",
        ] { #expect(faults.contains(text), "\(text)\n\(faults)") }
        #expect(!faults.contains("y@a-subject"), "the client's fault is enough")
        #expect(!faults.contains("the role \"postern:admin\""), "a file may give it")
    }

    @Test func `a preset never changes`() throws {
        let text = "clients: [{ client_id: shop, redirect_uris: [https://shop.example/cb] }]\n"
        let other = text.replacing(" }]", with: ", preset: mendix }]")
        #expect(fault { try plan(other, from: applied(try plan(text))) }.contains("preset can't be changed"))
    }

    @Test func `scopes that nobody knows are warned of`() throws {
        let plan = try plan("clients: [{ client_id: a, redirect_uris: [https://a.example/], scope: opnid }]\n")
        #expect(plan.warnings.count == 1 && plan.warnings[0].contains("Did you mean \"openid\"?"))
    }
}

extension DeclaredChange {
    fileprivate var isOfClient: Bool {
        switch self {
        case .add(let object, _), .replace(let object, _): object.name.kind == .client
        case .assign(let name, _), .remove(let name): name.kind == .client
        }
    }
}
