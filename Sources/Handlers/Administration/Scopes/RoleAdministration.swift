import JOSE
import OIDCLogic

/// What an administrator does with roles.
package struct RoleAdministration {
    private let store: any AdministrationStore

    package init(store: any AdministrationStore) { self.store = store }

    /// `client` is the app that it belongs to; nil makes a global role.
    ///
    /// Throws ``AdministrationError`` and `StoreError`; then nothing has changed.
    package func add(_ name: String, of client: Client? = nil, description: String? = nil) throws -> Role {
        try ScopeNameRule.check(name)
        try ScopeNameRule.checkMendix(name)
        guard !name.utf8.contains(UInt8(ascii: "@")) else {
            throw AdministrationError.invalid(
                "a role's name has no \"@\": \"\(name)\" would be taken for a role of one app; say apart "
                    + "from the name whose it is"
            ).of("name")
        }
        guard client == nil || !Scope.opensPostern(name) else {
            throw AdministrationError.invalid("\"\(name)\" opens Postern itself, so it can't belong to an app")
        }
        let role = Role(RoleID(name, of: client?.id), description: try DescriptionRule.accept(description))
        do {
            try store.add(role)
        } catch StoreError.exists {
            let isScope = try store.catalogue().scopes[ScopeName(name)] != nil
            throw AdministrationError.exists(
                isScope
                    ? "\"\(name)\" is a scope that is open to everyone; choose another name, or remove that one first"
                    : "there is a role \"\(role.id)\" already; change that one, or remove it"
            ).of("name")
        } catch StoreError.missing {
            throw AdministrationError.missing("the app \"\(client?.id.value ?? "")\" was removed meanwhile")
        }
        return role
    }

    /// Makes those of Postern's own roles that aren't there. Returns the new ones.
    package func createOwn() throws -> [Role] {
        let there = try store.catalogue().roles
        return try AdministrationScope.allCases.compactMap { scope in
            let role = Role(RoleID(scope.rawValue), description: scope.description)
            guard there[role.id] == nil else { return nil }
            try store.add(role)
            return role
        }
    }

    /// `name` may be written `NAME@CLIENT`. Throws ``AdministrationError`` with the nearest name if there is none, or if
    /// more than one may be meant.
    package func role(_ name: String, of client: Client? = nil) throws -> Role {
        let catalogue = try store.catalogue()
        guard let client else { return try catalogue.role(written: name) }
        if let role = catalogue.roles[RoleID(name, of: client.id)] { return role }
        let own = catalogue.roles.values.filter { $0.owner == client.id }.map(\.name)
        throw AdministrationError.missing(
            "the app \"\(client.id)\" has no role \"\(name)\".\(Nearest.question(name, among: own))")
    }

    /// In order of their names; those of one app if `client` is given.
    package func roles(of client: Client? = nil) throws -> [Role] {
        try store.catalogue().roles.values.filter { client == nil || $0.owner == client?.id }.sorted { $0.id < $1.id }
    }

    package func set(_ name: String, of client: Client? = nil, description: String) throws -> Role {
        try ChangeAgain.whileOthersDo { try change(try role(name, of: client), description: description) }
    }

    /// The same, of the role as it was read. Throws `StoreError.changed` if it has changed since.
    func change(_ former: Role, description: String) throws -> Role {
        var role = former
        try DeclaredRule(store: store).checkChange(of: .role(role.id), "the role \"\(role.id)\"")
        role.description = try DescriptionRule.accept(description)
        do {
            try store.replace(former, by: role)
        } catch StoreError.missing {
            throw AdministrationError.missing("the role \"\(role.id)\" was removed meanwhile")
        }
        return role
    }

    /// Takes it from all users and groups. Returns what it was.
    package func remove(_ name: String, of client: Client? = nil) throws -> Role {
        let role = try role(name, of: client)
        try DeclaredRule(store: store).checkRemoval(of: .role(role.id), "the role \"\(role.id)\"")
        _ = try store.removeRole(role.id)
        return role
    }
}

extension ScopeCatalogue {
    /// The role that an administrator means: `NAME@CLIENT` is that app's; `NAME` the global one, or that of the only app
    /// that has one. Throws ``AdministrationError``.
    func role(written text: String) throws(AdministrationError) -> Role {
        if let role = roles[RoleID(written: text)] { return role }
        let ofApps = roles.values.filter { $0.name.hasSameBytes(as: text) }.map(\.id).sorted()
        if let only = ofApps.first.flatMap({ roles[$0] }), ofApps.count == 1 { return only }
        guard ofApps.isEmpty else {
            let names = ofApps.map { "\"\($0)\"" }.joined(separator: " or ")
            throw .invalid("more than one app has a role \"\(text)\"; write \(names)")
        }
        let written = roles.keys.map(\.description).sorted()
        let question = Nearest.question(text, among: written + roles.values.map(\.name).sorted())
        throw .missing(
            "there is no role \"\(text)\".\(question) \"postern role add\" makes one; that of an app is written "
                + "NAME@CLIENT")
    }
}

extension Role {
    package var json: JSON {
        var object: [String: JSON] = ["role": .string(id.description), "name": .string(name)]
        object["client_id"] = (owner?.value).map(JSON.string)
        object["description"] = description.map(JSON.string)
        return .object(object)
    }
}
