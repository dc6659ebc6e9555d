import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// `postern explain` tells what the authorization endpoint would do.
@Suite struct AdministrationExplanationTests {
    private let fixture: AdministrationFixture

    init() throws {
        fixture = try AdministrationFixture()
        issuer = try Issuer("https://login.example.com/oidc")
        _ = try fixture.users.add("ada", password: nil)
    }

    private func client(_ change: [String: JSON] = [:], isFirstParty: Bool = true) throws {
        let good: [String: JSON] = [
            "client_id": "app", "redirect_uris": ["https://app.example/"], "scope": "openid email offline_access",
        ]
        _ = try fixture.clients.register(.object(good.merging(change) { $1 }), isFirstParty: isFirstParty)
    }

    private static let refreshing: [String: JSON] = ["grant_types": ["authorization_code", "refresh_token"]]

    private let issuer: Issuer

    private func explanations(_ rules: [PolicyRule] = []) -> Explanations {
        Explanations(
            store: fixture.store, policy: rules, claims: ClaimSettings(), issuer: issuer, lifetimes: Lifetimes(),
            resources: ResourceServers(), users: fixture.users, clients: fixture.clients,
            now: { AdministrationFixture.noon })
    }

    private func explain(
        _ scope: String? = nil, prompt: Set<Prompt> = [], resource: String? = nil, rules: [PolicyRule] = []
    ) throws -> Explanation {
        try explanations(rules).explain(
            user: "ada", client: "app",
            ExplanationQuestion(
                scope: try scope.map { try Scope($0) }, prompt: prompt, resource: resource, address: "192.0.2.1"))
    }

    private func service(_ scope: String? = nil, resource: String? = nil) throws -> Explanation {
        try explanations().explain(
            service: "app",
            ExplanationQuestion(scope: try scope.map { try Scope($0) }, resource: resource, address: "192.0.2.1"))
    }

    private func told(_ explanation: Explanation) -> [String: String] {
        Dictionary(uniqueKeysWithValues: explanation.scopes.map { ($0.name, $0.reason) })
    }

    @Test func `offline_access is left out at a client that can't refresh`() throws {
        try client()
        let explanation = try explain()
        #expect(explanation.granted?.names == ["openid", "email"])
        #expect(explanation.scopes.map(\.name) == ["openid", "email", "offline_access"], "in the order of the request")
        #expect(told(explanation)["offline_access"] == "the client is not registered for the grant refresh_token")
        #expect(try told(explain("offline_access phone"))["phone"] == "the client is not allowed it")
    }

    @Test func `offline_access is granted to one that can`() throws {
        try client(Self.refreshing)
        #expect(try explain().granted?.contains("offline_access") == true)
    }

    // Core §11.
    @Test func `a client that asks for consent gets offline_access by prompt=consent alone`() throws {
        try client(Self.refreshing, isFirstParty: false)
        let without = try explain()
        #expect(without.granted?.names == ["openid", "email"] && without.asksForConsent)
        #expect(told(without)["offline_access"]?.contains("prompt=consent") == true)
        let with = try explain(prompt: [.consent])
        #expect(with.granted?.contains("offline_access") == true && with.asksForConsent)
    }

    @Test func `where it isn't allowed, that is the reason`() throws {
        try client(["scope": "openid"])
        #expect(try told(explain("openid offline_access"))["offline_access"] == "the client is not allowed it")
    }

    @Test func `consent that was given isn't asked for again, and prompt=none asks for none`() throws {
        try client(isFirstParty: false)
        let silent = try explain("openid", prompt: [.none])
        #expect(silent.obstacle?.description.hasSuffix("(consent_required)") == true && silent.granted == nil)
        let user = try fixture.users.user("ada")
        let consent = Consent(
            userID: user.id, clientID: ClientID("app"), scope: try Scope("openid"),
            grantedAt: AdministrationFixture.noon)
        let end = AdministrationFixture.noon + 60
        #expect(try fixture.store.remember(consent, spending: AttemptID("attempt"), until: end))
        #expect(try explain("openid", prompt: [.none]).obstacle == nil)
        #expect(try explain("openid").asksForConsent == false)
        #expect(try explain("openid email").asksForConsent)
    }

