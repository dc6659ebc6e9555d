import FoundationEssentials
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

@Suite struct DeclarationReadingTests {
    private static let good = """
        issuer: https://login.example.com/oidc
        scopes:
          - { name: orders:read, description: See your orders }
        roles:
          - name: clerk
          - { name: editor, client: shop }
        groups:
          - { name: staff, roles: [clerk, editor@shop] }
        clients:
          - client_id: shop
            client_name: Shop
            redirect_uris: [https://shop.example/cb]
            scope: [openid, clerk]
            default_max_age: 60
            preset: mendix
            first_party: false
            client_secret_file: secrets/shop
          - client_id: "42"
            redirect_uris: [https://42.example/]
            scope: openid clerk
            client_secret_env: POSTERN_42
        claims:
          mendix_profile: true
          custom:
            - { name: a, client: shop, value: { n: 1.0 }, scope: hr, in: [id_token], required: true }
            - { name: b, attribute: b }

        """

    @Test func `each section is read, with its place`() throws {
        let configuration = try ConfigurationFixture.parse(Self.good, environment: ["POSTERN_42": "secret"])
        #expect(configuration.warnings.isEmpty, "a variable that a client names is no mistake")
        #expect(configuration.claims.mendixProfile)
        let declared = configuration.declarations
        #expect(declared.count == 8)
        #expect(declared.scopes.first?.place == .init(file: "postern.yaml", source: "postern.yaml", line: 3))
        #expect(declared.roles.map(\.id.description) == ["clerk", "editor@shop"])
        #expect(declared.groups.first?.roles == ["clerk", "editor@shop"])
        let shop = try #require(declared.clients.first)
        #expect(shop.place.line == 10)
        #expect(shop.metadata["scope"] == "openid clerk" && shop.metadata["default_max_age"] == 60)
        #expect(shop.preset == .mendix && !shop.isFirstParty)
        #expect(shop.secret == .file("/etc/postern/secrets/shop"))
        let other = try #require(declared.clients.last)
        #expect(other.id.value == "42" && other.preset == .standard && other.isFirstParty)
        #expect(other.secret == .variable("POSTERN_42"))
        let claim = try #require(declared.claims.first)
        #expect(claim.change.destinations == ["id_token"] && claim.change.isRequired == true)
        #expect(declared.claims.last?.change.scope == "", "what isn't said is as if it never was")
    }

    @Test(arguments: [
        ("clients: { a: b }", "2: clients must be a list, each of whose items begins with \"-\""),
        ("clients: [shop]", "2: clients.1 must have keys of its own"),
        ("clients: [{ redirect_uris: [https://a.example/] }]", "2: clients.1 has no client_id, by which it is known"),
        (
            "clients:\n  - client_id: a b\n    redirect_uris: [https://a.example/]",
            "3: clients.1.client_id is \"a b\"; it"
        ),
        ("clients:\n  - client_id: a", "3: clients.1.redirect_uris is missing"),
        (
            "clients:\n  - client_id: a\n    redirect_uris: [https://a.example/]\n    clientname: A",
            "5: there is no key \"clients.1.clientname\". Did you mean \"client_name\"?"
        ),
        (
            "clients:\n  - client_id: a\n    redirect_uris: [https://a.example/#b]",
            "4: clients.1.redirect_uris \"https://a.example/#b\" "
        ),
        (
            "clients:\n  - client_id: a\n    redirect_uris: [https://a.example/]\n    client_secret: s3cr3t",
            "5: clients.1.client_secret has no place in a file"
        ),
        (
            "clients:\n  - client_id: a\n    redirect_uris: [https://a.example/]\n    client_secret_env: A\n"
                + "    client_secret_file: a",
            "5: clients.1.client_secret_env and client_secret_file exclude each other"
        ),
        (
            "clients:\n  - client_id: a\n    redirect_uris: [https://a.example/]\n    preset: mendicks",
            "5: clients.1.preset is \"mendicks\"; it must be one of standard, mendix"
        ),
        (
            "clients:\n  - client_id: a\n    redirect_uris: [https://a.example/]\n    client_name: 42",
            "5: clients.1.client_name is 42; it must be a string"
        ),
        (
            "clients:\n  - client_id: a\n    redirect_uris: [https://a.example/]\n    scope: [{ a: b }]",
            "5: clients.1.scope must be a list of names"
        ),
        (
            "clients:\n  - client_id: a\n    redirect_uris: [https://a.example/]\n    id_token_encrypted_response_alg: RSA",
            "5: clients.1.id_token_encrypted_response_alg is not supported"
        ),
        ("roles: [{ client: shop }]", "2: roles.1 has no name"),
        ("scopes: [{ nam: a }]", "2: scopes.1 has no name"),
        ("groups: [{ name: a, role: b }]", "2: there is no key \"groups.1.role\". Did you mean \"roles\"?"),
        ("claims: { custom: [{ name: a }] }", "2: claims.custom.1 must have one of value, attribute and expression"),
        ("claims: { custom: [{ name: a, value: 1, attribute: b }] }", "2: claims.custom.1 must have one of"),
        ("claims: { costum: [] }", "2: there is no key \"claims.costum\". Did you mean \"custom\"?"),
        ("scopes:\n  - name: a\n  - name: a", "4: the scope \"a\" is declared already, in postern.yaml:3; keep one"),
        (
            "roles:\n  - { name: a, client: b }\n  - { name: a }\n  - { name: a, client: b }",
            "5: the role \"a@b\" is declared already, in postern.yaml:3"
        ),
        (
            "groups:\n  - { name: Zo\u{EB} }\n  - { name: Zoe\u{308} }",
            "4: the group \"Zoe\u{308}\" is declared already"
        ),
    ])
    func `a fault is named with its line`(text: String, fault: String) {
        let faults = ConfigurationFixture.faults(ConfigurationFixture.minimal + text)
        #expect(faults.contains { $0.hasPrefix("postern.yaml:\(fault)") }, "\(faults)")
        #expect(!faults.contains { $0.contains("s3cr3t") })
    }

