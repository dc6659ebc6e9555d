import JOSE

/// A list of scope names, each once, in the order they were given (RFC 6749 §3.3).
package struct Scope: Hashable, Sendable, CustomStringConvertible {
    package private(set) var names: [String] = []

    package static let none = Scope()
    package static let openID = "openid"
    /// OpenID Connect Core §5.4.
    package static let standard = Scope(names: ["openid", "profile", "email", "address", "phone"])

    /// OpenID Connect Core §11.
    package static let offlineAccess = "offline_access"
    /// Those that mean something everywhere: nobody can define another scope or role of such a name.
    package static let builtIn = Scope(names: standard.names + [offlineAccess])

    package init() {}

    package init(names: some Collection<String>) {
        for name in names {
            guard self.names.count < Self.few else { break }
            if !contains(name) { self.names.append(name) }
        }
        guard self.names.count == Self.few else { return }
        // A set, as a request may hold 2,000 names, and comparing each with each takes a while.
        var seen = Set(self.names.map(Identifier<Self>.init))
        for name in names where seen.insert(Identifier(name)).inserted { self.names.append(name) }
    }

    /// Names, up to which a list is searched faster than a set is made.
    private static let few = 16

    /// Of those that are each there once.
    private init(filtered names: [String]) { self.names = names }

    /// What each name must be, in words.
    package static let rule =
        "names of scopes are printable ASCII without quotation marks and backslashes, with spaces between (RFC 6749 "
        + "section 3.3)"

    /// Parses a `scope` parameter: names of printable ASCII without `"` and `\`, apart by single spaces.
    package init(_ text: String) throws(OAuthError) {
        guard text.utf8.allSatisfy({ $0 == 0x20 || $0.isScopeCharacter }) else {
            throw .invalidScope(
                "scope has a character that RFC 6749 section 3.3 does not allow", detail: .scope(.malformed))
        }
        self.init(names: text.utf8.split(separator: 0x20).map { String(Substring($0)) })
    }

    /// The first name in `text` with a character that RFC 6749 §3.3 doesn't allow, for those who may be told which.
    package static func malformedName(in text: String) -> String? {
        text.utf8.split(separator: 0x20).first { !$0.allSatisfy(\.isScopeCharacter) }.map { String(Substring($0)) }
    }

    package var isEmpty: Bool { names.isEmpty }
    package var description: String { names.joined(separator: " ") }

    package func contains(_ name: String) -> Bool {
        names.contains { $0.hasSameBytes(as: name) }
    }

    package func intersection(_ other: Scope) -> Scope { Scope(filtered: names.filter(other.contains)) }
    package func subtracting(_ names: [String]) -> Scope {
        let other = Scope(names: names)
        return Scope(filtered: self.names.filter { !other.contains($0) })
    }
    package func union(_ other: Scope) -> Scope { Scope(names: names + other.names) }
    package func isSubset(of other: Scope) -> Bool { names.allSatisfy(other.contains) }

    package static func == (one: Self, other: Self) -> Bool {
        one.names.count == other.names.count && one.isSubset(of: other)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(names.count) }
}

extension UInt8 {
    /// RFC 6749 §3.3: NQCHAR of Appendix A.
    fileprivate var isScopeCharacter: Bool {
        self == 0x21 || (0x23...0x5B).contains(self) || (0x5D...0x7E).contains(self)
    }
}
