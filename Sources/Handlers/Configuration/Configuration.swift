import FoundationEssentials
import Logging
import OIDCLogic
import Outbound

/// `postern.yaml`, read and found right. All paths are absolute.
package struct Configuration: Sendable {
    package let file: String
    package let issuer: Issuer
    /// Other applications answer on the issuer's host.
    package let sharesHost: Bool
    /// OpenID Connect Session Management 1.0.
    package let hasSessionManagement: Bool
    /// The database.
    package let store: String
    /// May begin with `${CREDENTIALS_DIRECTORY}/`; see ``SecretFile``.
    package let stateKeyFile: String
    package let signingKeyFile: String
    package let lifetimes: Lifetimes
    package let resources: ResourceServers
    /// In the order of the file. Every handler is in exactly one.
    package let pools: [Pool]
    package let pages: PageSettings
    package let login: LoginSettings
    package let upstreams: UpstreamSettings
    package let assertions: AssertionSettings
    package let registration: RegistrationSettings
    package let outbound: OutboundSettings
    package let logout: LogoutSettings
    package let audit: AuditSettings
    /// In the order of the file, which doesn't matter.
    package let policy: [PolicyRule]
    package let policyTests: [PolicyTest]
    package let claims: ClaimSettings
    /// Those of the file, or, if it was read with its folder, those of both.
    let declarations: Declarations
    let clientsFolder: ClientsFolder
    package let logLevel: Logger.Level
    /// What is allowed, but probably not meant.
    package let warnings: [String]

    /// Reads the file. `POSTERN_…` variables of `environment` take the place of its single values. Throws all that is
    /// wrong, with lines.
    package static func load(
        _ path: String, environment: [String: String]
    ) throws(ConfigurationErrors) -> Configuration {
        try load(path, environment: environment, withClientsFolder: false)
    }

    static func load(
        _ path: String, environment: [String: String], withClientsFolder: Bool
    ) throws(ConfigurationErrors) -> Configuration {
        let file = AbsolutePath.of(path, in: FileManager.default.currentDirectoryPath)
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file, directoryHint: .notDirectory))
        } catch {
            let text =
                FileManager.default.fileExists(atPath: file)
                ? "can't be read; look at its permissions"
                : "is not there; name another with --config, or make one with \"postern init\""
            throw ConfigurationErrors(faults: [ConfigurationFault(source: path, line: nil, text: text)])
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
            throw ConfigurationErrors(faults: [ConfigurationFault(source: path, line: line, text: "is not UTF-8")])
        }
        return try Configuration(
            ConfigurationReading(file: path, environment: environment), text, file: file,
            withClientsFolder: withClientsFolder)
    }

    /// `file` is absolute; faults name it as `calledAs`.
    package init(
        parsing text: String, file: String, calledAs: String? = nil, environment: [String: String] = [:]
    ) throws(ConfigurationErrors) {
        let reading = ConfigurationReading(file: calledAs ?? file, environment: environment)
        try self.init(reading, text, file: file)
    }

    init(
        _ reading: ConfigurationReading, _ text: String, file: String, withClientsFolder: Bool = false
    ) throws(ConfigurationErrors) {
        guard let root = reading.root(of: text) else {
            try reading.finish()
            throw ConfigurationErrors(faults: [])
        }
        let folder = AbsolutePath.folder(of: file)
        let issuer = Self.issuer(root)

        self.file = file
        sharesHost = root.value("shared_host", default: false, expected: "must be true or false") { Bool($0) }
        hasSessionManagement = root.value(
            "session_management", default: false, expected: "must be true or false"
        ) { Bool($0) }
        store = root.path("store", default: "postern.db", in: folder)
        let keys = root.section("keys")
        stateKeyFile = keys.path("state", default: "state.key", in: folder)
        signingKeyFile = keys.path("signing", default: "signing.key", in: folder)
        if stateKeyFile == signingKeyFile {
            keys.fault("signing", "is the same file as keys.state; a pool that doesn't sign must not hold its key")
        }
        resources = ResourceReading.resources(root)
        var lifetimes = Self.lifetimes(root)
        Self.readRotation(keys, into: &lifetimes)
        keys.refuseUnknown()
        if resources.longestLifetime > lifetimes.accessToken {
            lifetimes.resourceAccessToken = resources.longestLifetime
        }
        self.lifetimes = lifetimes
        pools = PoolReading(root, reading, folder: folder).pools
        pages = Self.pages(root, folder: folder)
        let loginSection = root.section("login")
        login = Self.login(loginSection, reading, pool: pools.first { $0.handlers.contains(.login) })
        upstreams = UpstreamReading(root, login: loginSection, folder: folder).settings
        loginSection.refuseUnknown()
        assertions = Self.assertions(root)
        registration = RegistrationReading(root, issuer: issuer).settings
        outbound = Self.outbound(root, folder: folder, pool: pools.first { $0.handlers.contains(.token) })
        logout = Self.logout(root)
        audit = Self.audit(root)
        let policyReading = PolicyReading(root)
        policy = policyReading.rules
        policyTests = policyReading.tests
        let claimsSection = root.section("claims")
        claims = Self.claims(claimsSection)
        clientsFolder = ClientsFolder(root, folder: folder)
        let place = DeclaringFile(name: AbsolutePath.name(of: file), calledAs: reading.file, folder: folder)
        var declarations = DeclarationReading(root, claims: claimsSection, in: place).declarations
        claimsSection.refuseUnknown()
        if withClientsFolder { declarations.append(clientsFolder.declarations(reading)) }
        for fault in declarations.repetitions { reading.fault(fault) }
        self.declarations = declarations
        let log = root.section("log")
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        logLevel = log.value("level", default: .info, expected: "must be one of \(levels)") {
            Logger.Level(rawValue: $0)
        }
        log.refuseUnknown()
        root.refuseUnknown()

        try reading.finish()
        guard let issuer else { throw ConfigurationErrors(faults: []) }
        self.issuer = issuer
        warnings = reading.warnings
    }

    private static func issuer(_ root: ConfigurationSection) -> Issuer? {
        guard let value = root.value("issuer") else {
            root.fault(
                "issuer",
                "is missing; it is the URL that apps know this service by, such as https://login.example.com/oidc")
            return nil
        }
        do throws(IssuerFault) { return try Issuer(value.text) } catch {
            root.fault("issuer", value, error.rawValue)
            return nil
        }
    }

    private static func lifetimes(_ root: ConfigurationSection) -> Lifetimes {
        let section = root.section("lifetimes")
        let day: Int64 = 86_400
        var lifetimes = Lifetimes()
        lifetimes.code = section.duration("code", in: 1...600, default: lifetimes.code)
        lifetimes.attempt = section.duration("attempt", in: 1...day, default: lifetimes.attempt)
        lifetimes.session = section.duration("session", in: 1...(365 * day), default: lifetimes.session)
        let idle = section.duration("session_idle", in: 1...(365 * day), default: lifetimes.sessionIdle)
        if section.line(of: "session_idle") != nil, idle > lifetimes.session {
            section.fault("session_idle", "is longer than lifetimes.session, which ends the session anyway")
        }
        lifetimes.sessionIdle = min(idle, lifetimes.session)
        if let value = section.value("session_remembered") {
            let seconds = WrittenDuration.seconds(value.text)
            if value.text == "never" {
                lifetimes.sessionRemembered = nil
            } else if let seconds, (1...(365 * day)).contains(seconds) {
                lifetimes.sessionRemembered = seconds
            } else {
                section.fault("session_remembered", value, "must be from 1s to 365d, such as 30d, or never")
            }
        }
        lifetimes.idToken = section.duration("id_token", in: 1...(30 * day), default: lifetimes.idToken)
        lifetimes.accessToken = section.duration("access_token", in: 1...(30 * day), default: lifetimes.accessToken)
        lifetimes.refreshToken = section.duration("refresh_token", in: 1...(365 * day), default: lifetimes.refreshToken)
        lifetimes.refreshTokenAbsolute = section.duration(
            "refresh_token_absolute", in: 1...(3650 * day), default: lifetimes.refreshTokenAbsolute)
        section.refuseUnknown()
        return lifetimes
    }

    /// The next key is published for longer than anybody may keep a set without it.
    private static func readRotation(_ keys: ConfigurationSection, into lifetimes: inout Lifetimes) {
        let hour: Int64 = 3600
        let day = 24 * hour
        let fallback = lifetimes.signingKeyAhead
        if let value = keys.value("rotate_after") {
            let seconds = value.text == "never" ? 0 : WrittenDuration.seconds(value.text)
            if seconds == 0 {
                lifetimes.signingKey = nil
            } else if let seconds, (day...(3650 * day)).contains(seconds) {
                lifetimes.signingKey = seconds
                lifetimes.signingKeyAhead = min(fallback, seconds / 2)
            } else {
                keys.fault("rotate_after", value, "must be from 1d to 3650d, such as 90d, or never")
            }
        }
        lifetimes.signingKeyAhead = keys.duration(
            "publish_ahead", in: (3 * hour)...(90 * day), default: lifetimes.signingKeyAhead)
        if let age = lifetimes.signingKey, lifetimes.signingKeyAhead >= age {
            keys.fault(
                "publish_ahead",
                "is not shorter than keys.rotate_after, which is \(WrittenDuration.text(age)); "
                    + "a key is published for so long before it signs")
        }
    }

    private static func pages(_ root: ConfigurationSection, folder: String) -> PageSettings {
        let section = root.section("pages")
        let templates = section.optionalPath("templates", in: folder)
        let locales = section.optionalPath("locales", in: folder)
        let language = section.value(
            "language", default: "en", expected: "must be a language tag, such as en or pt-BR", parse: languageTag)
        let title: String? = section.value(
            "title", default: nil, expected: "must have at most 100 characters on one line"
        ) {
            $0.count <= 100 && !$0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? $0 : nil
        }
        let help: WebURI? = section.value(
            "help", default: nil, expected: "must be a URL, such as https://help.example.com/sign-in"
        ) { WebURI($0) }
        let contact: Contact? = section.value(
            "contact", default: nil,
            expected:
                "must be an e-mail address, an https URL, a number such as tel:+31201234567, or words on one line, "
                + "of at most 200 characters"
        ) { Contact($0) }
        section.refuseUnknown()
        return PageSettings(
            templates: templates, locales: locales, language: language, title: title, help: help, contact: contact)
    }

    private static func claims(_ section: ConfigurationSection) -> ClaimSettings {
        ClaimSettings(
            mendixProfile: section.value("mendix_profile", default: false, expected: "must be true or false") {
                Bool($0)
            })
    }

    private static func login(
        _ section: ConfigurationSection, _ reading: ConfigurationReading, pool: Pool?
    ) -> LoginSettings {
        let atOnce = section.integer("hashes_at_once", in: 1...64, default: 2)
        let fallback = LoginSettings.hashesWaiting(threads: pool?.threads ?? 0, atOnce: atOnce)
        let settings = LoginSettings(
            hashesAtOnce: atOnce, hashesWaiting: section.integer("hashes_waiting", in: 0...1000, default: fallback))
        if let pool, !settings.canBeBusy(threads: pool.threads) {
            let needed = settings.hashesAtOnce + settings.hashesWaiting
            reading.warn(
                "pools.\(pool.name).threads is \(pool.threads), and login.hashes_at_once and login.hashes_waiting are "
                    + "\(needed) together: nobody is ever told to try again in a moment, all just wait. "
                    + "Give it more than \(needed) threads, or let fewer wait")
        }
        return settings
    }

    private static func assertions(_ root: ConfigurationSection) -> AssertionSettings {
        let section = root.section("assertions")
        defer { section.refuseUnknown() }
        return AssertionSettings(
            takesTokenEndpoint: section.value(
                "token_endpoint_audience", default: true, expected: "must be true or false"
            ) { Bool($0) },
            lifetime: section.duration("lifetime", in: 60...3600, default: AssertionSettings().lifetime))
    }

    private static func logout(_ root: ConfigurationSection) -> LogoutSettings {
        let section = root.section("logout")
        defer { section.refuseUnknown() }
        var settings = LogoutSettings()
        settings.tellsOfExpiry = section.value(
            "on_expiry", default: settings.tellsOfExpiry, expected: "must be true or false"
        ) { Bool($0) }
        return settings
    }

    private static func audit(_ root: ConfigurationSection) -> AuditSettings {
        let section = root.section("audit")
        defer { section.refuseUnknown() }
        var settings = AuditSettings()
        settings.keep = section.duration("keep", in: 86_400...(3650 * 86_400), default: settings.keep)
        return settings
    }

    private static func outbound(
        _ root: ConfigurationSection, folder: String, pool: Pool?
    ) -> OutboundSettings {
        let section = root.section("outbound")
        defer { section.refuseUnknown() }
        let listed = section.values("allow", hasVariable: true)?.compactMap { value in
            guard let listed = OutboundRules.Listed(value.text) else {
                section.fault(
                    "allow", value,
                    "must be an address or a network, such as 10.0.0.0/8, with http:// in front where plain http is "
                        + "meant as well")
                return nil as OutboundRules.Listed?
            }
            return listed
        }
        return OutboundSettings(
            rules: OutboundRules(listed: listed ?? []),
            certificates: section.optionalPath("certificates", in: folder),
            callsAtOnce: section.integer(
                "calls_at_once", in: 1...256,
                default: OutboundSettings.callsAtOnce(threads: pool?.threads ?? 0)))
    }

    /// RFC 5646 §2.1, as far as names of files go.
    private static func languageTag(_ text: String) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.utf8.count), first.utf8.allSatisfy(\.isLetter),
            parts.dropFirst().allSatisfy({ (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isLetterOrDigit) })
        else { return nil }
        return text
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    fileprivate var isLetterOrDigit: Bool { isLetter || (0x30...0x39).contains(self) }
}
