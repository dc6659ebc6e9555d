import OIDCLogic

/// A scope that a rule is about, and that no app of the rule can be granted: a name that is misspelt, or isn't defined
/// yet. Until it is, the rule decides nothing.
package struct PolicyWarning: Sendable, CustomStringConvertible {
    package let description: String

    /// One for each such name, in the order of the rules.
    ///
    /// - Parameter clients: all that there are; asked for only where a name is not in the catalogue.
    package static func all(
        about rules: [PolicyRule], in catalogue: ScopeCatalogue, clients: () throws -> [Client]
    ) rethrows -> [PolicyWarning] {
        let suspects = rules.flatMap { rule in
            (rule.scope?.names ?? []).filter { !catalogue.defines($0, for: rule.clients) }.map { (rule, $0) }
        }
        guard !suspects.isEmpty else { return [] }
        let clients = try clients()
        // A rule that grants needs no definition, only an app that may ask.
        let granted = { (name: String, rule: PolicyRule) in
            clients.contains { client in
                rule.isFor(client.id) && client.metadata.scope.contains(name) && rules.grants(name, through: client)
            }
        }
        let unknown = suspects.filter { !granted($0.1, $0.0) }
        return unknown.map { rule, name in
            PolicyWarning(name, of: rule, in: catalogue, known: catalogue.names(for: rule.clients) + rules.grantedNames)
        }
    }

    private init(_ name: String, of rule: PolicyRule, in catalogue: ScopeCatalogue, known: [String]) {
        let subject = "the rule \"\(rule.name)\" is about \"\(name)\""
        if let owner = catalogue.owners(ofRole: name).first {
            description = "\(subject), a role of the app \"\(owner)\", which the rule is not for, so it decides nothing"
        } else {
            let question = Nearest.question(name, among: known.filter { !$0.hasSameBytes(as: name) })
            description = "\(subject), which is neither a scope nor a role, so it decides nothing.\(question)"
        }
    }
}

extension ScopeCatalogue {
    /// Built in, defined, or a role that means something to one of `clients` (nil: to any).
    func defines(_ name: String, for clients: Set<ClientID>?) -> Bool {
        Scope.builtIn.contains(name) || scopes[ScopeName(name)] != nil
            || roles.keys.contains { $0.name.hasSameBytes(as: name) && $0.isFor(clients) }
    }

    func names(for clients: Set<ClientID>?) -> [String] {
        Scope.builtIn.names + scopes.keys.map(\.value) + roles.keys.filter { $0.isFor(clients) }.map(\.name)
    }

    /// The apps that have a role of this name of their own, in order of their ids.
    func owners(ofRole name: String) -> [ClientID] {
        roles.keys.filter { $0.name.hasSameBytes(as: name) }.sorted().compactMap(\.owner)
    }
}

extension RoleID {
    fileprivate func isFor(_ clients: Set<ClientID>?) -> Bool {
        guard let clients, let owner else { return true }
        return clients.contains(owner)
    }
}

extension [PolicyRule] {
    /// Whether a rule can grant it to the users of this client, whether it is defined or not.
    func grants(_ name: String, through client: Client) -> Bool {
        client.metadata.grantTypes.contains(.authorizationCode)
            && contains { $0.effect == .grant && $0.isFor(client.id) && ($0.scope?.contains(name) ?? false) }
    }

    fileprivate var grantedNames: [String] { filter { $0.effect == .grant }.flatMap { $0.scope?.names ?? [] } }
}
