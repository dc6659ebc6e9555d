import JOSE
import Testing

@testable import OIDCLogic

/// RFC 6749 §3.3: what of the requested scope is granted.
struct PolicyRuleTests {
    /// An evaluator whose expressions are their own verdicts.
    struct Spoken: ExpressionEvaluator {
        func verdict(on expression: String, over documents: SubjectDocuments) -> ExpressionVerdict {
            switch expression {
            case "1": .holds
            case "error": .broken(ExpressionFailure("failed: on purpose"))
            default: .fails(gave: expression)
            }
        }

        func value(of expression: String, over documents: SubjectDocuments) throws(ExpressionFailure) -> JSON {
            switch expression {
            case "error": throw ExpressionFailure("failed: on purpose")
            case "NULL": .null
            case "documents":
                .array([documents.user, documents.client, documents.session, documents.request].map { $0 ?? .null })
            default: .string(expression)
            }
        }
    }

    private func decide(
        _ rules: PolicyRule..., scope: String = "openid email reports", allowed: String = "openid email reports",
        client: String = "app"
    ) throws -> ScopeDecision {
        let question = ScopeQuestion(
            client: try .fixture(client, metadata: ["scope": .string(allowed)]), user: .fixture(),
            authentication: AuthenticationContext(.fixture(), for: ClientID(client)),
            request: SignInRequest(address: "192.0.2.1", at: .noon), requested: try Scope(scope))
        return ScopePolicy(rules: rules, evaluator: Spoken()).decide(question)
    }

    private func require(_ expression: String, _ scope: String? = nil, of clients: Set<ClientID>? = nil) throws
        -> PolicyRule
    {
        PolicyRule(
            name: "rule", clients: clients, scope: try scope.map { try Scope($0) }, effect: .require,
            expression: expression)
    }

    private func grant(_ expression: String, _ scope: String, of clients: Set<ClientID>? = nil) throws -> PolicyRule {
        PolicyRule(
            name: "giver", clients: clients, scope: try Scope(scope), effect: .grant, expression: expression)
    }

    @Test func `without rules the default decides`() throws {
        #expect(try decide().answer == .granted(Scope("openid email")))
        #expect(try decide(allowed: "openid").answer == .granted(Scope("openid")))
        #expect(try decide().cause == nil)
    }

    @Test(arguments: ["0", "NULL", "2", "a text", "error"])
    func `whatever a requirement gives but 1, it refuses`(expression: String) throws {
        guard case .refused(let finding) = try decide(try require(expression)).answer else {
            Issue.record("it was granted")
            return
        }
        #expect(finding.description.hasPrefix("\"rule\": it "))
        #expect(try decide(try require(expression, "email")).answer == .granted(Scope("openid")))
        #expect(try decide(try require(expression, "email")).cause?.hasPrefix("\"rule\": it ") == true)
    }

    @Test func `a requirement that holds changes nothing`() throws {
        #expect(try decide(try require("1")).answer == .granted(Scope("openid email")))
        #expect(try decide(try require("1", "reports")).answer == .granted(Scope("openid email")))
    }

    @Test func `a rule is about its own clients and scopes`() throws {
        let other: Set<ClientID> = [ClientID("other")]
        #expect(try decide(try require("0", of: other)).answer == .granted(Scope("openid email")))
        #expect(try decide(try require("0", "email", of: other)).answer == .granted(Scope("openid email")))
        #expect(try decide(try require("0", of: other), client: "other").answer != .granted(Scope("openid email")))
        #expect(try decide(try require("0", "reports")).answer == .granted(Scope("openid email")))
        #expect(try decide(try require("0", "reports"), scope: "openid").findings.isEmpty, "nobody asked for it")
    }

    @Test func `a grant takes the place of the default, within what is allowed and asked for`() throws {
        #expect(try decide(try grant("1", "reports")).answer == .granted(Scope("openid email reports")))
        #expect(try decide(try grant("0", "email")).answer == .granted(Scope("openid")))
        #expect(try decide(try grant("error", "email")).answer == .granted(Scope("openid")))
        #expect(try decide(try grant("1", "reports"), allowed: "openid").answer == .granted(Scope("openid")))
        #expect(try decide(try grant("1", "reports"), scope: "openid").answer == .granted(Scope("openid")))
    }

    @Test func `of several that grant one suffices, of several that require all must hold, in any order`() throws {
        let rules = [
            try grant("0", "reports"), try grant("1", "reports"), try require("1", "reports"),
            try require("0", "email"), try require("1"),
        ]
        for turn in 0..<rules.count {
            let turned = Array(rules[turn...] + rules[..<turn])
            let question = ScopeQuestion(
                client: try .fixture(metadata: ["scope": "openid email reports"]), user: .fixture(),
                authentication: AuthenticationContext(.fixture(), for: ClientID("app")),
                request: SignInRequest(address: "192.0.2.1", at: .noon), requested: try Scope("openid email reports"))
            let policy = ScopePolicy(rules: turned, evaluator: Spoken())
            #expect(policy.answer(question) == .granted(try Scope("openid reports")))
        }
        #expect(
            try decide(try grant("1", "reports"), try require("0", "reports")).answer
                == .granted(Scope("openid email")),
            "what is required goes before what is granted")
    }

    @Test func `the trace says what decided each scope`() throws {
        let decision = try decide(
            try grant("1", "reports"), try require("NULL", "email"), scope: "openid email reports admin clerk",
            allowed: "openid email reports clerk")
        #expect(
            decision.scopes.map { "\($0.name): \($0.reason)" } == [
                "openid: by default", "email: rule \"rule\": it gave NULL, not 1",
                "reports: rule \"giver\": it holds", "admin: the client is not allowed it",
                "clerk: the user does not have it",
            ])
        #expect(decision.broken.isEmpty)
        #expect(try decide(try require("error", "email")).broken.count == 1)
    }

    @Test func `what the service knows stands before attributes of the same name`() throws {
        let user = User.fixture(attributes: ["sub": "forged", "roles": ["admin"], "groups": ["x"], "department": "it"])
        let documents = SubjectDocuments(
            client: try .fixture(preset: .mendix), user: user,
            authentication: AuthenticationContext(.fixture(), for: ClientID("app")),
            request: SignInRequest(address: "192.0.2.1", at: .noon, untrusted: ["scope": "openid"]))
        #expect(documents.user?["sub"] == .string(user.id.value))
        #expect(documents.user?["username"] == "ann")
        #expect(documents.user?["roles"] == [])
        #expect(documents.user?["groups"] == [])
        #expect(documents.user?["department"] == "it")
        #expect(documents.client["client_id"] == "app")
        #expect(documents.client["preset"] == "mendix")
        #expect(documents.session?["acr"] == "1")
        #expect(documents.request?["address"] == "192.0.2.1")
        #expect(documents.request?["scope"] == nil, "what the client chose is in one place only")
        #expect(documents.request?["untrusted"] == ["scope": "openid"])
    }

    @Test func `what is chosen and too long is left out, not cut`() {
        let request = SignInRequest(
            address: "192.0.2.1", at: .noon,
            choosing: [
                "scope": String(repeating: "a", count: 257), "login_hint": "ann", "acr_values": nil, "prompt": "",
            ])
        #expect(request.untrusted == ["login_hint": "ann"])
    }
}
