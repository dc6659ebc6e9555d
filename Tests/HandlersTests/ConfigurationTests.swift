import FoundationEssentials
import Testing

@testable import Handlers

@Suite struct ConfigurationTests {
    @Test func `an issuer alone is a whole configuration`() throws {
        let configuration = try ConfigurationFixture.parse(ConfigurationFixture.minimal)
        #expect(configuration.issuer.value == "https://login.example.com/oidc")
        #expect(configuration.store == "/etc/postern/postern.db")
        #expect(configuration.stateKeyFile == "/etc/postern/state.key")
        #expect(configuration.signingKeyFile == "/etc/postern/signing.key")
        #expect(configuration.lifetimes == .init())
        #expect(!configuration.hasSessionManagement)
        #expect(
            configuration.pools == [
                Pool(
                    name: "fast",
                    handlers: [
                        .discovery, .jwks, .authorize, .consent, .logout, .token, .userinfo, .introspect, .revoke,
                        .checkSession, .health,
                    ],
                    processes: 2, threads: 8, socket: "/etc/postern/run/fast.sock"),
                Pool(
                    name: "slow",
                    handlers: [
                        .login, .logo, .register, .clientConfiguration, .administration, .console, .account, .upstream,
                        .callback, .upstreamLogout, .upstreamKeys, .upstreamSignOut, .frontchannel,
                    ],
                    processes: 1,
                    threads: 24,
                    socket: "/etc/postern/run/slow.sock"),
            ])
        #expect(configuration.pages.language == "en")
        #expect(configuration.login == LoginSettings(hashesAtOnce: 2, hashesWaiting: 16))
        #expect(configuration.logLevel == .info)
        #expect(configuration.warnings.isEmpty)
    }

    @Test(
        arguments: [
            ("rotate_after: 30d", 30, 7 * 24), ("rotate_after: 4d", 4, 2 * 24), ("publish_ahead: 3h", 90, 3),
            ("rotate_after: never", nil, 7 * 24), ("rotate_after: 0", nil, 7 * 24),
            ("rotate_after: never, publish_ahead: 30d", nil, 30 * 24), ("rotate_after: 1d, publish_ahead: 23h", 1, 23),
        ] as [(String, Int64?, Int64)])
    func `when keys change is read`(keys: String, days: Int64?, hoursAhead: Int64) throws {
        let configuration = try ConfigurationFixture.parse(ConfigurationFixture.minimal + "keys: { \(keys) }\n")
        #expect(configuration.lifetimes.signingKey == days.map { $0 * 86_400 })
        #expect(configuration.lifetimes.signingKeyAhead == hoursAhead * 3600)
    }

    @Test func `every key is read`() throws {
        let configuration = try ConfigurationFixture.parse(
            """
            issuer: https://login.example.com
            session_management: true
            logout: { on_expiry: true }
            store: /var/lib/postern/state.db
            keys: { state: ../keys/a.key, signing: "${CREDENTIALS_DIRECTORY}/b.key" }
            lifetimes: { code: 30, attempt: 10m, session: 2d, session_idle: 4h, session_remembered: 7d, id_token: 5m, access_token: 90s }
            pools:
              tokens: { handlers: [discovery, jwks, token, userinfo, introspect, revoke, check_session, health], processes: 3, threads: 6, socket: t.sock }
              rest:
                handlers:
                  - authorize
                  - login
                  - consent
                  - logout
                  - logo
                  - register
                  - client-configuration
                  - admin-api
                  - console
                  - account
            pages: { templates: mine, locales: texts, language: pt-BR, title: Acme, help: https://help.example.com/, contact: help@example.com }
            login: { hashes_at_once: 3, hashes_waiting: 0 }
            log: { level: debug }
            """)
        #expect(configuration.hasSessionManagement)
        #expect(configuration.logout.tellsOfExpiry)
        #expect(configuration.store == "/var/lib/postern/state.db")
        #expect(configuration.stateKeyFile == "/etc/keys/a.key")
        #expect(configuration.signingKeyFile == "${CREDENTIALS_DIRECTORY}/b.key", "known only where the service runs")
        #expect(configuration.lifetimes.code == 30)
        #expect(configuration.lifetimes.attempt == 600)
        #expect(configuration.lifetimes.session == 172_800)
        #expect(configuration.lifetimes.sessionIdle == 14_400)
        #expect(configuration.lifetimes.sessionRemembered == 604_800)
        #expect(configuration.lifetimes.idToken == 300)
        #expect(configuration.lifetimes.accessToken == 90)
        #expect(
            configuration.pools == [
                Pool(
                    name: "tokens",
                    handlers: [.discovery, .jwks, .token, .userinfo, .introspect, .revoke, .checkSession, .health],
                    processes: 3, threads: 6,
                    socket: "/etc/postern/t.sock"),
                Pool(
                    name: "rest",
                    handlers: [
                        .authorize, .login, .consent, .logout, .logo, .register, .clientConfiguration, .administration,
                        .console, .account, .upstream, .callback, .upstreamLogout, .upstreamKeys, .upstreamSignOut,
                        .frontchannel,
                    ],
                    processes: 1, threads: 4,
                    socket: "/etc/postern/run/rest.sock"),
            ])
        #expect(configuration.pools.map(\.signs) == [true, false])
        #expect(configuration.pages.templates == "/etc/postern/mine")
        #expect(configuration.pages.locales == "/etc/postern/texts")
        #expect(configuration.pages.language == "pt-BR")
        #expect(configuration.pages.title == "Acme")
        #expect(configuration.pages.help?.value == "https://help.example.com/")
        #expect(configuration.pages.contact?.uri == "mailto:help@example.com")
        #expect(configuration.login.hashesAtOnce == 3)
        #expect(configuration.login.hashesWaiting == 0)
        #expect(configuration.logLevel == .debug)
    }

    @Test(arguments: [
        ("stroe: x", "postern.yaml:2: there is no key \"stroe\". Did you mean \"store\"?"),
        ("logout: { on_expiry: 8h }", "postern.yaml:2: logout.on_expiry is \"8h\"; it must be true or false"),
        ("keys: { rotate_after: 12h }", "postern.yaml:2: keys.rotate_after is \"12h\"; it must be from 1d to 3650d"),
        ("keys: { rotate_after: soon }", "postern.yaml:2: keys.rotate_after is \"soon\"; it must be from 1d to 3650d"),
        ("keys: { publish_ahead: 2h }", "postern.yaml:2: keys.publish_ahead is \"2h\"; it must be from 3h to 90d"),
        (
            "keys: { rotate_after: 5d, publish_ahead: 5d }",
            "postern.yaml:2: keys.publish_ahead is not shorter than keys.rotate_after, which is 5d"
        ),
        ("lifetimes:\n  cod: 60", "postern.yaml:3: there is no key \"lifetimes.cod\". Did you mean \"code\"?"),
        ("lifetimes: { code: soon }", "postern.yaml:2: lifetimes.code is \"soon\"; it must be a number of seconds,"),
        ("lifetimes: { code: -1 }", "postern.yaml:2: lifetimes.code is \"-1\"; it must be a number of seconds,"),
        ("lifetimes: { code: 0 }", "postern.yaml:2: lifetimes.code is \"0\"; it must be from 1s to 10m"),
        (
            "lifetimes: { code: 99999999999999999d }",
            "postern.yaml:2: lifetimes.code is \"99999999999999999d\"; it must be"
        ),
        ("lifetimes: { session_remembered: 400d }", "postern.yaml:2: lifetimes.session_remembered is \"400d\""),
        ("lifetimes: { session: 1h, session_idle: 2h }", "postern.yaml:2: lifetimes.session_idle is longer than"),
        ("lifetimes: 60", "postern.yaml:2: lifetimes must be a section"),
        ("store: [a, b]", "postern.yaml:2: store must be a single value"),
        ("keys: { state: a.key, signing: a.key }", "postern.yaml:2: keys.signing is the same file as keys.state"),
        (
            "pages: { language: klingonese }",
            "postern.yaml:2: pages.language is \"klingonese\"; it must be a language tag"
        ),
        (
            "pages: { contact: \"http://help.example.com/\" }",
            "postern.yaml:2: pages.contact is \"http://help.example.com/\"; it must be an e-mail address"
        ),
        ("pages: { help: help }", "postern.yaml:2: pages.help is \"help\"; it must be a URL"),
        (
            "login: { hashes_at_once: many }",
            "postern.yaml:2: login.hashes_at_once is \"many\"; it must be a whole number"
        ),
        (
            "login: { hashes_at_once: 0 }",
            "postern.yaml:2: login.hashes_at_once is \"0\"; it must be a whole number from 1"
        ),
        ("audit: { keep: 1h }", "postern.yaml:2: audit.keep is \"1h\"; it must be from 1d to 3650d"),
        ("log: { level: loud }", "postern.yaml:2: log.level is \"loud\"; it must be one of trace, debug, info"),
        ("<<: { store: x }", "postern.yaml:2: there is no key \"<<\"."),
        ("issuer: https://other.example.com", "postern.yaml:1: the key \"issuer\" is there more than once"),
        ("a: [", "postern.yaml:"),
    ])
    func `a faulty line is named with what would be right`(line: String, fault: String) throws {
        let faults = ConfigurationFixture.faults(ConfigurationFixture.minimal + line + "\n")
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix(fault) == true, "\(faults)")
    }

    @Test(arguments: [
        ("", "postern.yaml: issuer is missing"),
        ("issuer:\n", "postern.yaml:1: issuer is missing"),
        ("issuer: login.example.com\n", "postern.yaml:1: issuer is \"login.example.com\"; it is not an absolute URL"),
        (
            "issuer: http://login.example.com\n",
            "postern.yaml:1: issuer is \"http://login.example.com\"; it must be https"
        ),
        ("- issuer\n", "postern.yaml:1: the file must hold keys and values"),
        ("just a text\n", "postern.yaml:1: the file must hold keys and values"),
    ])
    func `without a good issuer nothing starts`(text: String, fault: String) {
        let faults = ConfigurationFixture.faults(text)
        #expect(faults.first?.hasPrefix(fault) == true, "\(faults)")
    }

    @Test(arguments: [
        ("{ a: { handlers: [logn] } }", "pools.a.handlers has \"logn\", which is no handler. Did you mean \"login\"?"),
        ("{ A: { handlers: [login] } }", "pools.A is no name for a pool"),
        ("{ a: { handlers: [login] }, b: { threads: 1 } }", "pools.b has no handlers"),
        ("{ a: { handlers: [login] }, b: { handlers: [] } }", "pools.b has no handlers"),
        (
            "{ a: { handlers: [login] }, b: { handlers: [login] } }",
            "pools.b has the handler login, which is there in pools.a"
        ),
        ("{ a: { handlers: [login, login] } }", "pools.a has the handler login, which is there twice"),
        (
            "{ a: { handlers: [login], socket: s }, b: { handlers: [token], socket: ./s } }",
            "pools.b has the socket of pools.a"
        ),
        (
            "{ a: { handlers: [login], threads: 0 } }",
            "pools.a.threads is \"0\"; it must be a whole number from 1 to 256"
        ),
        (
            "{ a: { handlers: [login], process: 2 } }",
            "there is no key \"pools.a.process\". Did you mean \"processes\"?"
        ),
    ])
    func `a faulty pool is named`(pools: String, fault: String) {
        let faults = ConfigurationFixture.faults(ConfigurationFixture.minimal + "pools: \(pools)\n")
        #expect(faults.contains { $0.hasPrefix("postern.yaml:2: \(fault)") }, "\(faults)")
    }

    @Test(
        arguments: [
            (
                "{ fast: { handlers: [discovery, jwks, authorize, consent, logout, token, userinfo, introspect, revoke, check_session] }, slow: { handlers: [login, logo, register, client-configuration, admin-api, console, account] } }",
                [
                    [
                        .discovery, .jwks, .authorize, .consent, .logout, .token, .userinfo, .introspect, .revoke,
                        .checkSession, .health,
                    ],
                    [
                        .login, .logo, .register, .clientConfiguration, .administration, .console, .account, .upstream,
                        .callback, .upstreamLogout, .upstreamKeys, .upstreamSignOut, .frontchannel,
                    ],
                ],
                "no pool lists health, so pools.fast serves this too"
            ),
            (
                "{ slow: { handlers: [authorize, logo, register, client-configuration, admin-api, console, account] }, rest: { handlers: [discovery, jwks, consent, logout, token, userinfo, introspect, revoke, check_session, health] } }",
                [
                    [
                        .authorize, .logo, .register, .clientConfiguration, .administration, .console, .account, .login,
                        .upstream, .callback, .upstreamLogout, .upstreamKeys, .upstreamSignOut, .frontchannel,
                    ],
                    [
                        .discovery, .jwks, .consent, .logout, .token, .userinfo, .introspect, .revoke, .checkSession,
                        .health,
                    ],
                ],
                "no pool lists login, so pools.slow serves this too"
            ),
            (
                "{ a: { handlers: [discovery, jwks, token, userinfo, introspect, revoke, check_session] }, b: { handlers: [authorize, consent, logout, logo, register, client-configuration, admin-api, console, account] } }",
                [
                    [.discovery, .jwks, .token, .userinfo, .introspect, .revoke, .checkSession, .login, .health],
                    [
                        .authorize, .consent, .logout, .logo, .register, .clientConfiguration, .administration,
                        .console, .account, .upstream, .callback, .upstreamLogout, .upstreamKeys, .upstreamSignOut,
                        .frontchannel,
                    ],
                ],
                "no pool lists login, health, so pools.a serves this too"
            ),
            (
                "{ fast: { threads: 16 }, slow: }",
                [
                    [
                        .discovery, .jwks, .authorize, .consent, .logout, .token, .userinfo, .introspect, .revoke,
                        .checkSession, .health,
                    ],
                    [
                        .login, .logo, .register, .clientConfiguration, .administration, .console, .account, .upstream,
                        .callback, .upstreamLogout, .upstreamKeys, .upstreamSignOut, .frontchannel,
                    ],
                ], nil
            ),
            (
                "{ tokens: { handlers: [token] }, fast: , slow: }",
                [
                    [.token],
                    [
                        .discovery, .jwks, .authorize, .consent, .logout, .userinfo, .introspect, .revoke,
                        .checkSession, .health,
                    ],
                    [
                        .login, .logo, .register, .clientConfiguration, .administration, .console, .account, .upstream,
                        .callback, .upstreamLogout, .upstreamKeys, .upstreamSignOut, .frontchannel,
                    ],
                ], nil
            ),
        ] as [(String, [[HandlerName]], String?)])
    func `a handler that nobody lists is served, with a warning where a list leaves it out`(
        pools: String, handlers: [[HandlerName]], warning: String?
    ) throws {
        let configuration = try ConfigurationFixture.parse(ConfigurationFixture.minimal + "pools: \(pools)\n")
        #expect(configuration.pools.map(\.handlers) == handlers)
        #expect(configuration.warnings.count == (warning == nil ? 0 : 1))
        if let warning {
            #expect(configuration.warnings.first?.hasPrefix(warning) == true, "\(configuration.warnings)")
        }
    }

    @Test func `all faults are told at once, in the order of their lines`() {
        let faults = ConfigurationFixture.faults("log: { level: loud }\nstor: x\nissuer: nothing\n")
        #expect(faults.map { $0.prefix(15) } == ["postern.yaml:1:", "postern.yaml:2:", "postern.yaml:3:"])
    }

    @Test func `the environment comes before the file, and a fault there names the variable`() throws {
        let text = ConfigurationFixture.minimal + "lifetimes: { code: 30 }\n"
        let environment = [
            "POSTERN_ISSUER": "http://localhost:8080/oidc", "POSTERN_LIFETIMES_CODE": "5",
            "POSTERN_POOLS_FAST_THREADS": "3", "POSTERN_LOG_LEVEL": "",
        ]
        let configuration = try ConfigurationFixture.parse(text, environment: environment)
        #expect(configuration.issuer.value == "http://localhost:8080/oidc")
        #expect(configuration.lifetimes.code == 5)
        #expect(configuration.pools.first?.threads == 3)
        #expect(configuration.logLevel == .info)
        #expect(
            ConfigurationFixture.faults(text, environment: ["POSTERN_LIFETIMES_CODE": "x"]).first?
                .hasPrefix("POSTERN_LIFETIMES_CODE: lifetimes.code is \"x\"") == true)
    }

    @Test func `a variable that overrides nothing is warned of`() throws {
        let configuration = try ConfigurationFixture.parse(
            ConfigurationFixture.minimal,
            environment: ["POSTERN_LIFETIMES_COD": "5", "POSTERN_CONFIG": "x", "POSTERN_TEST_X": "y", "HOME": "/"])
        #expect(configuration.warnings.count == 1)
        #expect(configuration.warnings.first?.contains("\"POSTERN_LIFETIMES_CODE\"") == true)
    }

    @Test func `an idle time that nobody wrote never outlasts the session`() throws {
        let configuration = try ConfigurationFixture.parse(
            ConfigurationFixture.minimal + "lifetimes: { session: 1h }\n")
        #expect(configuration.lifetimes.sessionIdle == 3600)
    }

    @Test(arguments: [
        ("threads: 4", "", 1, false), ("threads: 3", "", 0, false), ("threads: 2", "", 0, true),
        ("threads: 4", "login: { hashes_waiting: 16 }", 16, true),
        ("threads: 19", "login: { hashes_waiting: 16 }", 16, false),
        ("threads: 18", "login: { hashes_waiting: 16 }", 16, true),
        ("threads: 8", "login: { hashes_at_once: 8 }", 0, true),
    ])
    func `a pool that can never say that it is busy is warned of`(
        threads: String, login: String, waiting: Int, isWarned: Bool
    ) throws {
        let pools =
            "pools: { a: { handlers: [discovery, jwks, authorize, login, consent, logout, logo, token, userinfo, introspect, revoke, register, check_session, client-configuration, admin-api, console, account, health], \(threads) } }\n"
        let configuration = try ConfigurationFixture.parse(ConfigurationFixture.minimal + pools + login + "\n")
        #expect(configuration.login.hashesWaiting == waiting)
        #expect(configuration.warnings.contains { $0.hasPrefix("pools.a.threads is") } == isWarned)
    }

    @Test func `a socket path that no system takes is warned of`() throws {
        let socket = "/" + String(repeating: "s", count: 107)
        let pools =
            "pools: { a: { handlers: [discovery, jwks, authorize, login, consent, logout, logo, token, userinfo, introspect, revoke, register, check_session, client-configuration, admin-api, console, account, health], socket: \(socket) } }\n"
        #expect(try ConfigurationFixture.parse(ConfigurationFixture.minimal + pools).warnings.count == 1)
    }

    @Test func `a file that isn't there or isn't UTF-8 is named as it was called`() throws {
        let folder = try TemporaryFolder()
        do throws(ConfigurationErrors) {
            _ = try Configuration.load(folder.file("none.yaml"), environment: [:])
            Issue.record("it was read")
        } catch {
            #expect(error.description.hasPrefix("\(folder.file("none.yaml")): is not there"))
        }
        try Data([0x61, 0x0A, 0xFF]).write(to: URL(filePath: folder.file("bad.yaml")))
        do throws(ConfigurationErrors) {
            _ = try Configuration.load(folder.file("bad.yaml"), environment: [:])
            Issue.record("it was read")
        } catch {
            #expect(error.description == "\(folder.file("bad.yaml")):2: is not UTF-8")
        }
    }

    @Test func `what init writes is a good configuration, also with every comment taken off`() throws {
        let text = ConfigurationTemplate.text(issuer: "https://login.example.com/oidc")
        #expect(try ConfigurationFixture.parse(text).lifetimes == .init())
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("# ") && line.contains(":") && !line.hasSuffix(".") && !line.contains("docs/")
                ? String(line.dropFirst(2)) : String(line)
        }
        let whole = lines.joined(separator: "\n").replacing("\n# it: choose", with: "\n# choose")
        #expect(ConfigurationFixture.faults(whole) == [])
        #expect(whole.contains("\nlifetimes:\n  code: 60s\n"), "the comments were taken off")
        #expect(try ConfigurationFixture.parse(whole).lifetimes == .init(), "the comments name the defaults")
        #expect(
            try ConfigurationFixture.parse(whole).pools
                == ConfigurationFixture.parse(ConfigurationFixture.minimal).pools)
    }

    @Test func `the manual names every key`() throws {
        let reading = ConfigurationReading(file: "postern.yaml", environment: [:])
        _ = try Configuration(reading, ConfigurationFixture.minimal, file: "/postern.yaml")
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let manual = try String(
            decoding: Data(contentsOf: root.appending(path: "docs/configuration.md")), as: UTF8.self)
        #expect(reading.knownKeys.count >= 20)
        for key in reading.knownKeys {
            #expect(manual.contains("| `\(key)` |"), "docs/configuration.md says nothing of \(key)")
        }
    }

    @Test func `the OpenAPI document names every member of an upstream`() throws {
        let reading = ConfigurationReading(file: "postern.yaml", environment: [:])
        _ = try Configuration(reading, ConfigurationFixture.minimal, file: "/postern.yaml")
        let members = reading.knownKeys.filter { $0.hasPrefix("upstreams.") }.map { String($0.dropFirst(10)) }
        #expect(members.count > 20)
        let others: Set = ["name", "client_secret_file"]
        #expect(Set(members).subtracting(others) == Set(UpstreamSchemas.written.keys).subtracting(["client_secret"]))
    }

    @Test(
        arguments: [
            ("60", 60), ("30s", 30), ("10m", 600), ("8h", 28_800), ("30d", 2_592_000), ("0", 0), ("", nil), ("m", nil),
            ("1.5h", nil), ("-1", nil), ("1 h", nil), ("1w", nil), ("٣", nil), ("9223372036854775807d", nil),
        ] as [(String, Int64?)])
    func `a time is a number with a unit or none`(text: String, seconds: Int64?) {
        #expect(WrittenDuration.seconds(text) == seconds)
    }

    @Test(
        arguments: [
            ("stroe", ["store", "issuer"], "store"), ("Issuer", ["issuer"], "issuer"), ("x", ["store"], nil),
            ("lifetime", ["lifetimes", "login"], "lifetimes"), ("dmo", ["demo"], "demo"), ("", ["a"], "a"),
        ] as [(String, [String], String?)])
    func `the nearest name is the one that was probably meant`(name: String, names: [String], nearest: String?) {
        #expect(Nearest.name(to: name, among: names) == nearest)
    }

    @Test(arguments: [
        ("a", "/etc/postern/a"), ("./a/../b", "/etc/postern/b"), ("/a//b/", "/a/b"), ("../../../a", "/a"),
    ])
    func `a relative path is one of the file's folder`(path: String, absolute: String) {
        #expect(AbsolutePath.of(path, in: "/etc/postern") == absolute)
    }
}
