import OIDCLogic

/// Scopes that a client is allowed, but that nobody can be granted there: a name that is misspelt, or isn't defined yet.
package struct ScopeWarning: Sendable, CustomStringConvertible {
    package let description: String

    /// One for each such name of the client. What a rule grants needs no definition.
    package static func all(
        about client: Client, in catalogue: ScopeCatalogue, policy: [PolicyRule] = []
    ) -> [ScopeWarning] {
        let scope = client.metadata.scope
        let own = catalogue.roles.keys.filter { $0.owner == nil || $0.owner == client.id }.map(\.name)
        let known = (Scope.builtIn.names + catalogue.scopes.keys.map(\.value) + own).sorted()
        let unknown = catalogue.unknown(in: scope, for: client.id).filter { !policy.grants($0, through: client) }
        return unknown.map { name in
            if let owner = catalogue.owners(ofRole: name).first {
                return ScopeWarning(
                    description:
                        "the client \"\(client.id)\" is allowed \"\(name)\", a role of the app \"\(owner)\", so "
                        + "nobody is granted it there; \"postern role add \(name)\" makes one for all apps")
            }
            // "role add" would refuse it.
            if let fault = ScopeNameRule.faultOfMendix(name) {
                return ScopeWarning(
                    description:
                        "the client \"\(client.id)\" is allowed a role that can't be, so nobody is granted it: \(fault)"
                )
            }
            return ScopeWarning(
                description:
                    "the client \"\(client.id)\" is allowed \"\(name)\", which is neither a scope nor a role, so "
                    + "nobody is granted it.\(Nearest.question(name, among: known)) \"postern role add\" or "
                    + "\"postern scope add\" defines it")
        }
    }
}

extension ScopeAdministration {
    package func warnings(about client: Client) throws -> [ScopeWarning] {
        ScopeWarning.all(about: client, in: try store.catalogue(), policy: policy)
    }

    /// About all clients, in order of their ids.
    func warnings() throws -> [ScopeWarning] {
        let catalogue = try store.catalogue()
        return try store.allClients().flatMap { ScopeWarning.all(about: $0, in: catalogue, policy: policy) }
    }
}
