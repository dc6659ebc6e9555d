import OIDCLogic

// What files once declared, and no longer name.
extension DeclarationPlanner {
    func settleLeftovers() {
        let declared = declaredNames
        let names = state.files.keys.filter { !declared.contains($0) }
        // What names others before what is named.
        let ordered = names.sorted { (rank(of: $0), $0.id.value) < (rank(of: $1), $1.id.value) }
        for name in ordered {
            guard let object = draft.object(name), let file = state.files[name] else { continue }
            let subject = DeclaredSubject(object)
            switch options.fate {
            case .keep: leftovers.append(subject)
            case .release:
                draft.assign(name, to: nil)
                add(.release, subject, file: file)
            case .remove:
                let notes = whatGoes(with: object)
                remove(name)
                add(.remove, subject, file: file, notes: notes)
            }
        }
    }

    private func rank(of name: DeclaredName) -> Int {
        switch name.kind {
        case .claim: 0
        case .group: 1
        case .role: RoleID(written: name.id.value).owner != nil ? 2 : 4
        case .client: 3
        case .scope: 5
        }
    }

    private func remove(_ name: DeclaredName) {
        let id = name.id.value
        switch name.kind {
        case .claim: _ = draft.removeCustomClaim(ClaimID(id))
        case .group: _ = draft.removeGroup(GroupName(id))
        case .role: _ = draft.removeRole(RoleID(written: id))
        case .client: _ = draft.removeClient(ClientID(id))
        case .scope: _ = draft.removeScope(ScopeName(id))
        }
    }

    /// An app's roles and claims are nothing without it, whoever made them.
    private func whatGoes(with object: DeclaredObject) -> [String] {
        switch object {
        case .client(let client):
            let roles = draft.roles.keys.filter { $0.owner == client.id }.map(\.description).sorted()
            let claims = draft.claims.values.filter { $0.clientID == client.id }.map(\.name.text).sorted()
            return ["its sign-ins and consents end"]
                + roles.map { "its role \($0) goes with it" } + claims.map { "its claim \($0) goes with it" }
        case .role: return ["it is taken from all who hold it"]
        case .group: return ["its members are in it no more"]
        case .scope, .claim: return []
        }
    }

    private var declaredNames: Set<DeclaredName> {
        var names = Set(declarations.scopes.map { DeclaredName.scope(ScopeName($0.name)) })
        names.formUnion(declarations.roles.map { .role($0.id) })
        names.formUnion(declarations.clients.map { .client($0.id) })
        names.formUnion(declarations.groups.map { .group(GroupName(ChosenName.normalized($0.name))) })
        names.formUnion(declarations.claims.compactMap { existing($0).map(DeclaredName.claim) })
        return names
    }
}
