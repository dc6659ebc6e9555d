import JOSE
import OIDCLogic

/// Reads the lists `policy` and `policy_tests`. Every expression has been compiled once.
struct PolicyReading {
    private(set) var rules: [PolicyRule] = []
    private(set) var tests: [PolicyTest] = []

    init(_ root: ConfigurationSection) {
        let expressions = try? SandboxedExpressions()
        rules = root.items("policy") { section, line in Self.rule(section, line, expressions) }
        tests = root.items("policy_tests") { section, line in PolicyTestReading(section, line).test }
    }

    private static func rule(
        _ section: ConfigurationSection, _ line: Int?, _ expressions: SandboxedExpressions?
    ) -> PolicyRule? {
        let name = section.value("name")?.text
        let clients = section.values("client")
        let scope = section.scope("scope")
        let effects = PolicyRule.Effect.allCases.map { ($0, section.value($0.rawValue)) }
        section.refuseUnknown()
        guard let name else {
            section.fault("has no name; explain and the log call the rule by it", line: line)
            return nil
        }
        var ids: Set<ClientID>?
        if let clients {
            ids = Set(clients.compactMap { ClientID(registering: $0.text) })
            for client in clients where ClientID(registering: client.text) == nil {
                section.fault("client", client, "is no client's id")
            }
        }
        let given = effects.compactMap { effect, value in value.map { (effect, $0) } }
        guard given.count == 1, let (effect, expression) = given.first else {
            section.fault("must have either require or grant, with an expression", line: line)
            return nil
        }
        // One about nothing would decide nothing, and so let pass what it was written to stop.
        if clients?.isEmpty ?? false {
            section.fault("client", "names none; leave it out, and the rule is for every client")
        }
        if section.values("scope")?.allSatisfy({ $0.text.utf8.allSatisfy { $0 == 0x20 } }) ?? false {
            let instead =
                effect == .grant
                ? "name those that the rule grants" : "leave it out, and the rule is about the whole request"
            section.fault("scope", "names none; \(instead)")
        }
        if effect == .grant, scope == nil {
            section.fault("grants, but doesn't say which scope; add scope", line: line)
        }
        if let objection = expressions?.objection(toDecision: expression.text) {
            section.fault(effect.rawValue, objection)
        }
        return PolicyRule(
            name: name, clients: ids, scope: scope, effect: effect, expression: expression.text)
    }
}

extension ConfigurationSection {
    /// Names of scopes: a list, or one text with spaces between. Nil if it is absent.
    func scope(_ key: String) -> Scope? {
        guard let values = values(key) else { return nil }
        var names: [String] = []
        for value in values {
            do throws(OAuthError) {
                names += try Scope(value.text).names
            } catch {
                fault(key, value, "has a character that no scope may have (RFC 6749 section 3.3)")
            }
        }
        return Scope(names: names)
    }
}
