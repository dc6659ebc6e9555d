/// What a caller of the administration API may do: scopes that are roles of Postern's own. Nobody gives what they don't
/// hold.
package enum AdministrationScope: String, Sendable, CaseIterable {
    /// All of them. Any part of it opens the console.
    case admin = "postern:admin"
    case readClients = "postern:clients:read"
    case writeClients = "postern:clients:write"
    case readUsers = "postern:users:read"
    case writeUsers = "postern:users:write"
    /// Roles, groups and scopes.
    case readRoles = "postern:roles:read"
    case writeRoles = "postern:roles:write"
    case readClaims = "postern:claims:read"
    case writeClaims = "postern:claims:write"
    case readTokens = "postern:tokens:read"
    case writeTokens = "postern:tokens:write"
    case readSessions = "postern:sessions:read"
    case writeSessions = "postern:sessions:write"
    case readKeys = "postern:keys:read"
    case readAudit = "postern:audit:read"

    /// What people read of the role.
    package var description: String {
        switch self {
        case .admin: "Administer everything"
        case .readClients: "See apps"
        case .writeClients: "Register, change and remove apps"
        case .readUsers: "See users"
        case .writeUsers: "Add, change and remove users, and give them roles"
        case .readRoles: "See roles, groups and scopes"
        case .writeRoles: "Make, change and remove roles, groups and scopes"
        case .readClaims: "See custom claims"
        case .writeClaims: "Define, change and remove custom claims"
        case .readTokens: "See registration tokens"
        case .writeTokens: "Make and withdraw registration tokens"
        case .readSessions: "See who is signed in"
        case .writeSessions: "Sign people out"
        case .readKeys: "See signing keys"
        case .readAudit: "Read the audit log"
        }
    }
}

extension AdministrationScope {
    /// The resource (RFC 8707) that an access token must be for.
    package static func resource(of issuer: Issuer) -> String { issuer.endpoint("admin/api/v1") }
}

extension Scope {
    /// Scopes of the administration itself, those too that are no ``AdministrationScope`` yet.
    package static func opensPostern(_ name: String) -> Bool { name.hasPrefix("postern:") }
}
