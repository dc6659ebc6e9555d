/// Users who belong together, and hold the group's roles as long as they belong to it.
package struct Group: Sendable, Equatable {
    package let name: GroupName
    /// Moves with every change in the store, so that a change made of an older state is noticed.
    package let version: Int64
    package var description: String?
    package var roles: Set<RoleID>

    package init(_ name: GroupName, version: Int64 = 1, description: String? = nil, roles: Set<RoleID> = []) {
        self.name = name
        self.version = version
        self.description = description
        self.roles = roles
    }

    /// The same as the next version.
    package var next: Group { Group(name, version: version + 1, description: description, roles: roles) }
}

package enum GroupNameKind {}
package typealias GroupName = Identifier<GroupNameKind>

extension GroupName: Comparable {
    /// By their bytes.
    package static func < (one: Self, other: Self) -> Bool {
        one.value.utf8.lexicographicallyPrecedes(other.value.utf8)
    }
}
