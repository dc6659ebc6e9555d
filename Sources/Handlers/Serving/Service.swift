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
        var log = Logger(label: "postern") { EscapingLogHandler(StreamLogHandler.standardError(label: $0)) }
        log.logLevel = configuration.logLevel
        let process = try Process(configuration, handlers: handlers, environment: environment, log: log)
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
    private let seal: Seal
    /// Under `signing.key`; nil in a pool that doesn't sign.
    private let signingSeal: Seal?
    private let passwords: PasswordChecker
    private let checks = ChecksInFlight()
    private let verifiedTokens = VerifiedTokens()
    private let assertions: AssertionSettings
    private let registration: RegistrationSettings
    private let publishedKeys: JWKSCache
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
        seal = keys.state
        signingSeal = keys.signing
        passwords = PasswordChecker(limit: configuration.login.hashesAtOnce, queue: configuration.login.hashesWaiting)
        assertions = configuration.assertions
        registration = configuration.registration
        let outbound = configuration.outbound
        publishedKeys = JWKSCache(
            CurlOutbound(rules: outbound.rules, certificates: outbound.certificates, limit: outbound.callsAtOnce),
            now: SystemClock.now)
        pages = try PageRenderer(configuration.pages, resources: resources, issuer: configuration.issuer)
        database = try SQLiteDatabase(
            path: configuration.store, pruningBy: SystemClock.now, keepingAudit: configuration.audit.keep)
        self.log = log
        for warning in database.warnings { log.warning("\(warning)") }
    }

    func endpoints(_ handlers: Set<HandlerName>) throws -> [String: Endpoint] {
        let expressions = try SandboxedExpressions()
        let store = try database.store(now: clock)
        let provider = Provider(
            issuer: issuer, lifetimes: lifetimes, seal: seal, store: store, pages: pages,
            cookies: cookies, passwords: passwords, checks: checks, secrets: ClientSecrets(seal: seal),
            keys: KeyRing(seal: signingSeal), verifiedTokens: verifiedTokens, resources: resources,
            assertions: assertions, registration: registration, publishedKeys: publishedKeys, rules: rules,
            expressions: expressions,
            hasMendixProfile: hasMendixProfile, now: clock, random: SystemRandom(), log: log)
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
        case .token: TokenHandler(provider: provider).respond
        case .userinfo: UserInfoHandler(provider: provider).respond
        case .introspect: IntrospectHandler(provider: provider).respond
        case .revoke: RevokeHandler(provider: provider).respond
        case .register: RegisterHandler(provider: provider).respond
        case .clientConfiguration: ClientConfigurationHandler(provider: provider).respond
        case .administration: AdministrationHandler(provider: provider).respond
        case .console: ConsoleHandler(provider).respond
        case .health: HealthHandler(provider: provider).respond
        }
    }
}
