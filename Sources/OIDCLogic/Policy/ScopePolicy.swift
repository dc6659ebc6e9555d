/// The authorization decision: which of the requested scopes a user gets through a client (RFC 6749 §3.3).
package struct ScopePolicy {
    /// As it is at the request.
    package let catalogue: ScopeCatalogue
    private let rules: [PolicyRule]
    private let evaluator: any ExpressionEvaluator

    package init(
        catalogue: ScopeCatalogue = .empty, rules: [PolicyRule] = [],
        evaluator: any ExpressionEvaluator = NoExpressions()
    ) {
        self.catalogue = catalogue
        self.rules = rules
        self.evaluator = evaluator
    }

    package func answer(_ question: ScopeQuestion) -> ScopeAnswer { decide(question).answer }

    /// The same with what led to it.
    ///
    /// Rules can only narrow what the client may ask for and did. Their order doesn't matter: all that require must
    /// hold, and of those that grant a scope one must.
    package func decide(_ question: ScopeQuestion) -> ScopeDecision {
        let allowed = question.requested.intersection(question.client.metadata.scope)
        let findings = findings(question, allowed: allowed)
        let traces = { (reason: (String) -> ScopeTrace.Reason) in
            question.requested.names.map { name in
                ScopeTrace(name: name, reason: allowed.contains(name) ? reason(name) : .notAllowed)
            }
        }
        if let refusal = findings.first(where: { $0.rule.scope == nil && !$0.verdict.holds }) {
            return ScopeDecision(
                answer: .refused(by: refusal), findings: findings, scopes: traces { _ in .refusedBy(refusal) })
        }
        let byDefault = DefaultScopeRule(catalogue: catalogue).granted(question)
        let scopes = traces { Self.reason(for: $0, isDefault: byDefault.contains($0), findings) }
        let granted = Scope(names: scopes.filter(\.isGranted).map(\.name))
        return ScopeDecision(answer: .granted(granted), findings: findings, scopes: scopes)
    }

    private func findings(_ question: ScopeQuestion, allowed: Scope) -> [RuleFinding] {
        let concerned = rules.filter { $0.concerns(question, allowed: allowed) }
        guard !concerned.isEmpty else { return [] }
        let documents = question.documents(in: catalogue)
        return concerned.map { rule in
            RuleFinding(rule: rule, verdict: evaluator.verdict(on: rule.expression, over: documents))
        }
    }

    private static func reason(for name: String, isDefault: Bool, _ findings: [RuleFinding]) -> ScopeTrace.Reason {
        let concerned = findings.filter { $0.rule.scope?.contains(name) ?? false }
        if let obstacle = concerned.first(where: { $0.rule.effect == .require && !$0.verdict.holds }) {
            return .leftOutBy(obstacle)
        }
        let granting = concerned.filter { $0.rule.effect == .grant }
        if let grant = granting.first(where: \.verdict.holds) { return .grantedBy(grant) }
        if let last = granting.last { return .leftOutBy(last) }
        return isDefault ? .grantedByDefault : .leftOutByDefault
    }
}
