import FoundationEssentials
import JOSE
import OIDCLogic
import SQLiteStore
import Testing

@testable import Handlers

@Suite struct DeclarationAdministrationTests {
    private let fixture: AdministrationFixture
    private let shop = """
        scopes: [{ name: orders }]
        roles: [{ name: clerk }, { name: editor, client: shop }]
        groups: [{ name: staff, roles: [clerk, editor@shop] }]
        clients: [{ client_id: shop, redirect_uris: [https://shop.example/cb], scope: openid clerk }]
        claims: { custom: [{ name: dept, attribute: dept }, { name: app, client: shop, value: 1 }] }
        """

    init() throws {
        fixture = try AdministrationFixture()
        for name in ["state.key", "signing.key"] {
            try fixture.folder.write(KeyFile(current: .generate()).text(), to: name)
            let path = fixture.folder.file(name)
            try FileManager.default.setAttributes([.posixPermissions: UInt(0o600)], ofItemAtPath: path)
        }
    }

    private func declarations(
        _ files: [String: String] = [:], _ text: String = "", environment: [String: String] = [:],
        now: @escaping Clock = { AdministrationFixture.noon }
    ) throws -> DeclarationAdministration {
        let folder = fixture.folder
        try FileManager.default.createDirectory(atPath: folder.file("clients.d"), withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.file("clients.d")) {
            try FileManager.default.removeItem(atPath: folder.file("clients.d/\(name)"))
        }
        try folder.write(ConfigurationFixture.minimal + text, to: "postern.yaml")
        for (name, text) in files { try folder.write(text, to: name) }
        let declared = try DeclaredConfiguration(loading: folder.file("postern.yaml"), environment: environment)
        return DeclarationAdministration(store: fixture.store, declared, environment: environment, now: now)
    }

    private var file: [String: String] { ["clients.d/shop.yaml": shop] }

    @Test func `what is applied is there, and the second time there is nothing to do`() throws {
        let declarations = try declarations(file)
        let done = try declarations.apply()
        #expect(done.steps.count == 7)
        #expect(try fixture.store.client(ClientID("shop"))?.metadata.scope.names == ["openid", "clerk"])
        #expect(try fixture.store.declaration(of: .client(ClientID("shop"))) == "clients.d/shop.yaml")
        let generation = try fixture.store.generation()
        #expect(try declarations.plan().isEmpty)
        #expect(try declarations.apply().isEmpty)
        #expect(try fixture.store.generation() == generation, "nothing was written")
        // A draft takes away what a store takes away: else the next plan would differ, or this one would fail.
        var options = DeclarationOptions()
        options.fate = .remove
        let rest = ["clients.d/rest.yaml": "groups: [{ name: staff }]\nroles: [{ name: clerk }]\n"]
        #expect(try self.declarations(rest).apply(options).count(.remove) == 5)
        #expect(try self.declarations(rest).plan(options).isEmpty)
        #expect(try self.declarations().apply(options).count(.remove) == 2)
        #expect(try fixture.store.declarations().isEmpty)
        #expect(try fixture.store.catalogue() == .empty)
    }

    @Test func `with one fault nothing is applied`() throws {
        let generation = try fixture.store.generation()
        let faulty = shop.replacing("attribute: dept", with: "expression: 'user ->'")
        #expect(throws: ConfigurationErrors.self) { try declarations(["clients.d/shop.yaml": faulty]).apply() }
        #expect(try fixture.store.generation() == generation)
    }

    @Test func `who changes something meanwhile is seen, and not overwritten`() throws {
        let scopes = ScopeAdministration(store: try fixture.database.store())
        var plans: [DeclarationPlan] = []
        let done = try declarations(file).apply { plan in
            plans.append(plan)
            if plans.count == 1 { _ = try scopes.add("orders") }
        }
        #expect(plans.map(\.steps.count) == [7, 6], "it is planned anew")
        #expect(done.unowned.map(\.label) == ["orders"])
        #expect(try fixture.store.declaration(of: .scope(ScopeName("orders"))) == nil)
    }

