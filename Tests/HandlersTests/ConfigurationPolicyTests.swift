import JOSE
import OIDCLogic
import Testing

@testable import Handlers

struct ConfigurationPolicyTests {
    private func faults(_ text: String) -> [String] {
        ConfigurationFixture.faults(ConfigurationFixture.minimal + text)
    }

    private func policy(_ text: String) throws -> Configuration {
        try ConfigurationFixture.parse(ConfigurationFixture.minimal + text)
    }

    @Test func `rules are read`() throws {
        let rules = try policy(
            """
            policy:
              - name: office
                client: hr
                scope: [payroll, salaries]
                require: in_network(request ->> 'address', '10.0.0.0/8')
              - { name: staff, client: [a, b], scope: reports list, grant: "1 = 1" }
              - name: long
                require: |
                  user ->> 'guest'
                  IS NULL
            """
        ).policy
        #expect(rules.map(\.name) == ["office", "staff", "long"])
        #expect(rules[0].clients == [ClientID("hr")])
        #expect(rules[0].scope?.names == ["payroll", "salaries"])
        #expect(rules[0].effect == .require)
        #expect(rules[1].clients == [ClientID("a"), ClientID("b")])
        #expect(rules[1].scope?.names == ["reports", "list"])
        #expect(rules[1].effect == .grant)
        #expect(rules[1].expression == "1 = 1")
        #expect(rules[2].scope == nil && rules[2].clients == nil)
    }

    @Test(arguments: [
        ("policy: x", ":2: policy must be a list, each of whose items begins with \"-\""),
        ("policy:\n  - x", ":3: policy.1 must have keys of its own"),
        ("policy:\n  - require: 1", ":3: policy.1 has no name; explain and the log call the rule by it"),
        ("policy:\n  - name: a", ":3: policy.1 must have either require or grant, with an expression"),
        (
            "policy:\n  - { name: a, require: 1, grant: 1, scope: a }",
            ":3: policy.1 must have either require or grant, with an expression"
        ),
        ("policy:\n  - { name: a, grant: 1 }", ":3: policy.1 grants, but doesn't say which scope; add scope"),
        (
            "policy:\n  - name: a\n    require: 1\n    scopes: a",
            ":5: there is no key \"policy.1.scopes\". Did you mean \"scope\"?"
        ),
        (
            "policy:\n  - name: a\n    require: user ->> none",
            ":4: policy.1.require is no expression: no such column: none, at character 10"
        ),
        ("policy:\n  - name: a\n    require: 1 +", ":4: policy.1.require is no expression: it ends too early"),
        (
            "policy:\n  - { name: a, require: 1 }\n  - name: b\n    require: load_extension('x')",
            ":5: policy.2.require may not be used: the function load_extension"
        ),
        (
            "policy:\n  - name: a\n    require: 1\n    client: a b",
            ":5: policy.1.client is \"a b\"; it is no client's id"
        ),
        (
            "policy:\n  - name: a\n    require: 1\n    scope: 'a\"b'",
            ":5: policy.1.scope is \"a\"b\"; it has a character that no scope may have (RFC 6749 section 3.3)"
        ),
        // A rule about nothing would let pass what it was written to stop.
        (
            "policy:\n  - name: a\n    require: 0\n    scope: []",
            ":5: policy.1.scope names none; leave it out, and the rule is about the whole request"
        ),
        (
            "policy:\n  - name: a\n    require: 0\n    scope: ' '",
            ":5: policy.1.scope names none; leave it out, and the rule is about the whole request"
        ),
        (
            "policy:\n  - name: a\n    grant: 1\n    scope: ''",
            ":5: policy.1.scope names none; name those that the rule grants"
        ),
        (
            "policy:\n  - name: a\n    require: 0\n    client: []",
            ":5: policy.1.client names none; leave it out, and the rule is for every client"
        ),
        ("policy_tests:\n  - expect: refused", ":3: policy_tests.1 has no name"),
        (
            "policy_tests:\n  - name: a",
            ":3: policy_tests.1 expects nothing; add expect: refused, or the scopes that are granted"
        ),
        (
            "policy_tests:\n  - name: a\n    expect: refused\n    user: [a]",
            ":5: policy_tests.1.user must be a section with members of the document user"
        ),
        (
            "policy_tests:\n  - name: a\n    expect: refused\n    client: { scope: 1 }",
            ":5: policy_tests.1.client can't be one: scope is 1; it must be a string"
        ),
        (
            "policy_tests:\n  - name: a\n    expect: refused\n    resquest: {}",
            ":5: there is no key \"policy_tests.1.resquest\". Did you mean \"request\"?"
        ),
        ("claims: { mendix_profile: maybe }", ":2: claims.mendix_profile is \"maybe\"; it must be true or false"),
    ])
    func `a fault is told with its line`(text: String, fault: String) {
        #expect(faults(text).map { String($0.dropFirst("postern.yaml".count)) } == [fault])
    }

