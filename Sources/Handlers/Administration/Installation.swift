import FoundationEssentials
import JOSE
import OIDCLogic
import SQLiteStore

/// A configuration with its database opened, for an administrator's operations.
package struct Installation {
    package let configuration: Configuration
    package let keyFiles: KeyFiles
    private let environment: [String: String]
    private let store: any Store
    private let now: Clock

    /// Opens the database, which must be there. Throws ``AdministrationError`` and `StoreError`.
    package init(
        _ configuration: Configuration, environment: [String: String], now: @escaping Clock = SystemClock.now
    ) throws {
        guard FileManager.default.fileExists(atPath: configuration.store) else {
            throw AdministrationError.missing(
                "there is no database at \(configuration.store); \"postern init\" makes it")
        }
        let actor = AuditActor(.commandLine(UnixUser.name(environment: environment)), by: .commandLine)
        self.init(
            configuration, environment: environment,
            store: try SQLiteDatabase(path: configuration.store).store(for: actor, now: now), now: now)
    }

    init(_ configuration: Configuration, environment: [String: String], store: any Store, now: @escaping Clock) {
        self.configuration = configuration
        keyFiles = KeyFiles(configuration, environment: environment)
        self.environment = environment
        self.store = store
        self.now = now
    }

    package var users: UserAdministration { UserAdministration(store: store, now: now) }

    package var audit: AuditAdministration { AuditAdministration(store: store, now: now) }

    package var refusals: RefusalAdministration { RefusalAdministration(store: store) }

    package var userImport: UserFileImport { UserFileImport(store: store, now: now) }

    package var scopes: ScopeAdministration { ScopeAdministration(store: store, policy: configuration.policy) }

    package var roles: RoleAdministration { RoleAdministration(store: store) }

    package var groups: GroupAdministration { GroupAdministration(store: store) }

    package var signingKeys: SigningKeyAdministration { SigningKeyAdministration(store: store, now: now) }

    package var initialAccessTokens: InitialAccessTokenAdministration {
        InitialAccessTokenAdministration(store: store, now: now)
    }

    /// Where a link leads.
    package func address(of link: OneTimeLinkToken) -> String {
        ConsoleLinkPage.address(link, issuer: configuration.issuer)
    }

    /// Of the clock that operations go by.
    package var time: Timestamp { now() }

    package var claims: ClaimAdministration {
        ClaimAdministration(store: store, settings: configuration.claims, policy: configuration.policy, now: now)
    }

    /// Of the same configuration, read with all that it declares.
    package func declarations(_ declared: DeclaredConfiguration) -> DeclarationAdministration {
        DeclarationAdministration(store: store, declared, environment: environment, now: now)
    }

    /// Which file declares what.
    package func declaringFiles() throws -> DeclaringFiles { DeclaringFiles(try store.declarations()) }

    package func export(onlyUndeclared: Bool = false) throws -> DeclarationExport {
        DeclarationExport(try DeclaredState(store), onlyUndeclared: onlyUndeclared)
    }

    /// What `postern explain` looks at.
    package var explanations: Explanations {
        Explanations(
            store: store, policy: configuration.policy, claims: configuration.claims, users: users, clients: clients,
            now: now)
    }

    /// It reads `state.key`, which secrets are sealed under, when it needs it.
    package var clients: ClientAdministration {
        ClientAdministration(
            store: store, resources: configuration.resources, seal: { [keyFiles] in try keyFiles.state() }, now: now)
    }
}
