import JOSE

/// A name that is compared byte by byte.
///
/// `String ==` is canonical equivalence: a composed and a decomposed "é" are equal there, and would let one name stand
/// in for another (RFC 7519 §7.3 compares code points).
package struct Identifier<Kind>: Hashable, Sendable, CustomStringConvertible {
    package let value: String

    package init(_ value: String) { self.value = value }

    package static func == (one: Self, other: Self) -> Bool { one.value.hasSameBytes(as: other.value) }

    /// What has the same bytes has the same canonical form, which is what a string's own hash is of.
    package func hash(into hasher: inout Hasher) { hasher.combine(value) }

    package var description: String { value }
}

package enum ClientIDKind {}
package enum UserIDKind {}
package enum UsernameKind {}
package enum SessionIDKind {}
package enum GrantIDKind {}
package enum AttemptIDKind {}
package enum TokenIDKind {}

package typealias ClientID = Identifier<ClientIDKind>
/// The subject (`sub`), never reused: a UUID in lower case, or what another server called the user who comes from there.
package typealias UserID = Identifier<UserIDKind>
/// What a user types to sign in.
package typealias Username = Identifier<UsernameKind>
package typealias SessionID = Identifier<SessionIDKind>
/// The id of a grant, which is the id of the authorization code that began it.
package typealias GrantID = Identifier<GrantIDKind>
/// An access token's `jti`.
package typealias TokenID = Identifier<TokenIDKind>
package typealias AttemptID = Identifier<AttemptIDKind>
