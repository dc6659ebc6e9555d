import JOSE

/// The standard claims about a user that a scope releases (OpenID Connect Core §5.1 and §5.4).
package enum StandardClaims {
    private static let byScope: [String: [String]] = [
        "profile": [
            "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
            "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
        ],
        "email": ["email", "email_verified"],
        "address": ["address"],
        "phone": ["phone_number", "phone_number_verified"],
    ]

    /// Every name, as discovery lists them (`claims_supported`).
    package static let names: [String] = Scope.standard.names.flatMap { byScope[$0] ?? [] }

    private static let scopes: [String: String] = Dictionary(
        byScope.flatMap { scope, names in names.map { ($0, scope) } }, uniquingKeysWith: { first, _ in first })

    package static func released(to scope: Scope, of user: User) -> [String: JSON] {
        var claims: [String: JSON] = [:]
        for name in scope.names.flatMap({ byScope[$0] ?? [] }) {
            claims[name] = value(of: name, for: user)
        }
        return claims
    }

    /// The scope that releases the claim; nil for a name that is no standard claim's.
    static func scope(releasing name: RequestedClaimName) -> String? { scopes[name.base] }

    /// A claim that was asked for by its name, with the name that it goes by. One that is wanted in a language, and is
    /// not there in it, goes without the tag (OpenID Connect Core §5.2).
    static func released(_ name: RequestedClaimName, of user: User) -> (name: String, value: JSON)? {
        if name.isTagged, let tagged = user.attributes.keys.first(where: name.hasSameTag),
            let value = attribute(tagged, of: user)
        {
            return (name.text, value)
        }
        return value(of: name.base, for: user).map { (name.base, $0) }
    }

    /// What the administrator says it is, else the name that the user signs in by.
    static func preferredUsername(of user: User) -> JSON {
        attribute("preferred_username", of: user) ?? .string(user.username.value)
    }

    private static func value(of name: String, for user: User) -> JSON? {
        switch name {
        case "preferred_username": preferredUsername(of: user)
        case "updated_at": .integer(user.updatedAt.seconds)
        // An address is unverified until someone says otherwise, and says so by `true`, not by a text such as "false".
        case "email_verified": attribute("email", of: user).map { _ in .bool(user.attributes[name] == .bool(true)) }
        case "phone_number_verified":
            attribute("phone_number", of: user).map { _ in .bool(user.attributes[name] == .bool(true)) }
        default: attribute(name, of: user)
        }
    }

    /// OpenID Connect Core §5.3.2: what has no value is left out, not null or empty.
    private static func attribute(_ name: String, of user: User) -> JSON? {
        guard let value = user.attributes[name], value != .null, value != .string("") else { return nil }
        return value
    }
}
