import JOSE

/// What a token says of a service, which has no user (RFC 6749 §4.4), beside the claims of the protocol: the
/// administrator's custom claims, and the granted roles where the client expects them.
package struct ServiceClaims: Sendable {
    private let roles: [String: JSON]
    private let custom: [ComputedClaim]

    /// - Parameter custom: of the same client, as ``CustomClaims/outcomes(ofService:scope:in:)`` gives them.
    package init(_ client: Client, scope: Scope, custom: [ComputedClaim], in catalogue: ScopeCatalogue) {
        roles = client.rolesClaim(for: scope, in: catalogue)
        self.custom = custom
    }

    package var inAccessToken: [String: JSON] { custom.added(to: roles, for: .accessToken) }

    /// Of a token that carries `signed` (RFC 7662 §2.2).
    package func introspecting(_ signed: [String: JSON]) -> [String: JSON] {
        custom.added(to: roles, beside: signed)
    }
}

extension Client {
    /// The granted roles under the name that it expects them by; none if it expects none.
    func rolesClaim(for scope: Scope, in catalogue: ScopeCatalogue) -> [String: JSON] {
        guard let name = metadata.rolesClaim else { return [:] }
        return [name: .array(catalogue.roles(in: scope, for: id).names.map(JSON.string))]
    }

    /// What a user is called is told to an app that asks for consent only if `profile` was consented to.
    func mayBeToldNames(by scope: Scope) -> Bool { isFirstParty || scope.contains("profile") }
}