    @Test func `who doesn't approve stops it`() throws {
        let generation = try fixture.store.generation()
        #expect(throws: AdministrationError.self) {
            try declarations(file).apply { _ in throw AdministrationError.invalid("no") }
        }
        #expect(try fixture.store.generation() == generation)
    }

    @Test func `what is declared is changed by its file alone`() throws {
        _ = try declarations(file).apply()
        let store = fixture.store
        let claims = ClaimAdministration(store: store, settings: .init(), now: { AdministrationFixture.noon })
        var value = ClaimChange()
        value.source = .constant(2)
        var name = ClientChange()
        name.metadata["client_name"] = "Other"
        let before = try DeclaredState(store)
        let changes: [() throws -> Void] = [
            { _ = try fixture.clients.change("shop", name) }, { _ = try fixture.clients.remove("shop") },
            { _ = try ScopeAdministration(store: store).set("orders", description: "x") },
            { _ = try ScopeAdministration(store: store).remove("orders") },
            { _ = try RoleAdministration(store: store).set("clerk", description: "x") },
            { _ = try RoleAdministration(store: store).remove("editor") },
            { _ = try GroupAdministration(store: store).set("staff", roles: .init(removing: ["clerk"])) },
            { _ = try GroupAdministration(store: store).remove("staff") },
            { _ = try claims.set("dept", of: nil, value) }, { _ = try claims.remove("app", of: "shop") },
        ]
        for change in changes {
            let refusal = fixture.refusal(change)
            #expect(refusal?.contains("is declared in clients.d/shop.yaml") == true, "\(refusal ?? "done")")
        }
        #expect(try DeclaredState(store).generation == before.generation)
        var options = DeclarationOptions()
        options.fate = .release
        _ = try declarations().apply(options)
        // Removing a client removes what hangs on it, so that comes last.
        for change in [8, 9, 6, 7, 4, 5, 2, 3, 0, 1].map({ changes[$0] }) { #expect(fixture.refusal(change) == nil) }
    }

    @Test func `an app whose roles a file declares takes none of them with it`() throws {
        _ = try fixture.clients.register([
            "client_id": "own", "redirect_uris": ["https://own.example/"], "scope": "openid",
        ])
        let declaring = ["clients.d/roles.yaml": "roles: [{ name: editor, client: own }]"]
        _ = try declarations(declaring).apply()
        let refused = try #require(fixture.refusal { _ = try fixture.clients.remove("own") })
        #expect(refused.contains("\"editor@own\"") && refused.contains("clients.d/roles.yaml"))
        #expect(try fixture.store.client(ClientID("own")) != nil)
        var options = DeclarationOptions()
        options.fate = .remove
        _ = try declarations().apply(options)
        #expect(try fixture.clients.remove("own").id == ClientID("own"))
    }

    @Test func `an app whose claims a file declares takes none of them with it either`() throws {
        _ = try fixture.clients.register([
            "client_id": "own", "redirect_uris": ["https://own.example/"], "scope": "openid",
        ])
        _ = try declarations(["clients.d/claims.yaml": "claims: { custom: [{ name: desk, client: own, value: 1 }] }"])
            .apply()
        let refused = try #require(fixture.refusal { _ = try fixture.clients.remove("own") })
        #expect(refused.contains("claim \"desk\"") && refused.contains("clients.d/claims.yaml"))
        var options = DeclarationOptions()
        options.fate = .release
        _ = try declarations().apply(options)
        #expect(try fixture.clients.remove("own").id == ClientID("own"), "one that no file declares goes with it")
    }

    @Test func `a folder that isn't there prunes nothing`() throws {
        _ = try declarations(file).apply()
        var options = DeclarationOptions()
        options.fate = .remove
        let declarations = try declarations()
        try FileManager.default.removeItem(atPath: fixture.folder.file("clients.d"))
        let refusal = fixture.refusal { _ = try declarations.apply(options) }
        #expect(refusal?.contains("is not there, and 7 of what is in the store was declared in it") == true)
        #expect(try declarations.plan().leftovers.count == 7)
    }

    @Test func `a secret is read from a file that only its owner can read, or from the environment`() throws {
        let text =
            "clients: [{ client_id: shop, redirect_uris: [https://a.example/], client_secret_file: shop.secret }]"
        let secret = "a-secret-of-more-than-16-characters"
        #expect(
            fixture.refusal { _ = try declarations(["clients.d/a.yaml": text]).plan() }?.contains("is not there")
                == true)
        try fixture.folder.write(secret + "\n", to: "shop.secret")
        let path = fixture.folder.file("shop.secret")
        try FileManager.default.setAttributes([.posixPermissions: UInt(0o644)], ofItemAtPath: path)
        #expect(
            fixture.refusal { _ = try declarations(["clients.d/a.yaml": text]).plan() }?.contains("chmod 600") == true)
        try FileManager.default.setAttributes([.posixPermissions: UInt(0o600)], ofItemAtPath: path)
        #expect(try declarations(["clients.d/a.yaml": text]).apply().newSecrets.isEmpty)
        let other = text.replacing("client_secret_file: shop.secret", with: "client_secret_env: SHOP_SECRET")
        let files = ["clients.d/a.yaml": other]
        #expect(fixture.refusal { _ = try declarations(files).plan() }?.contains("SHOP_SECRET is not set") == true)
        #expect(try declarations(files, environment: ["SHOP_SECRET": secret]).plan().isEmpty, "it is the same one")
    }

    @Test func `what exists is exported as files that plan finds equal`() throws {
        let store = fixture.store
        let clients = fixture.clients
        _ = try clients.register(
            [
                "client_id": "every/thing", "client_name": "O\"Brien's: #1 \u{202E}", "preset": "mendix",
                "first_party": false,
                "redirect_uris": ["com.example.app:/cb", "https://app.example/cb?a=%22&b"],
                "application_type": "native",
                "scope": "profile openid clerk", "default_scope": "clerk", "roles_claim": "roles",
                "token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS512",
                "id_token_signed_response_alg": "ES256", "default_acr_values": ["yes", "no"], "default_max_age": 0,
                "require_pkce": true, "access_token_format": "opaque", "resources": ["https://api.example/"],
                "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            ])
        _ = try clients.register(["client_id": "Every-thing", "redirect_uris": ["https://app.example/"]])
        _ = try clients.register(["client_id": ".hidden", "grant_types": ["client_credentials"]])
        _ = try clients.register(
            ["client_id": "all-apps", "redirect_uris": ["https://app.example/"], "token_endpoint_auth_method": "none"])
        _ = try ScopeAdministration(store: store).add("orders", description: "See: \"all\"\\")
        let roles = RoleAdministration(store: store)
        _ = try roles.add("postern:mine")
        _ = try roles.add("clerk", of: clients.client("every/thing"), description: "Zoë's")
        _ = try GroupAdministration(store: store).add("- staff", roles: ["postern:mine", "clerk@every/thing"])
        let claims = ClaimAdministration(store: store, settings: .init(), now: { AdministrationFixture.noon })
        for (name, client, source) in [
            ("/a/b", nil, .constant(["n": [1, 1.5, nil, true, "true", ""], "1.0": "x"])),
            ("attribute", "every/thing", .attribute("null")),
            ("expression", nil, .expression("iif(user ->> 'a' = 'b: #c', '\"', '\n')")),
        ] as [(String, String?, ClaimSource)] {
            var change = ClaimChange()
            change.source = source
            change.isRequired = client != nil
            change.destinations = client.map { _ in ["id_token", "introspection"] }
            _ = try claims.add(name, for: client, change)
        }

        let export = DeclarationExport(try DeclaredState(store), onlyUndeclared: false)
        let files = export.files
        #expect(
            files.map(\.name) == [
                "app.hidden.yaml", "Every-thing.yaml", "all-apps-2.yaml", "every-thing-2.yaml", "all-apps.yaml",
            ], "no two names differ by case alone")
        for client in try clients.clients() where client.sealedSecret != nil {
            let secret = try ClientSecret(sealed: client.sealedSecret ?? "", of: client.id, opening: fixture.seal)
            #expect(!export.text.contains(secret.reveal()))
        }
        let parts = Dictionary(uniqueKeysWithValues: files.map { ("clients.d/" + $0.name, $0.text) })
        for files in [parts, ["clients.d/all.yaml": export.text]] {
            let plan = try declarations(files).plan()
            #expect(plan.isEmpty)
            #expect(plan.unowned.count == 11)
        }
        var options = DeclarationOptions()
        options.adopts = true
        #expect(try declarations(parts).apply(options).count(.adopt) == 11)
        #expect(try declarations(parts).plan().unowned.isEmpty)
        #expect(DeclarationExport(try DeclaredState(store), onlyUndeclared: true).files.isEmpty)
        // The files alone make the same elsewhere.
        let folder = try TemporaryFolder()
        let other = try SQLiteDatabase(path: folder.file("postern.db")).store()
        let declared = try DeclaredConfiguration(loading: fixture.folder.file("postern.yaml"), environment: [:])
        _ = try DeclarationAdministration(
            store: other, declared, environment: [:], now: { AdministrationFixture.noon }
        ).apply()
        let (here, there) = (try DeclaredState(store), try DeclaredState(other))
        #expect(here.clients.map(\.metadata) == there.clients.map(\.metadata))
        #expect(here.catalogue.roles == there.catalogue.roles && here.catalogue.scopes == there.catalogue.scopes)
        #expect(Set(here.claims.map(\.source.json.text)) == Set(there.claims.map(\.source.json.text)))
        #expect(
            DeclarationExport(there, onlyUndeclared: false).text == DeclarationExport(here, onlyUndeclared: false).text)
    }

    @Test func `an export writes over nothing`() throws {
        _ = try ScopeAdministration(store: fixture.store).add("orders")
        let export = DeclarationExport(try DeclaredState(fixture.store), onlyUndeclared: false)
        let folder = fixture.folder.file("out")
        #expect(try export.write(to: folder) == [folder + "/all-apps.yaml"])
        #expect(fixture.refusal { _ = try export.write(to: folder) }?.contains("would be written over") == true)
    }
}
