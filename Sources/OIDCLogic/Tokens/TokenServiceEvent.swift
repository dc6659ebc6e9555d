/// What the token service has done, as it is counted and told in the log: at the endpoints for tokens, introspection and
/// revocation.
package enum TokenServiceEvent: Sendable, Hashable {
    /// For an authorization code.
    case issued
    /// To a client for itself.
    case issuedToService
    case refreshed
    /// Also of a token that is no good.
    case introspected
    case revoked
    case refused(OAuthError.Code)

    package var name: String {
        switch self {
        case .issued: "issued"
        case .issuedToService: "issued_to_service"
        case .refreshed: "refreshed"
        case .introspected: "introspected"
        case .revoked: "revoked"
        case .refused(let code): Self.refusal + code.rawValue
        }
    }

    /// What names of refusals begin with.
    package static let refusal = "refused."
    /// Those that gave an access token.
    package static let giving = [Self.issued, .issuedToService, .refreshed]
}

/// How often something happened at the token service.
package struct TokenServiceCount: Sendable, Equatable {
    /// As ``TokenServiceEvent/name`` has it.
    package let name: String
    package let count: Int

    package init(name: String, count: Int) {
        self.name = name
        self.count = count
    }
}
