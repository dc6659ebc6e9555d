import FCGIBridge
import JOSE
import Logging
import OIDCLogic
import Outbound
import SQLiteStore

/// A pool's process: the one place that wires it all together.
package struct Service {
    private let configuration: Configuration
    private let handlers: Set<HandlerName>
    private let threads: Int
    private let environment: [String: String]

    /// - Parameters:
    ///   - only: the handlers to serve; nil: all.
    ///   - threads: nil: as many as the pool of these handlers is configured with.
    package init(
        _ configuration: Configuration, only: Set<HandlerName>?, threads: Int?, environment: [String: String]
    ) {
        self.configuration = configuration
        self.environment = environment
        let handlers = only ?? Set(HandlerName.allCases)
        self.handlers = handlers
        let pool = configuration.pools.first { !handlers.isDisjoint(with: $0.handlers) }
        self.threads = threads ?? pool?.threads ?? 8
    }

    /// Serves descriptor 0 until it is told to stop. Returns the program's exit status. Throws what keeps it from
    /// beginning: a key file, the database, a template.
    package func run() throws -> Int32 {
        let time = LogTime(now: SystemClock.now)
        var log = Logger(label: "postern") { LineLogHandler(label: $0, time: time.text, write: StandardError.write) }
        log.logLevel = configuration.logLevel
        let process = try Process(configuration, handlers: handlers, environment: environment, log: log)
        if Server.isListening {
            try process.keepSigningKeys()
            try process.sendLogouts()
            try process.askUpstreams()
            try process.keepUpstreamKeys()
        }
        let failures = FailurePages(process.pages)
        let handlers = handlers
        let server = Server(
            threads: threads,
            log: { [log] in
                log.record($0)
                if let refusal = RefusalRecord($0, at: SystemClock.now()) { process.database.offer(refusal) }
            }, failure: failures.response,
            endpoints: { _ in try process.endpoints(handlers) })
        let status = server.run()
        process.database.close()
        return status
    }
}

/// What the threads of a process share.
struct Process: Sendable {
    let issuer: Issuer
    let database: SQLiteDatabase
    let pages: PageRenderer
    let log: Logger
    private let cookies: CookieNames
    private let lifetimes: Lifetimes
    private let resources: ResourceServers
    private let rules: [PolicyRule]
    private let hasMendixProfile: Bool
    private let hasSessionManagement: Bool
    private let seal: Seal
    /// Under `signing.key`; nil in a pool that doesn't sign.
    private let signingSeal: Seal?
    private let passwords: PasswordChecker
    private let checks = ChecksInFlight()
    private let verifiedTokens = VerifiedTokens()
    private let assertions: AssertionSettings
    private let registration: RegistrationSettings
    private let outbound: CurlOutbound
    private let logoutCalls: CurlOutbound
    private let upkeepCalls: CurlOutbound
    private let publishedKeys: JWKSCache
    private let publishedRequests: RequestObjectCache
    private let logos: LogoCache
    private let upstreams: UpstreamDirectory
    private let isOfUpstreams: Bool
    private let clock: Clock = SystemClock.now

    init(
        _ configuration: Configuration, handlers: Set<HandlerName>, environment: [String: String], log: Logger
    ) throws {
        let keys = try KeyFiles(configuration, environment: environment).keys(
            signing: handlers.contains(where: \.signs))
        let resources = try ResourceDirectory(environment: environment)
        issuer = configuration.issuer
        cookies = try CookieNames(for: configuration.issuer, sharesHost: configuration.sharesHost)
        lifetimes = configuration.lifetimes
        self.resources = configuration.resources
        rules = configuration.policy
        hasMendixProfile = configuration.claims.mendixProfile
        hasSessionManagement = configuration.hasSessionManagement
        seal = keys.state
        signingSeal = keys.signing
        passwords = PasswordChecker(limit: configuration.login.hashesAtOnce, queue: configuration.login.hashesWaiting)
        assertions = configuration.assertions
        registration = configuration.registration
        outbound = configuration.calls(by: handlers)
        logoutCalls = configuration.outbound.calls(atOnce: LogoutSender.threads)
        upkeepCalls = configuration.outbound.calls(atOnce: UpstreamUpkeep.threads)
        publishedKeys = JWKSCache(outbound, now: SystemClock.now)
        publishedRequests = RequestObjectCache(
            outbound, callsPerHost: max(1, configuration.outbound.callsAtOnce / 2), now: SystemClock.now)
        logos = LogoCache(outbound, now: SystemClock.now)
        isOfUpstreams = handlers.contains(.callback)
        upstreams = UpstreamDirectory(
            configuration.upstreams, secrets: try configuration.upstreams.secrets(environment: environment),
            seal: keys.state, outbound: outbound, log: log, now: SystemClock.now)
        pages = try PageRenderer(configuration.pages, resources: resources, issuer: configuration.issuer)
        database = try SQLiteDatabase(
            path: configuration.store, pruningBy: SystemClock.now, keepingAudit: configuration.audit.keep,
            awaitingApproval: configuration.registration.approvalDeadline,
            tellingOf: configuration.logout.tellsOfExpiry
                ? SessionExpiry(idle: configuration.lifetimes.sessionIdle, longest: configuration.lifetimes.session)
                : nil)
        self.log = log
        for warning in database.warnings { log.warning("\(warning)") }
    }

