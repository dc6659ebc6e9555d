/// What is granted where no administrator has said otherwise.
struct DefaultScopeRule: Sendable {
    let catalogue: ScopeCatalogue

    /// Of what was requested and is allowed for the client: the built-in scopes, the plain ones that an administrator
    /// has defined, and the roles that the user holds.
    func granted(_ question: ScopeQuestion) -> Scope {
        let allowed = question.requested.intersection(question.client.metadata.scope)
        guard !allowed.isSubset(of: .builtIn) else { return allowed }
        let held = catalogue.roles(of: question.user)
        return Scope(
            names: allowed.names.filter { name in
                Scope.builtIn.contains(name) || catalogue.scopes[ScopeName(name)] != nil
                    || catalogue.role(name, for: question.client.id).map { held.contains($0.id) } ?? false
            })
    }
}
