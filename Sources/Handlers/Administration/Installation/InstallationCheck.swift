import FoundationEssentials
import JOSE
import OIDCLogic
import SQLiteStore

/// Looks at all that a configuration names, and says of each thing whether it will work.
package struct InstallationCheck {
    package struct Finding: Sendable {
        package enum Status: String, Sendable {
            case ok, warning, fault
        }

        package let status: Status
        /// What was looked at.
        package let subject: String
        package let text: String
    }

    package private(set) var findings: [Finding] = []

    package var hasFault: Bool { findings.contains { $0.status == .fault } }

    /// `path` is the configuration's.
    package init(configuration path: String, environment: [String: String]) {
        let configuration: Configuration
        do throws(ConfigurationErrors) {
            configuration = try Configuration.load(path, environment: environment)
        } catch {
            for fault in error.faults { add(.fault, "configuration", fault.description) }
            return
        }
        add(.ok, "configuration", configuration.file)
        for warning in configuration.warnings { add(.warning, "configuration", warning) }
        add(.ok, "issuer", configuration.issuer.value)
        check(filesOf: configuration, environment)
        check(policyOf: configuration)
        check(keyFiles: KeyFiles(configuration, environment: environment), configuration)
        check(declarationsAt: path, environment)
        check(pools: configuration.pools)
    }

    /// The pages that the handlers render, and what nginx is told.
    private mutating func check(filesOf configuration: Configuration, _ environment: [String: String]) {
        for (subject, path) in [
            ("pages.templates", configuration.pages.templates), ("pages.locales", configuration.pages.locales),
        ] {
            if let path, !Self.isFolder(path) { add(.fault, subject, "\(path) is no folder") }
        }
        do {
            let resources = try ResourceDirectory(environment: environment)
            add(.ok, "resources", resources.path)
            let pages = try PageRenderer(configuration.pages, resources: resources, issuer: configuration.issuer)
            add(.ok, "pages", "languages: \(pages.languages.map(\.tag).joined(separator: ", "))")
            _ = try NginxConfiguration(configuration, resources: resources)
            add(.ok, "nginx", "its files can be printed")
        } catch let fault as NginxFault {
            add(.fault, "nginx", fault.description)
        } catch let error as PageError {
            add(.fault, "pages", "\(error)")
        } catch {
            add(.fault, "resources", "\(error)")
        }
    }

    /// That every rule can be compiled, reading the configuration has shown.
    private mutating func check(policyOf configuration: Configuration) {
        guard !configuration.policy.isEmpty || !configuration.policyTests.isEmpty else { return }
        do {
            // What scopes and roles there are, the database says; where there is none yet, there are the standard ones.
            let catalogue = (try? SQLiteDatabase(path: configuration.store).store().catalogue()) ?? .empty
            let policy = ScopePolicy(
                catalogue: catalogue, rules: configuration.policy, evaluator: try SandboxedExpressions())
            let failures = configuration.policyTests.compactMap { test in
                test.failure(of: policy).map { (name: test.name, text: $0) }
            }
            for failure in failures { add(.fault, "policy test", "\"\(failure.name)\": \(failure.text)") }
            let rules = Self.count(configuration.policy.count, "rule")
            let tests = Self.count(configuration.policyTests.count, "test")
            if failures.isEmpty { add(.ok, "policy", "\(rules), \(tests) passed") }
        } catch {
            add(.fault, "policy", "\(error)")
        }
    }

    private mutating func check(keyFiles: KeyFiles, _ configuration: Configuration) {
        let path = configuration.store
        let state = seal("state key") { () throws(KeyFileFault) in (try keyFiles.state(), try keyFiles.statePath()) }
        let signing = seal("signing key") { () throws(KeyFileFault) in
            (try keyFiles.signing(), try keyFiles.signingPath())
        }
        guard FileManager.default.fileExists(atPath: path) else {
            add(.fault, "database", "\(path) is not there; \"postern init\" makes it")
            return
        }
        do {
            let database = try SQLiteDatabase(path: path)
            let store = try database.store()
            add(.ok, "database", "\(path), schema \(try database.schemaVersion)")
            for warning in database.warnings { add(.warning, "database", warning) }
            if let signing { try check(signingKeysOf: store, configuration.lifetimes, signing) }
            if let state { try check(secretsOf: store, state) }
            try check(scopesOf: store, configuration.policy)
            try check(clientsOf: configuration.policy, in: store)
            try check(scopesOf: configuration.policy, in: store)
            try check(claimsOf: store, configuration)
            try check(resourcesOf: configuration, in: store)
            try check(upstreamsOf: store, configuration.upstreams)
            for warning in try AudienceRule(store: store, configured: configuration.resources).warnings() {
                add(.warning, "resources", warning)
            }
        } catch StoreError.unavailable(let text), StoreError.broken(let text) {
            add(.fault, "database", "\(path): \(text)")
        } catch {
            add(.fault, "database", "\(path): \(error)")
        }
    }

    /// What is declared has no effect until it is applied, so nothing about it keeps the service from working.
    private mutating func check(declarationsAt path: String, _ environment: [String: String]) {
        let declared: DeclaredConfiguration
        do throws(ConfigurationErrors) {
            declared = try DeclaredConfiguration(loading: path, environment: environment)
        } catch {
            for fault in error.faults { add(.warning, "declared", "can't be applied: \(fault)") }
            return
        }
        guard declared.count > 0,
            let store = try? SQLiteDatabase(path: declared.configuration.store).store()
        else { return }
        let declarations = DeclarationAdministration(
            store: store, declared, environment: environment, now: SystemClock.now)
        do {
            let plan = try declarations.plan()
            if plan.isEmpty {
                add(.ok, "declared", "\(Self.count(declared.count, "thing")), all there")
            } else {
                let steps = Self.count(plan.steps.count, "step")
                add(.warning, "declared", "\(steps) to what is declared; see \"postern plan\"")
            }
        } catch let errors as ConfigurationErrors {
            for fault in errors.faults { add(.warning, "declared", "can't be applied: \(fault)") }
        } catch {
            let text = (error as? any AdministratorFacing)?.administratorText ?? "\(error)"
            add(.warning, "declared", "can't be applied: \(text)")
        }
    }

    private mutating func seal(
        _ subject: String, _ load: () throws(KeyFileFault) -> (seal: Seal, path: String)
    ) -> Seal? {
        do throws(KeyFileFault) {
            let loaded = try load()
            add(.ok, subject, loaded.path)
            return loaded.seal
        } catch {
            add(.fault, subject, error.description)
            return nil
        }
    }

    private mutating func check(signingKeysOf store: some Store, _ lifetimes: Lifetimes, _ seal: Seal) throws {
        let administration = SigningKeyAdministration(store: store, lifetimes: lifetimes, now: SystemClock.now)
        let keys = try administration.keys().filter { $0.state.sealedPrivateJWK != nil }
        let lost = keys.filter { !administration.opens($0, with: seal) }
        if !lost.isEmpty {
            let names = lost.map(\.algorithm.rawValue).joined(separator: ", ")
            add(.fault, "signing keys", "can't be opened: \(names). \(Self.sealedElsewhere("signing.key"))")
        }
        let active = Set(keys.filter { $0.status == .active }.map(\.algorithm))
        let missing = ClientMetadata.signingAlgorithms.filter { !active.contains($0) }.map(\.rawValue)
        if !missing.isEmpty {
            add(
                .fault, "signing keys",
                "there is no active key for \(missing.joined(separator: ", ")); \"postern init\" makes what is missing")
        }
        let overdue = try administration.listed().filter(\.needsAttention).map(\.key.algorithm.rawValue)
        if !overdue.isEmpty {
            add(
                .warning, "signing keys",
                "should have been replaced by now: \(overdue.joined(separator: ", ")). The pool that serves token does it "
                    + "while it runs, and its log says why it couldn't; \"postern key rotate\" does it at once")
        }
        if lost.isEmpty, missing.isEmpty, overdue.isEmpty {
            let signing = keys.filter { $0.status == .active }.map(\.algorithm.rawValue)
            add(.ok, "signing keys", signing.joined(separator: ", "))
        }
    }

    /// What asks for a token to such a resource would be told `server_error`.
    private mutating func check(resourcesOf configuration: Configuration, in store: some Store) throws {
        let active = Set(try store.signingKeys().filter { $0.status == .active }.map(\.algorithm))
        for (resource, algorithm) in configuration.resources.wantedAlgorithms where !active.contains(algorithm) {
            let name = algorithm.rawValue
            add(
                .fault, "resources",
                "\(resource.value) wants tokens signed by \(name), and there is no active key for it; "
                    + "\"postern key add \(name)\" makes one")
        }
    }

    private mutating func check(secretsOf store: some Store, _ seal: Seal) throws {
        let clients = try store.allClients()
        let lost = clients.filter { client in
            guard let sealed = client.sealedSecret else { return false }
            return (try? ClientSecret(sealed: sealed, of: client.id, opening: seal)) == nil
        }
        let count = Self.count(clients.count, "client")
        if lost.isEmpty {
            add(.ok, "clients", count)
        } else {
            let names = lost.prefix(5).map(\.id.value).joined(separator: ", ") + (lost.count > 5 ? ", …" : "")
            add(
                .fault, "clients",
                "of \(count), the secrets of \(lost.count) can't be opened: \(names). \(Self.sealedElsewhere("state.key"))"
            )
        }
    }

    private mutating func check(scopesOf store: some Store, _ policy: [PolicyRule]) throws {
        for warning in try ScopeAdministration(store: store, policy: policy).warnings() {
            add(.warning, "scopes", warning.description)
        }
    }

    /// A rule may be there before its client; one that is mistyped protects nothing.
    private mutating func check(clientsOf policy: [PolicyRule], in store: some Store) throws {
        for rule in policy {
            for id in (rule.clients ?? []).sorted(by: { $0.value < $1.value }) where try store.client(id) == nil {
                add(.warning, "policy", "the rule \"\(rule.name)\" is for \(id), and there is no such client")
            }
        }
    }

    private mutating func check(scopesOf policy: [PolicyRule], in store: some Store) throws {
        let warnings = try PolicyWarning.all(about: policy, in: try store.catalogue()) { try store.allClients() }
        for warning in warnings { add(.warning, "policy", warning.description) }
    }

    private mutating func check(claimsOf store: some Store, _ configuration: Configuration) throws {
        let administration = ClaimAdministration(
            store: store, settings: configuration.claims, policy: configuration.policy, now: SystemClock.now)
        let claims = try administration.claims()
        guard !claims.isEmpty else { return }
        let faults = try claims.compactMap { claim in
            try administration.objection(to: claim).map { "\(claim.name) (\(claim.id)) \($0)" }
        }
        for fault in faults { add(.fault, "claims", fault) }
        for warning in try claims.flatMap(administration.warnings) { add(.warning, "claims", warning) }
        if faults.isEmpty { add(.ok, "claims", Self.count(claims.count, "custom claim")) }
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private mutating func check(pools: [Pool]) {
        for pool in pools {
            let folder = AbsolutePath.folder(of: pool.socket)
            guard Self.isFolder(folder) else {
                add(.fault, "pool \(pool.name)", "the folder of its socket, \(folder), is not there")
                continue
            }
            let handlers = pool.handlers.map(\.rawValue).joined(separator: ", ")
            add(.ok, "pool \(pool.name)", "\(pool.processes) x \(pool.threads) threads: \(handlers)")
        }
    }

    private static func sealedElsewhere(_ file: String) -> String {
        "Either \(file) is another one than then, or the issuer has changed since; bring the old one back"
    }

    private static func isFolder(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(filePath: path, directoryHint: .isDirectory).resolvingSymlinksInPath().path(
                percentEncoded: false))
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    mutating func add(_ status: Finding.Status, _ subject: String, _ text: String) {
        findings.append(Finding(status: status, subject: subject, text: text))
    }
}

extension [InstallationCheck.Finding] {
    /// As an array of objects.
    package var json: JSON {
        .array(
            map {
                .object([
                    "status": .string($0.status.rawValue), "subject": .string($0.subject), "text": .string($0.text),
                ])
            })
    }
}
