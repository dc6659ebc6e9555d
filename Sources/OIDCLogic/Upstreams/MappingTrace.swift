import JOSE

/// What each expression of a mapping makes of an upstream's claims, for whoever wants to see it.
package struct MappingTrace {
    /// In the order of their names.
    package let steps: [(what: String, details: JSON)]

    package init(
        of identity: UpstreamIdentity, by upstream: Upstream, catalogue: ScopeCatalogue,
        evaluator: any UpstreamExpressionEvaluator
    ) {
        let claims = JSON.object(identity.claims)
        let mapping = upstream.mapping
        let secrets = TracedSecrets.values(in: claims)
        func value(_ expression: String) -> JSON {
            do throws(ExpressionFailure) {
                return [
                    "expression": .string(expression),
                    "gave": TracedSecrets.cut(try evaluator.value(of: expression, over: claims), and: secrets),
                ]
            } catch {
                return ["expression": .string(expression), "fault": .string(error.reason)]
            }
        }
        func verdict(_ expression: String) -> [String: JSON] {
            let verdict = evaluator.verdict(on: expression, over: claims)
            return [
                "expression": .string(expression), "holds": .bool(verdict.holds), "reason": .string("\(verdict)"),
            ]
        }
        var steps: [(what: String, details: JSON)] = [
            ("What it says of them, as expressions see it (upstream)", TracedSecrets.cut(claims))
        ]
        switch upstream.admission {
        case .everyone: steps.append(("Who is new becomes a user (users: all)", .null))
        case .nobody: steps.append(("Who is new does not become a user (users: none)", .null))
        case .whoever(let expression):
            steps.append(("Whether they come in, unless they were invited (users)", .object(verdict(expression))))
        }
        if let expression = mapping.username { steps.append(("A new user's name (username)", value(expression))) }
        for (name, expression) in mapping.attributes.sorted(by: { $0.key < $1.key }) {
            steps.append(("The attribute \(name)", value(expression)))
        }
        for (role, expression) in mapping.roles.sorted(by: { $0.key < $1.key }) {
            var details = verdict(expression)
            if catalogue.roles[role] == nil { details["fault"] = "there is no such role here, so nobody is given it" }
            steps.append(("The role \(role)", .object(details)))
        }
        if let expression = mapping.roleNames {
            var details = value(expression).objectValue ?? [:]
            let names = (details["gave"]?.arrayValue ?? []).compactMap(\.stringValue)
            let known = names.filter { MappedIdentity.role(named: $0, in: catalogue) != nil }
            details["roles"] = .array(known.map(JSON.string))
            details["unknown"] = .array(names.filter { !known.contains($0) }.map(JSON.string))
            steps.append(("Roles by their names (role_names)", .object(details)))
        }
        self.steps = steps
    }
}
