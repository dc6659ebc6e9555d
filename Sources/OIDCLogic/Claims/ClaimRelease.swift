import JOSE

/// Which claims about a user go where: the one place that decides, by granted scope and the client's preset.
package struct ClaimRelease: Sendable {
    /// Where claims are read.
    package enum Destination: String, Sendable, CaseIterable {
        case idToken = "id_token"
        case accessToken = "access_token"
        case userInfo = "userinfo"
        case introspection
    }

    private let grant: LiveGrant
    private let catalogue: ScopeCatalogue

    package init(_ grant: LiveGrant, in catalogue: ScopeCatalogue) {
        self.grant = grant
        self.catalogue = catalogue
    }

    /// Beside those of the protocol, which whoever makes a token sets after these.
    package func claims(for destination: Destination) -> [String: JSON] {
        preset(for: destination).merging(rolesAndGroups) { _, asked in asked }
    }

    private func preset(for destination: Destination) -> [String: JSON] {
        switch (destination, grant.client.preset) {
        case (.userInfo, _): StandardClaims.released(to: grant.scope, of: grant.user)
        case (.idToken, .mendix): everythingMendixReads
        case (.idToken, .standard): [:]
        case (.accessToken, _), (.introspection, _): ["name": .string(grant.user.displayName)]
        }
    }

    /// Under the names that this client expects, wherever claims are read.
    private var rolesAndGroups: [String: JSON] {
        let metadata = grant.client.metadata
        var claims: [String: JSON] = [:]
        if let name = metadata.rolesClaim {
            let roles = catalogue.roles(in: grant.scope, for: grant.client.id)
            claims[name] = .array(roles.names.map(JSON.string))
        }
        if let name = metadata.groupsClaim {
            claims[name] = .array(grant.user.groups.sorted().map { .string($0.value) })
        }
        return claims
    }

    private var everythingMendixReads: [String: JSON] {
        var claims = StandardClaims.released(to: grant.scope, of: grant.user)
        claims["scope"] = .string(grant.scope.description)
        claims["name"] = .string(grant.user.displayName)
        claims["preferred_username"] = StandardClaims.preferredUsername(of: grant.user)
        claims["username"] = .string(grant.user.username.value)
        return claims
    }
}
