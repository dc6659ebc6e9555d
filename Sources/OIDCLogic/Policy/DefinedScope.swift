/// A scope that an administrator has defined, open to every user of a client that is allowed it.
package struct DefinedScope: Sendable, Equatable {
    package let name: ScopeName
    /// What people read instead of the name.
    package var description: String?

    package init(_ name: ScopeName, description: String? = nil) {
        self.name = name
        self.description = description
    }
}

package enum ScopeNameKind {}
package typealias ScopeName = Identifier<ScopeNameKind>