    @Test func `aliases can't make a few lines more than fits`() throws {
        var text = "claims:\n  custom:\n    - name: a\n      value:\n        v0: &v0 [1, 1]\n"
        for number in 1..<60 { text += "        v\(number): &v\(number) [*v\(number - 1), *v\(number - 1)]\n" }
        let faults = ConfigurationFixture.faults(ConfigurationFixture.minimal + text)
        #expect(faults.count == 1 && faults[0].contains("has more than 1000000 values"), "\(faults)")
        let some = "scopes: [{ name: a, description: &d \"A\" }, { name: b, description: *d }]\n"
        let declared = try ConfigurationFixture.parse(ConfigurationFixture.minimal + some).declarations
        #expect(declared.scopes.map(\.description) == ["A", "A"])
    }

    private func load(_ files: [String: String], _ text: String = "") throws -> DeclaredConfiguration {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try FileManager.default.createDirectory(atPath: folder.file("clients.d"), withIntermediateDirectories: true)
        try folder.write(ConfigurationFixture.minimal + text, to: "postern.yaml")
        for (name, text) in files {
            let parent = AbsolutePath.folder(of: folder.file(name))
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try folder.write(text, to: name)
        }
        return try DeclaredConfiguration(loading: folder.file("postern.yaml"), environment: [:])
    }

    @Test func `the files of clients.d are read in their order, and those that are not meant are not`() throws {
        let scope = { (name: String) in "scopes: [{ name: \(name) }]" }
        let declared = try load(
            [
                "clients.d/b.yaml": scope("b"), "clients.d/a.yml": scope("a"), "clients.d/.c.yaml": scope("c"),
                "clients.d/d.yaml.bak": scope("d"), "clients.d/README.md": "# no: [YAML",
                "clients.d/empty.yaml": "# none", "clients.d/folder.yaml/x.yaml": scope("x"),
            ], "scopes: [{ name: own }]\n")
        #expect(declared.declarations.scopes.map(\.name) == ["own", "a", "b"])
        #expect(
            declared.declarations.scopes.map(\.place.file) == ["postern.yaml", "clients.d/a.yml", "clients.d/b.yaml"])
    }

    @Test func `faults of all files are told at once, and one file's names the other`() throws {
        do {
            _ = try load(
                [
                    "clients.d/a.yaml": "scopes: [{ name: own }]", "clients.d/b.yaml": "lifetimes: { code: 60s }",
                    "clients.d/c.yaml": "a: [", "clients.d/d.yaml": "claims: { mendix_profile: true }",
                ], "scopes: [{ name: own }]\nstroe: a\n")
            Issue.record("it was taken")
        } catch let errors as ConfigurationErrors {
            let faults = errors.description
            for text in [
                "postern.yaml:3: there is no key \"stroe\"", "a.yaml:1: the scope \"own\" is declared already",
                "postern.yaml:2; keep one", "b.yaml:1: there is no key \"lifetimes\". Known here: ",
                "c.yaml:2: this is not YAML",
                "d.yaml:1: there is no key \"claims.mendix_profile\"",
            ] { #expect(faults.contains(text), "\(faults)") }
        }
    }

    @Test func `a folder that is named must be there, and pools don't read any`() throws {
        let text = ConfigurationFixture.minimal + "clients_folder: /nowhere/clients.d\n"
        #expect(ConfigurationFixture.faults(text).isEmpty)
        #expect {
            try load([:], "clients_folder: nowhere\n")
        } throws: { "\($0)".contains("nowhere, is not there") }
    }
}
