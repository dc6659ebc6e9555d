import FCGIBridge
import JOSE
import Logging
import OIDCLogic
import Synchronization

@testable import Handlers
@testable import SQLiteStore

/// A provider over a database of a test's own, whose clock the test sets.
final class HandlerFixture {
    static let noon = Timestamp(1_800_000_000)
    static let password = "correct horse"
    /// Another hash of the same password, as far as this provider knows.
    static let otherHash = "another hash of the same password"

    let provider: Provider
    let database: SQLiteDatabase
    let store: SQLiteStore
    let published = PublishedKeysFixture()
    let sectors = OutboundFixture()
    private let folder: TemporaryFolder
    private let clock: TestClock
    private let checking: Checking
    private let interrupted: InterruptedStore

    /// What the provider has logged.
    var logged: [String] { recorder.lines }
    private let recorder: LogRecorder

    /// There are `app`, of the administrator's own, `other` like it, `third`, which asks for consent, and the user `ann`.
    init(
        rules: [PolicyRule] = [], mendixProfile: Bool = false, sessionManagement: Bool = false,
        registration: RegistrationSettings = RegistrationSettings(), signIn: SignInOptions = SignInOptions()
    ) throws {
        let recorder = LogRecorder()
        self.recorder = recorder
        let expressions = try SandboxedExpressions()
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.file("postern.db"))
        store = try database.store()
        let issuer = try Issuer("https://login.example/oidc")
        let clock = TestClock()
        self.clock = clock
        let checking = Checking()
        self.checking = checking
        // Another than the test's own, as that of another process: what happens meanwhile is none of its doing.
        interrupted = InterruptedStore(try database.store())
        let hash = try Self.passwordHash.get()
        provider = Provider(
            issuer: issuer, lifetimes: Lifetimes(), seal: Self.seal, store: interrupted,
            pages: try PagesFixture.renderer(),
            cookies: try CookieNames(for: issuer, sharesHost: false),
            passwords: PasswordChecker(
                limit: 16, queue: 0,
                verify: { password, tried in
                    checking.happens()
                    return password == Self.password && [hash, Self.otherHash].contains(tried)
                }), checks: ChecksInFlight(),
            secrets: ClientSecrets(seal: Self.seal), keys: KeyRing(seal: Self.seal), verifiedTokens: VerifiedTokens(),
            resources: ResourceServers(), assertions: AssertionSettings(), registration: registration,
            publishedKeys: published,
            publishedRequests: RequestObjectCache(sectors, callsPerHost: 2, now: { clock.now }),
            logos: LogoCache(sectors, now: { clock.now }), outbound: sectors,
            upstreams: UpstreamDirectory(
                UpstreamSettings(options: signIn),
                secrets: Dictionary(uniqueKeysWithValues: signIn.upstreams.map { ($0.name, "its secret") })
                    .mapValues { UpstreamSecret($0) }, seal: Self.seal, outbound: sectors,
                log: recorder.logger, now: { clock.now }),
            upstreamExpressions: try UpstreamExpressions(), rules: rules, expressions: expressions,
            hasMendixProfile: mendixProfile, hasSessionManagement: sessionManagement,
            now: { clock.now }, random: SystemRandom(), ids: .system, log: recorder.logger)
        try store.add(try Self.keys.get())
        for (id, isFirstParty) in [("app", true), ("other", true), ("third", false)] {
            try add(id, isFirstParty: isFirstParty)
        }
        try store.add(user("ann", "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11"))
    }

    var now: Timestamp {
        get { clock.now }
        set { clock.now = newValue }
    }

    /// What happens while a password is being checked.
    func whileChecking(_ action: (@Sendable () -> Void)?) { checking.action.withLock { $0 = action } }

    /// What happens right before the next sign-in or consent is written.
    func beforeWriting(_ action: (() throws -> Void)?) { interrupted.meanwhile = action }

    func add(
        _ id: String, isFirstParty: Bool = true, preset: ClaimPreset = .standard, metadata: [String: JSON] = [:]
    ) throws {
        try store.add(client(id, isFirstParty: isFirstParty, preset: preset, metadata: metadata))
    }

    /// One that registers itself, as a third party's.
    @discardableResult func addRegistered(
        _ id: String, needsApproval: Bool = false, approval: ClientApproval = .given, metadata: [String: JSON] = [:]
    ) throws -> Client {
        let client = try client(id, isFirstParty: false, approval: approval, metadata: metadata)
        let registration = ClientRegistration(
            id: RegistrationID("registration of \(id)"), clientID: client.id, digest: Array(id.utf8),
            permit: RegistrationPermit(isFirstParty: false, needsApproval: needsApproval))
        _ = try store.register(client, as: registration, spending: .none, at: now)
        return client
    }

    private func client(
        _ id: String, isFirstParty: Bool, preset: ClaimPreset = .standard, approval: ClientApproval = .given,
        metadata: [String: JSON]
    ) throws -> Client {
        let good: [String: JSON] = ["redirect_uris": ["https://\(id).example/callback"]]
        let metadata = try ClientMetadata(.object(good.merging(metadata) { _, new in new }))
        let secret = ClientSecret("the secret of \(id)").sealed(for: ClientID(id), by: Self.seal)
        return Client(
            id: ClientID(id), metadata: metadata, sealedSecret: metadata.hasSecret ? secret : nil, preset: preset,
            isFirstParty: isFirstParty, approval: approval, createdAt: Self.noon, updatedAt: Self.noon)
    }

    func user(_ name: String, _ id: String, isDisabled: Bool = false) throws -> User {
        User(
            id: UserID(id), username: Username(name), passwordHash: try Self.passwordHash.get(),
            isDisabled: isDisabled, attributes: ["name": .string(name), "email": "\(name)@app.example"],
            createdAt: Self.noon, updatedAt: Self.noon)
    }

    /// Every row of the tables that matter, to compare before and after a refusal. What failures are counted for is left
    /// out: counting them is what a refusal is to do; and when a client was last used, which is noted in the background.
    func rows() throws -> [String] {
        try [
            "client", "user", "user_role", "user_group_member", "consent", "session", "spent_attempt",
            "spent_assertion", "parked_value",
            "authorization_grant", "client_registration", "upstream_link",
        ].flatMap {
            table in
            let columns = try store.reader.all(
                "SELECT name FROM pragma_table_info('\(table)') WHERE '\(table).' || name != 'client.last_used_at'"
            ) { row throws(StoreError) in
                "quote(\(try row.text(0)))"
            }
            let sql = "SELECT \(columns.joined(separator: " || ',' || ")) FROM \(table)"
            return try store.reader.all(sql) { row throws(StoreError) in "\(table): \(try row.text(0))" }.sorted()
        }
    }

    /// The one session that there is.
    func session() throws -> Session {
        let ids = try store.reader.all("SELECT id FROM session") { row throws(StoreError) in try row.text(0) }
        guard ids.count == 1 else { throw Missing(text: "there are \(ids.count) sessions") }
        return try store.session(SessionID(ids[0])).orThrow("the session is gone")
    }

    /// From one moment of the store, as a worker thread does.
    func respond(_ handler: HandlerName, _ request: Request) -> Response {
        (try? interrupted.reading { answer(handler, request) }) ?? Response(status: .internalServerError)
    }

    private func answer(_ handler: HandlerName, _ request: Request) -> Response {
        switch handler {
        case .discovery: DiscoveryHandler(provider: provider).respond(to: request)
        case .jwks: JWKSHandler(provider: provider).respond(to: request)
        case .authorize: AuthorizeHandler(provider).respond(to: request)
        case .login: LoginHandler(provider).respond(to: request)
        case .consent: ConsentHandler(provider).respond(to: request)
        case .logout: LogoutHandler(provider).respond(to: request)
        case .logo: LogoHandler(provider: provider).respond(to: request)
        case .checkSession: CheckSessionHandler(provider: provider).respond(to: request)
        case .token: TokenHandler(provider: provider).respond(to: request)
        case .userinfo: UserInfoHandler(provider: provider).respond(to: request)
        case .introspect: IntrospectHandler(provider: provider).respond(to: request)
        case .revoke: RevokeHandler(provider: provider).respond(to: request)
        case .register: RegisterHandler(provider: provider).respond(to: request)
        case .clientConfiguration: ClientConfigurationHandler(provider: provider).respond(to: request)
        case .administration: AdministrationHandler(provider: provider).respond(to: request)
        case .console: ConsoleHandler(provider).respond(to: request)
        case .account: AccountHandler(provider).respond(to: request)
        case .upstream: UpstreamHandler(provider).respond(to: request)
        case .callback: CallbackHandler(provider).respond(to: request)
        case .upstreamLogout: UpstreamLogoutHandler(provider: provider).respond(to: request)
        case .upstreamKeys: UpstreamKeysHandler(provider: provider).respond(to: request)
        case .upstreamSignOut: UpstreamSignOutHandler(provider).respond(to: request)
        case .frontchannel: FrontchannelHandler(provider).respond(to: request)
        case .health: HealthHandler(provider: provider).respond(to: request)
        }
    }

    /// A token signed with a key of this provider, whatever is in it.
    func sign(_ claims: JSON, type: String = AccessToken.type, _ algorithm: SignatureAlgorithm = .es256) throws
        -> String
    {
        try JWS.sign(header: type, claims: claims, key: try provider.keys.signingKey(algorithm, from: store))
    }

    static let seal = Seal(current: .generate(), context: "https://login.example/oidc")
    private static let passwordHash = Result { try PasswordHash.hash(password.utf8) }
    /// Made once, as making an RSA key takes a while.
    private static let keys = Result {
        try [SignatureAlgorithm.rs256, .es256].map { try key($0) }
    }

    /// A new active key; `seal` is another than the provider's where it shall not be able to open it.
    static func key(_ algorithm: SignatureAlgorithm, sealedBy seal: Seal = seal) throws -> SigningKeyRecord {
        try SigningKeyRecord(
            active: .generate(algorithm), sealedBy: seal, at: noon, lifetimes: Lifetimes())
    }
}

private final class Checking: Sendable {
    let action = Mutex<(@Sendable () -> Void)?>(nil)

    func happens() { action.withLock { $0 }?() }
}

private final class TestClock: Sendable {
    private let time = Mutex(HandlerFixture.noon)

    var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}

extension Timestamp {
    static func - (time: Timestamp, seconds: Int64) -> Timestamp { time + -seconds }
}

/// What a case changes in a good request: nil takes a parameter away.
typealias Change = [String: String?]

extension [String: String] {
    func changed(by change: Change) -> [String: String] {
        merging(change.compactMapValues { $0 }) { _, new in new }.filter { change[$0.key] != .some(nil) }
    }
}
