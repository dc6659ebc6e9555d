/// Why an administrator's change or question was refused. Its text names the value and what to do; who administers is
/// known, so nothing is hidden.
package struct AdministrationError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        case invalid, missing, exists, declared
    }

    package let kind: Kind
    package let description: String

    package static func invalid(_ text: String) -> Self { Self(kind: .invalid, description: text) }
    package static func missing(_ text: String) -> Self { Self(kind: .missing, description: text) }
    package static func exists(_ text: String) -> Self { Self(kind: .exists, description: text) }
    package static func declared(_ text: String) -> Self { Self(kind: .declared, description: text) }
}
