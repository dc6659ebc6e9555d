/// A scope that must be held to be granted. It belongs to everybody's apps, or to one app alone.
package struct Role: Sendable, Equatable {
    package let id: RoleID
    /// What people read instead of the name.
    package var description: String?

    package init(_ id: RoleID, description: String? = nil) {
        self.id = id
        self.description = description
    }

    /// The scope that asks for it (RFC 6749 §3.3).
    package var name: String { id.name }
    /// The app that it belongs to; nil for a global role.
    package var owner: ClientID? { id.owner }
}

/// What tells roles apart: two apps may each have one of the same name, beside a global one.
///
/// Written `NAME` for a global role, `NAME@CLIENT` for an app's: a name has no `@`.
package struct RoleID: Hashable, Sendable, CustomStringConvertible {
    private let written: Identifier<RoleID>

    package init(_ name: String, of owner: ClientID? = nil) {
        written = Identifier(owner.map { "\(name)@\($0)" } ?? name)
    }

    package init(written: String) { self.written = Identifier(written) }

    package var name: String {
        String(decoding: description.utf8.prefix { $0 != Self.separator }, as: UTF8.self)
    }

    package var owner: ClientID? {
        guard let at = description.utf8.firstIndex(of: Self.separator) else { return nil }
        return ClientID(String(decoding: description.utf8[at...].dropFirst(), as: UTF8.self))
    }

    package var description: String { written.value }

    private static let separator = UInt8(ascii: "@")
}

extension RoleID: Comparable {
    /// By their bytes.
    package static func < (one: Self, other: Self) -> Bool {
        one.description.utf8.lexicographicallyPrecedes(other.description.utf8)
    }
}