    /// Keeps the plan of the signing keys, in a process that can make and use them.
    func keepSigningKeys() throws {
        guard let signingSeal else { return }
        let upkeep = SigningKeyUpkeep(lifetimes: lifetimes, seal: signingSeal, now: clock, log: log)
        try database.repeating(every: SigningKeyUpkeep.interval, now: clock) { store in
            {
                upkeep.look(at: store); return false
            }
        }
    }

    /// Tells apps of ended sessions, in a process that can sign. Its calls are none of those that requests wait for.
    func sendLogouts() throws {
        guard let signingSeal else { return }
        let calls = logoutCalls
        for _ in 0..<LogoutSender.threads {
            try database.repeating(every: LogoutSender.interval, now: clock) { [issuer, clock, log, database] store in
                let sender = LogoutSender(
                    issuer: issuer, store: store, keys: KeyRing(seal: signingSeal), outbound: calls, now: clock,
                    random: SystemRandom(), log: log)
                return { sender.sendNext(while: { !database.isClosing }) }
            }
        }
    }

    /// Asks upstreams about their users, in a process that has to do with them. Its calls are none of those that requests wait
    /// for.
    func askUpstreams() throws {
        let budget = UpstreamBudget()
        for _ in 0..<UpstreamUpkeep.threads {
            try keepingUpstreams(every: UpstreamUpkeep.interval) { UpstreamUpkeep($0, within: budget).look }
        }
    }

    /// Keeps the plan of the keys that upstreams know us by.
    func keepUpstreamKeys() throws {
        try keepingUpstreams(every: SigningKeyUpkeep.interval) { provider in
            let upkeep = UpstreamKeyUpkeep(provider)
            return {
                upkeep.look(); return false
            }
        }
    }

    /// - Parameter begin: makes what is done again and again, on the thread that does it; at once where it says so.
    private func keepingUpstreams(every seconds: Int64, _ begin: @escaping @Sendable (Provider) -> () -> Bool) throws {
        guard isOfUpstreams else { return }
        try database.repeating(every: seconds, now: clock) { [self] store in
            do {
                return begin(try provider(store, calling: upkeepCalls))
            } catch {
                log.error("upstreams are not looked after in this process", metadata: ["error": "\(error)"])
                return { false }
            }
        }
    }

    private func provider(_ store: SQLiteStore, calling outbound: any Outbound) throws -> Provider {
        Provider(
            issuer: issuer, lifetimes: lifetimes, seal: seal, store: store, pages: pages,
            cookies: cookies, passwords: passwords, checks: checks, secrets: ClientSecrets(seal: seal),
            keys: KeyRing(seal: signingSeal), verifiedTokens: verifiedTokens, resources: resources,
            assertions: assertions, registration: registration, publishedKeys: publishedKeys,
            publishedRequests: publishedRequests, logos: logos, outbound: outbound, upstreams: upstreams,
            upstreamExpressions: try UpstreamExpressions(), rules: rules, expressions: try SandboxedExpressions(),
            hasMendixProfile: hasMendixProfile, hasSessionManagement: hasSessionManagement, now: clock,
            random: SystemRandom(), ids: .system, log: log)
    }

    func endpoints(_ handlers: Set<HandlerName>) throws -> [String: Endpoint] {
        let store = try database.store(now: clock)
        let provider = try provider(store, calling: outbound)
        var endpoints: [String: Endpoint] = [:]
        for name in handlers {
            let traits = name.traits
            let respond = handler(name, provider)
            let crossOrigin = CrossOrigin(provider, methods: traits.methods)
            endpoints[name.rawValue] = Endpoint(
                methods: traits.methods, bodyLimit: traits.bodyLimit,
                respond: { request in
                    try store.reading {
                        try provider.acting(as: .anonymous, by: name.road, request) {
                            try traits.isCrossOrigin ? crossOrigin.answer(request, respond) : respond(request)
                        }
                    }
                })
        }
        return endpoints
    }

    private func handler(_ name: HandlerName, _ provider: Provider) -> (Request) throws -> Response {
        switch name {
        case .discovery: DiscoveryHandler(provider: provider).respond
        case .jwks: JWKSHandler(provider: provider).respond
        case .authorize: AuthorizeHandler(provider).respond
        case .login: LoginHandler(provider).respond
        case .consent: ConsentHandler(provider).respond
        case .logout: LogoutHandler(provider).respond
        case .logo: LogoHandler(provider: provider).respond
        case .checkSession: CheckSessionHandler(provider: provider).respond
        case .token: TokenHandler(provider: provider).respond
        case .userinfo: UserInfoHandler(provider: provider).respond
        case .introspect: IntrospectHandler(provider: provider).respond
        case .revoke: RevokeHandler(provider: provider).respond
        case .register: RegisterHandler(provider: provider).respond
        case .clientConfiguration: ClientConfigurationHandler(provider: provider).respond
        case .administration: AdministrationHandler(provider: provider).respond
        case .console: ConsoleHandler(provider).respond
        case .account: AccountHandler(provider).respond
        case .upstream: UpstreamHandler(provider).respond
        case .callback: CallbackHandler(provider).respond
        case .upstreamLogout: UpstreamLogoutHandler(provider: provider).respond
        case .upstreamKeys: UpstreamKeysHandler(provider: provider).respond
        case .upstreamSignOut: UpstreamSignOutHandler(provider).respond
        case .frontchannel: FrontchannelHandler(provider).respond
        case .health: HealthHandler(provider: provider).respond
        }
    }
}
