import OIDCLogic

/// Scopes that a client is allowed, but that nobody can be granted there: a name that is misspelt, or isn't defined yet.
package struct ScopeWarning: Sendable, CustomStringConvertible {
    package let description: String

    /// One for each such name of the client.
    package static func all(about client: Client, in catalogue: ScopeCatalogue) -> [ScopeWarning] {
        let scope = client.metadata.scope
        let own = catalogue.roles.keys.filter { $0.owner == nil || $0.owner == client.id }.map(\.name)
        let known = (Scope.builtIn.names + catalogue.scopes.keys.map(\.value) + own).sorted()
        return catalogue.unknown(in: scope, for: client.id).map { name in
            let owners = catalogue.roles.keys.filter { $0.name.hasSameBytes(as: name) }.sorted().compactMap(\.owner)
            if let owner = owners.first {
                return ScopeWarning(
                    description:
                        "the client \"\(client.id)\" is allowed \"\(name)\", a role of the app \"\(owner)\", so "
                        + "nobody is granted it there; \"postern role add \(name)\" makes one for all apps")
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
        ScopeWarning.all(about: client, in: try store.catalogue())
    }

    /// About all clients, in order of their ids.
    func warnings() throws -> [ScopeWarning] {
        let catalogue = try store.catalogue()
        var warnings: [ScopeWarning] = []
        var last: ClientID?
        while true {
            let page = try store.clients(after: last, limit: 500)
            warnings += page.flatMap { ScopeWarning.all(about: $0, in: catalogue) }
            last = page.last?.id
            if page.count < 500 { return warnings }
        }
    }
}
