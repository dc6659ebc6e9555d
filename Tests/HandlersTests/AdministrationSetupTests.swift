import FoundationEssentials
import JOSE
import OIDCLogic
import SQLiteStore
import Testing

@testable import Handlers

@Suite struct AdministrationSetupTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func initialize(issuer: String? = "https://login.example.com/oidc") throws -> Initialization {
        try Initialization(configuration: folder.file("postern.yaml"), issuer: issuer, environment: [:])
    }

    @Test func `what init makes is complete, and secret where it must be`() throws {
        let made = try initialize()
        #expect(made.steps.allSatisfy { $0.wasMade })
        for name in ["state.key", "signing.key", "postern.db"] { #expect(try folder.mode(of: name) == 0o600) }
        #expect(try folder.mode(of: "postern.yaml") == 0o644)
        #expect(made.configuration.issuer.value == "https://login.example.com/oidc")
        let check = InstallationCheck(configuration: folder.file("postern.yaml"), environment: [:])
        #expect(!check.hasFault, "\(check.findings)")
    }

    @Test func `secrets that are made at the same time are each for their owner alone`() async throws {
        let paths = (0..<200).map { folder.file("\($0).key") }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for path in paths { group.addTask { try SetupFolder.makeSecretFile(path, "secret") } }
            for try await wasMade in group { #expect(wasMade) }
        }
        for path in paths {
            #expect(try folder.mode(of: URL(filePath: path).lastPathComponent) == 0o600)
            #expect(try !SetupFolder.makeSecretFile(path, "other"))
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("secret".utf8))
        }
    }

    @Test func `a file that can't be made says which, and why`() throws {
        let path = folder.file("nowhere/state.key")
        let error = try #require(throws: AdministrationError.self) { try SetupFolder.makeSecretFile(path, "secret") }
        #expect("\(error)".contains(path) && "\(error)".contains("No such file or directory"), "\(error)")
    }

    @Test func `init again changes nothing`() throws {
        _ = try initialize()
        func contents() throws -> [Data] {
            try ["postern.yaml", "state.key", "signing.key"].map {
                try Data(contentsOf: URL(filePath: folder.file($0)))
            }
        }
        let before = try contents()
        let keys = try SQLiteDatabase(path: folder.file("postern.db")).store().signingKeys()
        let again = try initialize(issuer: nil)
        #expect(!again.steps.contains { $0.wasMade })
        #expect(try contents() == before)
        #expect(try SQLiteDatabase(path: folder.file("postern.db")).store().signingKeys() == keys)
    }

    @Test func `a wrong issuer leaves nothing behind, nor does one that differs from what is there`() throws {
        #expect(throws: AdministrationError.self) { _ = try initialize(issuer: "http://login.example.com") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        _ = try initialize()
        #expect(throws: AdministrationError.self) { _ = try initialize(issuer: "https://other.example.com") }
    }

    @Test(arguments: ["state.key", "signing.key"])
    func `a lost key file is not replaced while the database needs it`(name: String) throws {
        let made = try initialize()
        let installation = try Installation(made.configuration, environment: [:])
        _ = try installation.clients.register(["redirect_uris": ["https://app.example.com/"]])
        try FileManager.default.removeItem(atPath: folder.file(name))
        #expect(throws: AdministrationError.self) { _ = try initialize(issuer: nil) }
        #expect(!FileManager.default.fileExists(atPath: folder.file(name)))
    }

    @Test func `a database without a key for every algorithm is given what is missing`() throws {
        let fixture = try AdministrationFixture()
        let made = try fixture.keys.createInitial(seal: fixture.seal)
        #expect(made.map(\.algorithm) == ClientMetadata.signingAlgorithms)
        #expect(Set(made.map(\.keyID)).count == 4, "a key serves one algorithm")
        #expect(made.allSatisfy { fixture.keys.opens($0, with: fixture.seal) })
        let other = Seal(current: .generate(), older: [], context: "https://login.example.com/oidc")
        #expect(!fixture.keys.opens(made[0], with: other))
        #expect(made.allSatisfy { $0.publicJWK["d"] == nil })
        #expect(try fixture.keys.listed().allSatisfy { $0.json["public_jwk"] == $0.key.publicJWK })
        #expect(try fixture.keys.createInitial(seal: fixture.seal).isEmpty)
        let retired = made[0].retired(at: AdministrationFixture.noon, lifetimes: Lifetimes())
        try fixture.store.change([.move(made[0], to: retired)])
        #expect(try fixture.keys.createInitial(seal: fixture.seal).map(\.algorithm) == [made[0].algorithm])
    }

    @Test func `installations that are made at the same time share their keys`() async throws {
        let fixture = try AdministrationFixture()
        let databases = try (0..<3).map { _ in try SQLiteDatabase(path: fixture.folder.file("postern.db")) }
        let made = try await withThrowingTaskGroup(of: Int.self) { group in
            for database in databases {
                group.addTask { [seal = fixture.seal] in
                    try SigningKeyAdministration(
                        store: try database.store(), lifetimes: Lifetimes(), now: { AdministrationFixture.noon }
                    ).createInitial(seal: seal).count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(made == 4)
        #expect(try fixture.keys.keys().map(\.algorithm) == ClientMetadata.signingAlgorithms)
    }

    @Test func `a key is made for an algorithm that has none, and then clients may ask for it`() throws {
        let fixture = try AdministrationFixture()
        _ = try fixture.keys.createInitial(seal: fixture.seal)
        let metadata: JSON = [
            "client_id": "demo", "redirect_uris": ["https://app.example.com/"], "id_token_signed_response_alg": "ES512",
        ]
        #expect(
            fixture.refusal { _ = try fixture.clients.register(metadata) }?.hasSuffix(
                "\"postern key add ES512\" makes one")
                == true)
        let made = try fixture.keys.add("ES512", seal: fixture.seal)
        #expect(fixture.keys.opens(made, with: fixture.seal) && made.status == .active)
        #expect(try fixture.clients.register(metadata).client.metadata.idTokenSignedResponseAlg == .es512)
        #expect(
            fixture.refusal { _ = try fixture.keys.add("ES512", seal: fixture.seal) }
                == "there is an active key for ES512 already; \"postern key rotate ES512\" makes the one that comes after it"
        )
        #expect(
            fixture.refusal { _ = try fixture.keys.add("HS256", seal: fixture.seal) }?.hasPrefix("the algorithm is")
                == true)
        var change = ClientChange()
        change.metadata = ["id_token_signed_response_alg": "PS384"]
        #expect(fixture.refusal { _ = try fixture.clients.change("demo", change) }?.contains("key add PS384") == true)
    }

    @Test func `check finds keys that were sealed for another issuer or under another file`() throws {
        _ = try initialize()
        let path = folder.file("postern.yaml")
        let moved = InstallationCheck(configuration: path, environment: ["POSTERN_ISSUER": "https://new.example.com"])
        #expect(moved.findings.contains { $0.status == .fault && $0.subject == "signing keys" })
        try folder.write(KeyFile(current: .generate()).text(), to: "signing.key")
        let swapped = InstallationCheck(configuration: path, environment: [:])
        #expect(swapped.findings.contains { $0.status == .fault && $0.subject == "signing keys" })
        try folder.write("issuer: x\nstor: y\n", to: "postern.yaml")
        #expect(InstallationCheck(configuration: path, environment: [:]).findings.count == 2)
    }

    // RFC 8707: whoever asks for a token to it would be told server_error.
    @Test func `check finds a resource whose tokens no key can sign`() throws {
        _ = try initialize()
        let path = folder.file("postern.yaml")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        func faults(_ algorithm: String) throws -> [String] {
            try folder.write(
                text + "\nresources: { https://api.example/: { signing_alg: \(algorithm) } }\n", to: "postern.yaml")
            return InstallationCheck(configuration: path, environment: [:]).findings
                .filter { $0.status == .fault && $0.subject == "resources" }.map(\.text)
        }
        #expect(try faults("PS256").allSatisfy { !$0.contains("PS256") })
        #expect(try faults("RS384").contains { $0.contains("https://api.example/") && $0.contains("key add RS384") })
    }

    // What the configuration counts on may have been added in the console.
    @Test func `check looks for upstreams in the database as well`() throws {
        let made = try initialize()
        let path = folder.file("postern.yaml")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        func faults(_ login: String) throws -> [String] {
            try folder.write(text + "\nlogin: \(login)\n", to: "postern.yaml")
            return InstallationCheck(configuration: path, environment: [:]).findings.filter { $0.status == .fault }
                .map { "\($0.subject) \($0.text)" }
        }
        let straight = "{ password: false, upstream: corb }"
        #expect(try faults(straight).map { $0.prefix(14) } == ["login.upstream", "login.password"])
        let upstreams = try Installation(made.configuration, environment: [:]).upstreams
        _ = try upstreams.add(
            "corp", ["issuer": "https://corp.example", "client_id": "postern", "client_secret": "a secret"])
        let typed = try faults(straight)
        #expect(typed.count == 1 && typed[0].contains("Did you mean") && typed[0].contains("corp"), "\(typed)")
        #expect(try faults("{ password: false, upstream: corp }").isEmpty)
        #expect(ConfigurationFixture.faults("issuer: https://a.example\nlogin: { upstream: A B }\n").count == 1)
        #expect(try faults("{ upstream: local }").isEmpty, "a password here is no upstream")
        #expect(
            ConfigurationFixture.faults("issuer: https://a.example\nlogin: { upstream: local, password: false }\n")
                .count
                == 1)
    }

    @Test func `check warns of two upstreams of one issuer, by both names`() throws {
        let made = try initialize()
        _ = try Installation(made.configuration, environment: [:]).upstreams.add(
            "former", ["issuer": "https://corp.example", "client_id": "postern", "client_secret": "a secret"])
        let path = folder.file("postern.yaml")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        func warnings(_ issuer: String) throws -> [String] {
            try folder.write(
                text + "\nupstreams: [{ name: corp, issuer: '\(issuer)', client_id: c, client_secret_file: s }]\n",
                to: "postern.yaml")
            return InstallationCheck(configuration: path, environment: [:]).findings
                .filter { $0.status == .warning && $0.subject == "upstream" }.map(\.text)
        }
        #expect(try warnings("https://other.example").isEmpty)
        let warned = try warnings("https://corp.example")
        #expect(warned.count == 1 && warned[0].contains("\"former\"") && warned[0].contains("\"corp\""), "\(warned)")
        #expect(warned.first?.contains("postern upstream remove former") == true)
    }

    @Test func `an operation without a database says how to make one`() throws {
        let configuration = try Configuration(
            parsing: ConfigurationFixture.minimal, file: folder.file("postern.yaml"))
        #expect(throws: AdministrationError.self) { _ = try Installation(configuration, environment: [:]) }
        #expect(!FileManager.default.fileExists(atPath: folder.file("postern.db")))
    }

    @Test func `resources are found by the environment, beside the executable, or in the source tree of a build`()
        throws
    {
        for tree in ["usr/share/postern", "src"] {
            for name in ["templates", "locales"] {
                try FileManager.default.createDirectory(
                    atPath: folder.file("\(tree)/\(name)"), withIntermediateDirectories: true)
            }
        }
        func found(_ executable: String, _ environment: [String: String] = [:]) -> String? {
            try? ResourceDirectory(environment: environment, executable: folder.file(executable)).path
        }
        #expect(found("usr/bin/postern") == folder.file("usr/share/postern"))
        #expect(found("src/.build/x86_64/debug/postern") == folder.file("src"))
        #expect(found("src/bin/postern") == nil, "no build lies there")
        #expect(found("x", ["POSTERN_SHARE": folder.file("src")]) == folder.file("src"))
        #expect(
            found("usr/bin/postern", ["POSTERN_SHARE": folder.file("none")]) == nil,
            "a wrong name is no wish for another")
    }
}
