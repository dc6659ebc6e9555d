/// Something that a file can declare, as it is in the store.
package enum DeclaredObject: Sendable, Equatable {
    case scope(DefinedScope)
    case role(Role)
    case client(Client)
    case group(Group)
    case claim(CustomClaim)

    package var name: DeclaredName {
        switch self {
        case .scope(let scope): .scope(scope.name)
        case .role(let role): .role(role.id)
        case .client(let client): .client(client.id)
        case .group(let group): .group(group.name)
        case .claim(let claim): .claim(claim.id)
        }
    }
}

/// A change of what files declare. A file is named as the store keeps it: it is only told to people.
package enum DeclaredChange: Sendable, Equatable {
    case add(DeclaredObject, in: String)
    /// The version that it was made of by the next.
    case replace(DeclaredObject, in: String)
    /// What is there is that file's from now on, and otherwise as it was; nil: no file's.
    case assign(DeclaredName, to: String?)
    case remove(DeclaredName)
}
