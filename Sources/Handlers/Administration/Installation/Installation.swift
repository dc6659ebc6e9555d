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
    private let administration: Administration
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
        let keyFiles = KeyFiles(configuration, environment: environment)
        self.keyFiles = keyFiles
        self.environment = environment
        self.store = store
        administration = Administration(
            store: store, policy: configuration.policy, claims: configuration.claims, issuer: configuration.issuer,
            lifetimes: configuration.lifetimes, resources: configuration.resources,
            // `state.key` is read when something is to be sealed under it.
            seal: { try keyFiles.state() }, sectors: SectorRule(configuration.outbound.calls), now: now)
        self.now = now
    }

    package var upstreams: [Upstream] { configuration.upstreams.options.upstreams }

    /// Asks it. Throws ``AdministrationError`` if there is none of that name, and what its secret can't be read for.
    package func test(upstream name: String) throws -> UpstreamTest {
        guard let upstream = upstreams.first(where: { $0.name.value.hasSameBytes(as: name) }) else {
            let names = upstreams.map(\.name.value)
            throw AdministrationError.missing(
                "there is no upstream \"\(name)\" in \(configuration.file)." + Nearest.question(name, among: names))
        }
        let secrets = try configuration.upstreams.secrets(environment: environment)
        return UpstreamTest(
            upstream, for: configuration.issuer, secret: secrets[upstream.name],
            outbound: configuration.outbound.calls, now: now)
    }

    package var clients: ClientAdministration { administration.clients }

    package var users: UserAdministration { administration.users }

    package var sessions: SessionAdministration { administration.sessions }

    package var grants: GrantAdministration { administration.grants }

    package var consents: ConsentAdministration { administration.consents }

    package var roles: RoleAdministration { administration.roles }

    package var groups: GroupAdministration { administration.groups }

    package var scopes: ScopeAdministration { administration.scopes }

    package var claims: ClaimAdministration { administration.claims }

    package var initialAccessTokens: InitialAccessTokenAdministration { administration.tokens }

    package var signingKeys: SigningKeyAdministration { administration.keys }

    package var audit: AuditAdministration { administration.audit }

    /// What `postern explain` looks at.
    package var explanations: Explanations { administration.explanations }

    package var refusals: RefusalAdministration { RefusalAdministration(store: store) }

    package var userImport: UserFileImport { UserFileImport(store: store, now: now) }

    /// Where a link leads.
    package func address(of link: OneTimeLinkToken) -> String {
        ConsoleLinkPage.address(link, issuer: configuration.issuer)
    }

    /// Where an invitation leads.
    package func invitation(_ link: OneTimeLinkToken) -> String {
        Invitation.address(link, issuer: configuration.issuer)
    }

    /// To the hour; nil: never.
    package func lastUse(of client: Client) throws -> Timestamp? { try store.lastUse(of: client.id) }

    /// Those that nobody has used since then, unused the longest first.
    ///
    /// - Parameter since: as ``WrittenTime`` has it. Throws ``AdministrationError`` for a time that is none.
    package func clients(unusedSince since: String) throws -> [Client] {
        guard let time = WrittenTime.time(since, now: now()) else {
            throw AdministrationError.invalid("the time is \"\(since)\"; it must be \(WrittenTime.explanation)")
        }
        return try store.clients(unusedSince: time, after: nil, limit: Int.max)
    }

    /// Of the clock that operations go by.
    package var time: Timestamp { now() }

    /// Of the same configuration, read with all that it declares.
    package func declarations(_ declared: DeclaredConfiguration) -> DeclarationAdministration {
        DeclarationAdministration(store: store, declared, environment: environment, now: now)
    }

    /// Which file declares what.
    package func declaringFiles() throws -> DeclaringFiles { DeclaringFiles(try store.declarations()) }

    package func export(onlyUndeclared: Bool = false) throws -> DeclarationExport {
        DeclarationExport(try DeclaredState(store), onlyUndeclared: onlyUndeclared)
    }
}