    @Test func `where a rule refuses the whole request, no scope is said to be granted`() throws {
        try client()
        _ = try ClaimAdministration(
            store: fixture.store, settings: ClaimSettings(), now: { AdministrationFixture.noon }
        ).add("tenant", for: nil, change())
        let rules = [
            PolicyRule(name: "closed", effect: .require, expression: "0"),
            PolicyRule(name: "email", scope: try Scope("email"), effect: .grant, expression: "1"),
        ]
        let explanation = try explain("openid email phone", rules: rules)
        #expect(explanation.granted == nil)
        #expect(explanation.obstacle?.description.hasPrefix("refused by the rule \"closed\"") == true)
        #expect(!explanation.scopes.contains { $0.isGranted })
        let refused = "the whole request is refused by rule \"closed\": it gave 0, not 1"
        #expect(
            told(explanation) == ["openid": refused, "email": refused, "phone": "the client is not allowed it"])
        #expect(explanation.customClaims.isEmpty, "nobody computes any")
        #expect(explanation.json["scopes"]?.arrayValue?[0]["granted"] == false)
    }

    private func change() -> ClaimChange {
        var change = ClaimChange()
        change.source = .constant("acme")
        return change
    }

    @Test func `what fails the sign-in otherwise leaves nothing granted, and says what else would be`() throws {
        try client()
        let claims = ClaimAdministration(
            store: fixture.store, settings: ClaimSettings(), now: { AdministrationFixture.noon })
        _ = try claims.add("tenant", for: nil, change())
        var required = ClaimChange()
        required.source = .attribute("department")
        required.isRequired = true
        _ = try claims.add("department", for: nil, required)
        var explanation = try explain("openid")
        #expect(explanation.obstacle?.description == "the required claim department has no value (access_denied)")
        #expect(told(explanation) == ["openid": "else granted by default"])
        #expect(explanation.customClaims.map(\.isReleased) == [false, false])
        #expect(explanation.customClaims[1].reason == "else in access_token, userinfo, introspection")
        #expect(explanation.json["granted"] == .null)
        #expect(ClaimDestination.allCases.allSatisfy { explanation.claims(for: $0).isEmpty })

        required.source = .expression("json(user ->> 'username')")
        _ = try claims.set("department", of: nil, required)
        explanation = try explain("openid")
        #expect(explanation.obstacle?.description.hasSuffix("(server_error)") == true)

        _ = try fixture.users.disable("ada")
        #expect(try explain("openid").obstacle?.description == "the user is disabled")
    }

    // RFC 7662 §2.2
    @Test func `introspection is told with all that the token carries`() throws {
        try client()
        let claims = ClaimAdministration(
            store: fixture.store, settings: ClaimSettings(), now: { AdministrationFixture.noon })
        for (name, place) in [("/hr/level", "access_token"), ("/hr/unit", "introspection"), ("flat", "access_token")] {
            var change = change()
            change.destinations = [place]
            _ = try claims.add(name, for: nil, change)
        }
        let explanation = try explain("openid")
        #expect(explanation.claims(for: .accessToken)["hr"] == ["level": "acme"])
        let told = explanation.claims(for: .introspection)
        #expect(told["hr"] == ["level": "acme", "unit": "acme"])
        #expect(told["flat"] == "acme" && told["username"] == "ada" && told["scope"] == "openid")
    }

    @Test func `a token that would be too large is told, with what makes it so`() throws {
        try client()
        let claims = ClaimAdministration(
            store: fixture.store, settings: ClaimSettings(), now: { AdministrationFixture.noon })
        for name in ["one", "two"] {
            var large = ClaimChange()
            large.source = .constant(.string(String(repeating: "a", count: 3_000)))
            _ = try claims.add(name, for: nil, large)
        }
        let obstacle = try explain("openid").obstacle?.description
        #expect(obstacle?.contains("(server_error)") == true)
        #expect(obstacle?.contains("the largest are one (3002), two (3002), ") == true)
    }

    @Test func `a client that is for no user is told before anything else`() throws {
        _ = try fixture.clients.register(
            ["client_id": "app", "grant_types": ["client_credentials"], "scope": "openid"])
        #expect(try explain().obstacle?.description.hasSuffix("(unauthorized_client)") == true)
    }

    // RFC 9068 §2.2, OpenID Connect Core §2.
    @Test func `each token is told with all that it would carry`() throws {
        try client()
        let explanation = try explain("openid email")
        let noon = AdministrationFixture.noon.seconds
        let token = explanation.claims(for: .accessToken)
        #expect(token["iss"] == .string(issuer.value) && token["aud"] == .string(issuer.value))
        #expect(token["iat"] == .integer(noon) && token["nbf"] == .integer(noon))
        #expect(token["exp"] == .integer(noon + 3600) && token["client_id"] == "app")
        #expect(token["scope"] == "openid email")
        let idToken = explanation.claims(for: .idToken)
        #expect(idToken["aud"] == "app" && idToken["exp"] == .integer(noon + 3600))
        #expect(idToken["auth_time"] == .integer(noon) && idToken["amr"] == ["pwd"] && idToken["acr"] == "1")
        #expect(idToken["sub"] == token["sub"] && idToken["nonce"] == nil)
        for made in [token["jti"], idToken["sid"], idToken["at_hash"]] {
            #expect(made == "(made when it is issued)", "nobody takes it for a real one")
        }
        let introspection = explanation.claims(for: .introspection)
        #expect(introspection["active"] == true && introspection["exp"] == token["exp"])
        #expect(explanation.claims(for: .userInfo)["iss"] == nil)
    }

    @Test func `userinfo that is signed has an issuer and an audience`() throws {
        try client(["userinfo_signed_response_alg": "RS256"])
        let userInfo = try explain("openid").claims(for: .userInfo)
        #expect(userInfo["iss"] == .string(issuer.value) && userInfo["aud"] == "app")
    }

    // RFC 8707.
    @Test func `a token for a resource is for that alone`() throws {
        let api = "https://api.example/"
        try client(["resources": [.string(api)]])
        let explanation = try explain("openid", resource: api)
        #expect(explanation.claims(for: .accessToken)["aud"] == .string(api))
        #expect(explanation.claims(for: .userInfo).isEmpty && !explanation.claims(for: .idToken).isEmpty)
        #expect(
            fixture.refusal { _ = try explain("openid", resource: "https://other.example/") }
                == "the app may not ask for the resource \"https://other.example/\" (invalid_target); it may for \(api)"
        )
    }

    @Test func `the request is told as the app would send it`() throws {
        try client(isFirstParty: false)
        let request = try explain("openid", prompt: [.consent]).request
        #expect(request.endpoint == "https://login.example.com/oidc/authorize")
        #expect(
            request.parameters.map { "\($0.name)=\($0.value)" } == [
                "response_type=code", "client_id=app", "redirect_uri=https://app.example/", "scope=openid",
                "prompt=consent",
            ])
    }

    // RFC 6749 §4.4.
    @Test func `a service is told what its access token would hold`() throws {
        _ = try fixture.clients.register(
            [
                "client_id": "app", "grant_types": ["client_credentials"], "scope": "openid orders reports unheard",
                "resources": ["https://api.example/"],
            ])
        _ = try ScopeAdministration(store: fixture.store).add("orders")
        _ = try RoleAdministration(store: fixture.store).add("reports")
        _ = try ClaimAdministration(
            store: fixture.store, settings: ClaimSettings(), now: { AdministrationFixture.noon }
        ).add("tenant", for: nil, change())
        let explanation = try service(resource: "https://api.example/")
        #expect(explanation.obstacle == nil && explanation.granted?.names == ["orders", "reports"])
        #expect(told(explanation)["openid"] == "it is about a user, and there is none")
        #expect(told(explanation)["unheard"]?.contains("means anything") == true)
        #expect(explanation.request.endpoint == "https://login.example.com/oidc/token")
        let token = explanation.claims(for: .accessToken)
        #expect(token["sub"] == "app" && token["aud"] == "https://api.example/" && token["tenant"] == "acme")
        #expect(token["exp"] == .integer(AdministrationFixture.noon.seconds + 3600))
        #expect(explanation.claims(for: .introspection)["active"] == true)
        #expect(explanation.claims(for: .idToken).isEmpty && explanation.claims(for: .userInfo).isEmpty)
        #expect(explanation.json["user"] == .null)
        #expect(explanation.customClaims.map(\.reason) == ["in access_token, introspection"])
        let none = try service("openid phone")
        #expect(none.obstacle?.description.hasSuffix("(invalid_scope)") == true)
        #expect(told(none)["phone"] == "the client is not allowed it")
    }

    @Test func `an app that is no service has no token of its own`() throws {
        try client()
        #expect(try service().obstacle?.description.hasSuffix("(unauthorized_client)") == true)
    }
}
