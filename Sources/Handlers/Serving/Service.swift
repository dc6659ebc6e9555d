import FCGIBridge
import JOSE
import Logging
import OIDCLogic
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
            threads: threads, log: { [log] in log.record($0) }, failure: failures.response,
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
    private let seal: Seal
    private let keys: KeyRing
    private let passwords: PasswordChecker
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
        seal = keys.state
        self.keys = KeyRing(seal: keys.signing)
        passwords = PasswordChecker(limit: configuration.login.hashesAtOnce, queue: configuration.login.hashesWaiting)
        pages = try PageRenderer(configuration.pages, resources: resources, issuer: configuration.issuer)
        database = try SQLiteDatabase(path: configuration.store, pruningBy: SystemClock.now)
        self.log = log
        for warning in database.warnings { log.warning("\(warning)") }
    }

    func endpoints(_ handlers: Set<HandlerName>) throws -> [String: Endpoint] {
        let provider = Provider(
            issuer: issuer, lifetimes: lifetimes, seal: seal, store: try database.store(), pages: pages,
            cookies: cookies, passwords: passwords, keys: keys, now: clock,
            random: SystemRandom(), log: log)
        var endpoints: [String: Endpoint] = [:]
        for name in handlers { endpoints[name.rawValue] = endpoint(name, provider) }
        return endpoints
    }

    private func endpoint(_ name: HandlerName, _ provider: Provider) -> Endpoint {
        let small = 16 * 1024
        // A form of ours carries the request that began it, sealed: longer by a third, and by what JSON escapes.
        let form = 48 * 1024
        switch name {
        case .discovery:
            return Endpoint(methods: [.get], bodyLimit: 0, respond: DiscoveryHandler(provider).respond)
        case .jwks: return Endpoint(methods: [.get], bodyLimit: 0, respond: JWKSHandler(provider: provider).respond)
        case .authorize:
            return Endpoint(methods: [.get, .post], bodyLimit: small, respond: AuthorizeHandler(provider).respond)
        case .login: return Endpoint(methods: [.post], bodyLimit: form, respond: LoginHandler(provider).respond)
        case .consent: return Endpoint(methods: [.post], bodyLimit: form, respond: ConsentHandler(provider).respond)
        case .token:
            return Endpoint(
                methods: [.post], bodyLimit: small, respond: TokenHandler(provider: provider).respond)
        case .userinfo:
            return Endpoint(
                methods: [.get, .post], bodyLimit: small, respond: UserInfoHandler(provider: provider).respond)
        case .health: return Endpoint(methods: [.get], bodyLimit: 0, respond: HealthHandler(provider: provider).respond)
        }
    }
}
