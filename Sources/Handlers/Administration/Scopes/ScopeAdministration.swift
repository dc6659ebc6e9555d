import JOSE
import OIDCLogic

/// What an administrator does with scopes that are open to every user.
package struct ScopeAdministration {
    let store: any AdministrationStore
    /// The rules of the configuration, by which scopes are granted that nobody has defined.
    let policy: [PolicyRule]

    package init(store: any AdministrationStore, policy: [PolicyRule] = []) {
        self.store = store
        self.policy = policy
    }

    /// Throws ``AdministrationError`` and `StoreError`; then nothing has changed.
    package func add(_ name: String, description: String? = nil) throws -> DefinedScope {
        try ScopeNameRule.check(name)
        guard !Scope.opensPostern(name) else {
            throw AdministrationError.invalid(
                "\"\(name)\" opens Postern itself, so it can't be open to everyone; \"role add\" makes it a role")
        }
        let scope = DefinedScope(ScopeName(name), description: try DescriptionRule.accept(description))
        do {
            try store.add(scope)
        } catch StoreError.exists {
            throw AdministrationError.exists(
                "there is a scope or a role \"\(name)\" already; choose another name, or change that one"
            ).of("name")
        }
        return scope
    }

    /// Throws ``AdministrationError`` with the nearest name if there is none.
    package func scope(_ name: String) throws -> DefinedScope {
        let catalogue = try store.catalogue()
        if let scope = catalogue.scopes[ScopeName(name)] { return scope }
        if Scope.builtIn.contains(name) {
            throw AdministrationError.missing("\"\(name)\" is built in; there is nothing to look at or to change")
        }
        if catalogue.roles.values.contains(where: { $0.name.hasSameBytes(as: name) }) {
            throw AdministrationError.missing("\"\(name)\" is a role; see \"postern role\"")
        }
        let question = Nearest.question(name, among: catalogue.scopes.keys.map(\.value))
        throw AdministrationError.missing("there is no scope \"\(name)\".\(question)")
    }

    /// In order of their names.
    package func scopes() throws -> [DefinedScope] {
        try store.catalogue().scopes.values.sorted {
            $0.name.value.utf8.lexicographicallyPrecedes($1.name.value.utf8)
        }
    }

    package func set(_ name: String, description: String) throws -> DefinedScope {
        try ChangeAgain.whileOthersDo { try change(try scope(name), description: description) }
    }

    /// The same, of the scope as it was read. Throws `StoreError.changed` if it has changed since.
    func change(_ former: DefinedScope, description: String) throws -> DefinedScope {
        var scope = former
        try DeclaredRule(store: store).checkChange(of: .scope(scope.name), "the scope \"\(scope.name)\"")
        scope.description = try DescriptionRule.accept(description)
        do {
            try store.replace(former, by: scope)
        } catch StoreError.missing {
            throw AdministrationError.missing("the scope \"\(scope.name)\" was removed meanwhile")
        }
        return scope
    }

    /// Returns what it was.
    package func remove(_ name: String) throws -> DefinedScope {
        let scope = try scope(name)
        try DeclaredRule(store: store).checkRemoval(of: .scope(scope.name), "the scope \"\(scope.name)\"")
        _ = try store.removeScope(scope.name)
        return scope
    }
}

extension DefinedScope {
    package var json: JSON {
        var object: [String: JSON] = ["name": .string(name.value)]
        object["description"] = description.map(JSON.string)
        return .object(object)
    }
}
