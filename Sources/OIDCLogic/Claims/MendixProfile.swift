import JOSE

/// The claims that a Mendix app makes its user of, `com.mendix.user.*`.
enum MendixProfile {
    static let prefix = "com.mendix.user."

    /// Each from the user's attribute of that name, else from what says the same.
    static func claims(of subject: ClaimSubject) -> [String: JSON] {
        let attributes = subject.user.attributes
        let roles = subject.scope.names.filter { !Scope.standard.contains($0) && $0 != "offline_access" }
        let instead: [(String, JSON?)] = [
            ("language", attributes["locale"]), ("timezone", attributes["zoneinfo"]), ("entity", nil),
            ("attributes", nil), ("roles", roles.isEmpty ? nil : .array(roles.map(JSON.string))),
        ]
        var claims: [String: JSON] = [:]
        for (name, other) in instead {
            guard let value = attributes[prefix + name] ?? other, value != .null else { continue }
            claims[prefix + name] = value
        }
        return claims
    }
}