    // An administrator's rule isn't for whoever sets the service's environment to change.
    @Test func `no variable overrides an item of a list`() throws {
        let text = ConfigurationFixture.minimal + "policy:\n  - { name: a, require: 1 }"
        let configuration = try ConfigurationFixture.parse(text, environment: ["POSTERN_POLICY_1_REQUIRE": "0"])
        #expect(configuration.policy[0].expression == "1")
        #expect(configuration.warnings.contains { $0.contains("POSTERN_POLICY_1_REQUIRE") })
    }

    private func failures(_ text: String) throws -> [String] {
        let configuration = try policy(text)
        let policy = ScopePolicy(rules: configuration.policy, evaluator: try SandboxedExpressions())
        return configuration.policyTests.compactMap { $0.failure(of: policy) }
    }

    private static let rules = """
        policy:
          - { name: no guests, require: "coalesce(user ->> 'guest', 0) = 0" }
          - { name: strong, scope: write, require: "session ->> 'acr' = '2'" }
          - { name: staff, scope: read write, grant: "EXISTS (SELECT 1 FROM json_each(user, '$.groups') WHERE value = 'staff')" }
          - { name: loud, scope: noise, grant: "json(user ->> 'username') = '1'" }

        """

    @Test(arguments: [
        "{ name: t, user: { guest: true }, scope: openid, expect: refused }",
        "{ name: t, user: { guest: 1, groups: [staff] }, scope: read, expect: refused }",
        "{ name: t, user: { groups: [staff] }, scope: openid read write, expect: read openid }",
        "{ name: t, user: { groups: [staff] }, session: { acr: \"2\" }, scope: write, expect: [write] }",
        "{ name: t, user: { groups: [staff] }, client: { scope: openid }, scope: openid read, expect: openid }",
        "{ name: t, user: ann, client: hr, scope: read, expect: [] }",
        "{ name: t, scope: openid email unknown, expect: openid email }",
        "{ name: t, user: ann, scope: noise, expect: [] }",
        "{ name: t, user: { username: 1 }, scope: noise, expect: noise }",
    ])
    func `a test that holds`(test: String) throws {
        #expect(try failures(Self.rules + "policy_tests:\n  - " + test) == [])
    }

    @Test(arguments: [
        (
            "{ name: t, user: { guest: true }, scope: openid, expect: openid }",
            "expected \"openid\", but the user is refused by rule \"no guests\": it gave 0, not 1"
        ),
        ("{ name: t, scope: openid, expect: refused }", "expected a refusal, but \"openid\" is granted"),
        (
            "{ name: t, user: { groups: [staff] }, scope: openid write, expect: openid write }",
            "expected \"openid write\", granted is \"openid\" (write: rule \"strong\": it gave 0, not 1)"
        ),
        (
            "{ name: t, user: ann, scope: noise, expect: noise }",
            "expected \"noise\", granted is nothing (noise: rule \"loud\": it failed: malformed JSON)"
        ),
    ])
    func `a test that fails says which rule decided`(test: String, failure: String) throws {
        #expect(try failures(Self.rules + "policy_tests:\n  - " + test) == [failure])
    }

    @Test func `YAML's words are JSON's`() throws {
        let test = try policy(
            """
            policy:
              - name: kinds
                require: >-
                  json_type(user, '$.a') = 'integer' AND json_type(user, '$.b') = 'text'
                  AND json_type(user, '$.c') = 'true' AND json_type(user, '$.d') = 'null'
                  AND json_type(user, '$.e') = 'real' AND json_type(user, '$.f') = 'text'
                  AND json_array_length(user, '$.g') = 2 AND user ->> '$.h.i' = 'x'
            policy_tests:
              - name: t
                user: { a: 1, b: "1", c: true, d: ~, e: 1.5, f: nan, g: [1, [2]], h: { i: x } }
                scope: openid
                expect: openid
            """)
        let policy = ScopePolicy(rules: test.policy, evaluator: try SandboxedExpressions())
        #expect(test.policyTests[0].failure(of: policy) == nil)
    }
}
