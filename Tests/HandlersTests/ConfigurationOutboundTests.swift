import Outbound
import Testing

@testable import Handlers

@Suite struct ConfigurationOutboundTests {
    private static func parse(_ text: String, _ environment: [String: String] = [:]) throws -> Configuration {
        try ConfigurationFixture.parse(ConfigurationFixture.minimal + text, environment: environment)
    }

    @Test func `without a word only public addresses are called, by half of the threads`() throws {
        let configuration = try Self.parse("")
        #expect(configuration.outbound == OutboundSettings(rules: OutboundRules(), certificates: nil, callsAtOnce: 4))
        #expect(configuration.assertions == AssertionSettings(takesTokenEndpoint: true, lifetime: 300))
        #expect(try Self.parse("pools: { one: { threads: 1 } }\n").outbound.callsAtOnce == 1)
    }

    @Test func `every key is read`() throws {
        let configuration = try Self.parse(
            """
            outbound: { allow: [10.0.0.0/8, "http://127.0.0.1"], certificates: ca.pem, calls_at_once: 2 }
            assertions: { token_endpoint_audience: false, lifetime: 1h }
            """)
        #expect(configuration.outbound.rules.permits([10, 1, 2, 3], isTLS: true))
        #expect(!configuration.outbound.rules.permits([10, 1, 2, 3], isTLS: false))
        #expect(configuration.outbound.rules.permits([127, 0, 0, 1], isTLS: false))
        #expect(configuration.outbound.certificates == "/etc/postern/ca.pem")
        #expect(configuration.outbound.callsAtOnce == 2)
        #expect(configuration.assertions == AssertionSettings(takesTokenEndpoint: false, lifetime: 3600))
    }

    @Test func `a variable lists networks, in place of the file's`() throws {
        let text = "outbound: { allow: 10.0.0.0/8 }\n"
        let rules = try Self.parse(text, ["POSTERN_OUTBOUND_ALLOW": "192.168.0.0/16,http://::1"]).outbound.rules
        #expect(rules.permits([192, 168, 1, 1], isTLS: true) && !rules.permits([10, 1, 2, 3], isTLS: true))
        #expect(rules.permits([UInt8](repeating: 0, count: 15) + [1], isTLS: false))
        #expect(
            try Self.parse(text, ["POSTERN_OUTBOUND_ALLOW": ""]).outbound.rules.permits([10, 1, 2, 3], isTLS: true))
        #expect(
            ConfigurationFixture.faults(
                ConfigurationFixture.minimal, environment: ["POSTERN_OUTBOUND_ALLOW": "localhost"]
            )
            .first?.hasPrefix("POSTERN_OUTBOUND_ALLOW: outbound.allow is \"localhost\"; it must be an address") == true)
    }

    @Test(
        arguments: [
            ("outbound: { allow: [10.0.0.0/8, app.example] }", "outbound.allow is \"app.example\""),
            ("outbound: { allow: { a: b } }", "outbound.allow must be a list"),
            ("outbound: { calls_at_once: 0 }", "outbound.calls_at_once is \"0\""),
            ("outbound: { allowed: [] }", "there is no key \"outbound.allowed\". Did you mean \"allow\"?"),
            ("assertions: { lifetime: 1d }", "assertions.lifetime is \"1d\"; it must be from 1m to 1h"),
            ("assertions: { token_endpoint_audience: maybe }", "assertions.token_endpoint_audience is \"maybe\""),
        ])
    func `what is wrong is told with its line`(text: String, fault: String) {
        let told = ConfigurationFixture.faults(ConfigurationFixture.minimal + text + "\n")
        #expect(told.first?.hasPrefix("postern.yaml:2: \(fault)") == true, "\(told)")
    }
}
