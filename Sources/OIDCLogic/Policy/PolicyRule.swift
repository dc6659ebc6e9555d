/// A rule of the administrator's, which narrows or replaces the default decision.
package struct PolicyRule: Sendable, Equatable {
    package enum Effect: String, Sendable, CaseIterable {
        /// Nothing of what the rule names is granted unless its expression holds.
        case require
        /// The expression takes the place of the default rule for the scopes that the rule names.
        case grant
    }

    package let name: String
    /// Nil: every client.
    package let clients: Set<ClientID>?
    /// Nil: the whole request.
    package let scope: Scope?
    package let effect: Effect
    package let expression: String

    /// - Parameter scope: a rule that grants must name its scopes.
    package init(
        name: String, clients: Set<ClientID>? = nil, scope: Scope? = nil, effect: Effect, expression: String
    ) {
        self.name = name
        self.clients = clients
        self.scope = scope
        self.effect = effect
        self.expression = expression
    }

    package func isFor(_ client: ClientID) -> Bool { clients?.contains(client) ?? true }

    func concerns(_ question: ScopeQuestion, allowed: Scope) -> Bool {
        guard isFor(question.client.id) else { return false }
        return scope.map { allowed.names.contains(where: $0.contains) } ?? true
    }
}
