import JOSE
import OIDCLogic
import Testing

@testable import Handlers

@Suite struct ConfigurationRegistrationTests {
    private static func settings(_ text: String) throws -> RegistrationSettings {
        try ConfigurationFixture.parse(ConfigurationFixture.minimal + text).registration
    }

    private static let good = """
        registration:
          ci:
            - name: shop
              issuer: https://gitlab.example.com
              claims: { project_path: team/shop, ref: main }

        """

    @Test(
        arguments: [("", nil), ("false", nil), ("true", .open), ("needs_approval", .openUponApproval)]
            as [(String, RegistrationPermit?)])
    func `registration is open to nobody, to all, or upon approval`(text: String, permit: RegistrationPermit?) throws {
        #expect(try Self.settings("registration: { open: \(text) }\n").open == permit)
    }

    @Test func `a rule that says little has defaults`() throws {
        let rules = try Self.settings(Self.good).ciRules
        #expect(rules.count == 1)
        let rule = try #require(rules.first)
        #expect(rule.name.value == "shop" && rule.audience == "https://login.example.com/oidc")
        #expect(rule.claims == (try ExactClaims(["project_path": "team/shop", "ref": "main"])))
        #expect(rule.algorithms == [.rs256])
        #expect(rule.keys == .issuer(try #require(WebURI("https://gitlab.example.com"))))
        #expect(rule.permit == RegistrationPermit(preset: .standard))
    }

    @Test func `every key is read`() throws {
        let rules = try Self.settings(
            Self.good + """
                      audience: postern
                      algorithms: [RS256, ES256]
                      jwks_uri: https://gitlab.example.com/oauth/discovery/keys
                      preset: mendix
                      first_party: false
                      scope: openid profile
                      grant_types: [client_credentials]
                      redirect_hosts: ["*.apps.example.com"]
                      resources: [https://api.example.com/]
                      needs_approval: true
                    - name: typed
                      issuer: http://localhost:8080
                      claims: { id: 7, protected: true, text: "true" }

                """
        ).ciRules
        #expect(rules.count == 2)
        #expect(rules[0].audience == "postern" && rules[0].algorithms == [.rs256, .es256])
        #expect(rules[0].keys == .uri(try #require(WebURI("https://gitlab.example.com/oauth/discovery/keys"))))
        #expect(
            rules[0].permit
                == RegistrationPermit(
                    preset: .mendix, isFirstParty: false, scope: Scope(names: ["openid", "profile"]),
                    grantTypes: [.clientCredentials],
                    redirectHosts: ["*.apps.example.com"].compactMap(RedirectHost.init),
                    resources: ["https://api.example.com/"].compactMap(ResourceIndicator.init), needsApproval: true))
        #expect(rules[1].claims.values == ["id": 7, "protected": true, "text": "true"])
    }

    @Test(
        arguments: [
            ("", "      claims: {}\n", 6, "registration.ci.1.claims names none: every job of everybody"),
            (
                "claims: { project_path: team/shop, ref: main }", "claims: [a]", 6,
                "registration.ci.1.claims must be a section"
            ),
            ("ref: main", "aud: x", 6, "registration.ci.1.claims has aud, which each rule checks anyway"),
            ("ref: main", "ref: [main]", 6, "registration.ci.1.claims has ref, which must be one text"),
            ("ref: main", "ref: null", 6, "registration.ci.1.claims has ref"),
            (
                "https://gitlab", "http://gitlab", 5,
                "registration.ci.1.issuer is \"http://gitlab.example.com\"; it must be an https"
            ),
            (".example.com", ".example.com/?a=b", 5, "registration.ci.1.issuer is"),
            ("name: shop", "name: The Shop", 4, "registration.ci.1.name is \"The Shop\"; it must be 1 to 64"),
            (
                "ref: main }", "ref: main }\n      algorithms: [HS256]", 7,
                "registration.ci.1.algorithms is \"HS256\"; it must be one of"
            ),
            ("ref: main }", "ref: main }\n      algorithms: [none]", 7, "registration.ci.1.algorithms is \"none\""),
            ("ref: main }", "ref: main }\n      algorithms: []", 7, "registration.ci.1.algorithms names none"),
            (
                "ref: main }", "ref: main }\n      redirect_host: x", 7,
                "there is no key \"registration.ci.1.redirect_host\". Did you mean \"redirect_hosts\"?"
            ),
            (
                "ref: main }", "ref: main }\n      redirect_hosts: [\"https://x\"]", 4,
                "registration.ci.1 permits what it can't: \"https://x\" is no host"
            ),
            (
                "ref: main }", "ref: main }\n      scope: postern:admin", 4,
                "registration.ci.1 permits what it can't: \"postern:admin\" opens"
            ),
            (
                "ref: main }", "ref: main }\n      preset: x", 4,
                "registration.ci.1 permits what it can't: preset is \"x\""
            ),
            (
                "ref: main }", "ref: main }\n      needs_approval: maybe", 7,
                "registration.ci.1.needs_approval is \"maybe\""
            ),
            (
                "registration:\n", "registration:\n  open: maybe\n", 3,
                "registration.open is \"maybe\"; it must be true, false or needs_approval"
            ),
        ])
    func `what is wrong is told with its line`(old: String, new: String, line: Int, fault: String) {
        let text =
            old.isEmpty
            ? Self.good.replacing("      claims: { project_path: team/shop, ref: main }\n", with: new)
            : Self.good.replacing(old, with: new)
        let told = ConfigurationFixture.faults(ConfigurationFixture.minimal + text)
        #expect(told.first?.hasPrefix("postern.yaml:\(line): \(fault)") == true, "\(told)")
    }

    @Test(arguments: [
        "name: shop", "issuer: https://gitlab.example.com", "claims: { project_path: team/shop, ref: main }",
    ])
    func `what must be there is told of in the rule's line`(entry: String) {
        let key = String(entry.prefix { $0 != ":" })
        let told = ConfigurationFixture.faults(
            ConfigurationFixture.minimal + Self.good.replacing(entry, with: "audience: x"))
        #expect(told.first?.hasPrefix("postern.yaml:4: registration.ci.1.\(key) ") == true, "\(told)")
    }

    @Test func `two rules of one name are told of`() {
        let twice =
            ConfigurationFixture.minimal + Self.good
            + Self.good.split(separator: "\n").dropFirst(2).joined(separator: "\n") + "\n"
        #expect(ConfigurationFixture.faults(twice).first?.contains("two rules of the name \"shop\"") == true)
    }
}
