import FoundationEssentials
import JOSE
import OIDCLogic
import SQLiteStore

/// Makes what an installation needs: configuration, key files, database, first signing keys. What is there stays as it
/// is, so that it can be run again.
package struct Initialization {
    /// One thing that an installation needs.
    package struct Step: Sendable {
        package let name: String
        /// Its path, or what it holds.
        package let detail: String
        /// False: it was there.
        package let wasMade: Bool
    }

    package private(set) var steps: [Step] = []
    package let configuration: Configuration

    /// For a trial on one's own machine.
    package static let trialIssuer = "http://localhost:8080/oidc"

    /// `path` is the configuration's. Throws ``ConfigurationErrors``, ``AdministrationError``, ``KeyFileFault`` and
    /// `StoreError`.
    package init(
        configuration path: String, issuer: String?, environment: [String: String],
        now: @escaping Clock = SystemClock.now
    ) throws {
        let file = AbsolutePath.of(path, in: FileManager.default.currentDirectoryPath)
        if !FileManager.default.fileExists(atPath: file) {
            let text = ConfigurationTemplate.text(issuer: issuer ?? Self.trialIssuer)
            // A wrong issuer must not leave a file behind.
            if let issuer { try Self.refuseFaulty(issuer) }
            _ = try Configuration(parsing: text, file: file, calledAs: path, environment: environment)
            _ = try SetupFolder.makeFolder(AbsolutePath.folder(of: file))
            let wasMade = try SetupFolder.makePlainFile(file, text)
            steps.append(Step(name: "configuration", detail: file, wasMade: wasMade))
        } else {
            steps.append(Step(name: "configuration", detail: file, wasMade: false))
        }
        configuration = try Configuration.load(path, environment: environment)
        if let issuer, !issuer.utf8.elementsEqual(configuration.issuer.value.utf8) {
            throw AdministrationError.invalid(
                "\(path) is there already, for the issuer \(configuration.issuer); nothing was changed. "
                    + "Leave --issuer out, or name another file with --config")
        }
        try makeState(environment, now: now)
    }

    private mutating func makeState(_ environment: [String: String], now: @escaping Clock) throws {
        let keyFiles = KeyFiles(configuration, environment: environment)
        let statePath = try keyFiles.statePath()
        let signingPath = try keyFiles.signingPath()
        let files = FileManager.default
        let hadDatabase = files.fileExists(atPath: configuration.store)
        // Opening makes it, so what must not be is looked at before.
        if hadDatabase {
            let store = try SQLiteDatabase(path: configuration.store).store()
            if !files.fileExists(atPath: signingPath), try !store.signingKeys().isEmpty { throw lost(signingPath) }
            if !files.fileExists(atPath: statePath), try Self.holdsSecrets(store) { throw lost(statePath) }
        }
        for path in [statePath, signingPath, configuration.store] {
            _ = try SetupFolder.makeFolder(AbsolutePath.folder(of: path))
        }
        for (name, path) in [("state key", statePath), ("signing key", signingPath)] {
            let wasMade = try SetupFolder.makeSecretFile(path, KeyFile(current: .generate()).text())
            steps.append(Step(name: name, detail: path, wasMade: wasMade))
        }
        let actor = AuditActor(.commandLine(UnixUser.name(environment: environment)), by: .commandLine)
        let store = try SQLiteDatabase(path: configuration.store).store(for: actor, now: now)
        steps.append(Step(name: "database", detail: configuration.store, wasMade: !hadDatabase))

        let keys = SigningKeyAdministration(store: store, lifetimes: configuration.lifetimes, now: now)
        let made = try keys.createInitial(seal: keyFiles.signing())
        let names = (made.isEmpty ? try keys.plans().map(\.active) : made).map(\.algorithm.rawValue)
        steps.append(Step(name: "signing keys", detail: names.joined(separator: ", "), wasMade: !made.isEmpty))

        let roles = try RoleAdministration(store: store).createOwn()
        steps.append(
            Step(name: "roles", detail: "postern:admin, and parts of it", wasMade: !roles.isEmpty))

        for folder in Set(configuration.pools.map { AbsolutePath.folder(of: $0.socket) }).sorted() {
            let wasMade = try SetupFolder.makeFolder(folder)
            steps.append(Step(name: "sockets", detail: folder, wasMade: wasMade))
        }
    }

    private func lost(_ path: String) -> AdministrationError {
        .missing(
            "the key file \(path) is gone, but \(configuration.store) holds what was sealed under it. Bring the file back "
                + "from a backup; if there is none, move the database away and begin anew")
    }

    private static func holdsSecrets(_ store: some Store) throws -> Bool {
        var last: ClientID?
        while true {
            let page = try store.clients(after: last, limit: 500)
            if page.contains(where: { $0.sealedSecret != nil }) { return true }
            if page.count < 500 { return false }
            last = page.last?.id
        }
    }

    private static func refuseFaulty(_ issuer: String) throws(AdministrationError) {
        do throws(IssuerFault) { _ = try Issuer(issuer) } catch {
            throw .invalid("the issuer \"\(issuer)\" \(error.rawValue)")
        }
    }
}
