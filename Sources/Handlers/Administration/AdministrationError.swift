/// Why an administrator's change or question was refused. Its text names the value and what to do; who administers is
/// known, so nothing is hidden.
package struct AdministrationError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        case invalid, missing, exists, declared
    }

    package let kind: Kind
    package let description: String
    /// What of the things that were said is wrong; nil: none of them alone.
    package private(set) var member: String?

    package static func invalid(_ text: String) -> Self { Self(kind: .invalid, description: text) }
    package static func missing(_ text: String) -> Self { Self(kind: .missing, description: text) }
    package static func exists(_ text: String) -> Self { Self(kind: .exists, description: text) }
    package static func declared(_ text: String) -> Self { Self(kind: .declared, description: text) }

    static func noPlaceInPath(_ name: String) -> Self {
        .invalid("\"\(name)\" has . or .. between slashes, which no address of the API could name; choose another name")
    }

    private init(kind: Kind, description: String) {
        self.kind = kind
        self.description = description
    }

    /// The same, of that member.
    func of(_ member: String) -> Self {
        var error = self
        error.member = member
        return error
    }

    /// What `body` refuses, it refuses of that member.
    static func of<Result>(
        _ member: String, _ body: () throws(AdministrationError) -> Result
    ) throws(AdministrationError) -> Result {
        do { return try body() } catch { throw error.of(member) }
    }
}
