/// All scopes beside the built-in ones, all roles, and the groups that imply them, as they were at one moment.
package struct ScopeCatalogue: Sendable, Equatable {
    package let scopes: [ScopeName: DefinedScope]
    package let roles: [RoleID: Role]
    package let groups: [GroupName: Group]

    package static let empty = ScopeCatalogue(scopes: [], roles: [], groups: [])

    package init(scopes: [DefinedScope], roles: [Role], groups: [Group]) {
        self.scopes = Dictionary(scopes.map { ($0.name, $0) }) { first, _ in first }
        self.roles = Dictionary(roles.map { ($0.id, $0) }) { first, _ in first }
        self.groups = Dictionary(groups.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Which role a scope means in a request of this client: the client's own of that name, else the global one. That of
    /// another app has no name there.
    package func role(_ name: String, for client: ClientID) -> Role? {
        // A name with an "@" would be taken for that of an app's role.
        guard !name.utf8.contains(UInt8(ascii: "@")) else { return nil }
        return roles[RoleID(name, of: client)] ?? roles[RoleID(name)]
    }

    /// What the user holds, directly or by a group.
    package func roles(of user: User) -> Set<RoleID> {
        user.groups.reduce(into: user.roles) { roles, group in roles.formUnion(groups[group]?.roles ?? []) }
    }

    /// Which of the granted names are roles there.
    package func roles(in scope: Scope, for client: ClientID) -> Scope {
        Scope(names: scope.names.filter { role($0, for: client) != nil })
    }

    /// What people read instead of the name of a scope or role; nil if nobody has described it.
    package func description(of name: String, for client: ClientID) -> String? {
        scopes[ScopeName(name)]?.description ?? role(name, for: client)?.description
    }

    /// Names that mean nothing to this client: neither built in, nor defined, nor a role that can be granted there.
    package func unknown(in scope: Scope, for client: ClientID) -> [String] {
        scope.names.filter { name in
            !Scope.builtIn.contains(name) && scopes[ScopeName(name)] == nil && role(name, for: client) == nil
        }
    }
}
