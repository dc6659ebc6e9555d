/// What tells apart the things that a file can declare.
package struct DeclaredName: Sendable, Hashable {
    /// In the order in which they are made: what comes later may name what came before.
    package enum Kind: String, Sendable, CaseIterable {
        case scope, role, client, group, claim
    }

    package let kind: Kind
    /// What the store knows it by.
    package let id: Identifier<DeclaredName>

    package init(_ kind: Kind, _ id: String) {
        self.kind = kind
        self.id = Identifier(id)
    }

    package static func scope(_ name: ScopeName) -> Self { Self(.scope, name.value) }
    package static func role(_ id: RoleID) -> Self { Self(.role, id.description) }
    package static func client(_ id: ClientID) -> Self { Self(.client, id.value) }
    package static func group(_ name: GroupName) -> Self { Self(.group, name.value) }
    package static func claim(_ id: ClaimID) -> Self { Self(.claim, id.value) }
}
