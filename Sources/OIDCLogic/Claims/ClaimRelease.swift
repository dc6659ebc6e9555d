import JOSE

/// Which claims about a user go where: the one place that decides, by granted scope, the client's preset, what it asked
/// for by name, and the administrator's custom claims.
package struct ClaimRelease: Sendable {
    private let subject: ClaimSubject
    private let custom: [ComputedClaim]
    private let hasMendixProfile: Bool

    /// - Parameters:
    ///   - custom: of the same subject.
    ///   - mendixProfile: whether clients of preset mendix get `com.mendix.user.*`.
    package init(_ subject: ClaimSubject, custom: [ComputedClaim] = [], mendixProfile: Bool = false) {
        self.subject = subject
        self.custom = custom
        hasMendixProfile = mendixProfile && subject.client.preset == .mendix
    }

    /// Beside those of the protocol, which whoever makes a token sets after these.
    package func claims(for destination: ClaimDestination) -> [String: JSON] {
        let released = releasedClaims(for: destination)
        var claims = custom.added(to: released, for: destination)
        // Only the user's own address is proven, not what a custom claim says in its place.
        for (name, proof) in [("email", "email_verified"), ("phone_number", "phone_number_verified")]
        where claims[proof] != nil && claims[name] != released[name] {
            claims[proof] = false
        }
        return claims
    }

    /// What introspection says of an access token that carries `signed` (RFC 7662 §2.2): that, and what is to be read there
    /// alone. Both describe the same token, so what was signed stays as it was.
    package func claims(introspecting signed: [String: JSON]) -> [String: JSON] {
        custom.added(to: releasedClaims(for: .introspection), beside: signed)
    }

    private func releasedClaims(for destination: ClaimDestination) -> [String: JSON] {
        var claims = presetClaims(for: destination)
        for name in subject.requested.names(in: destination) {
            if name.text == "scope" {
                claims["scope"] = .string(subject.scope.description)
            } else if let released = StandardClaims.released(name, of: subject.user), isGiven(name) {
                claims[released.name] = released.value
            }
        }
        if hasMendixProfile, Set.ofCustomClaims(.mendix).contains(destination) {
            claims.merge(MendixProfile.claims(of: subject)) { _, new in new }
        }
        claims.merge(rolesAndGroups) { _, asked in asked }
        return claims
    }

    private func presetClaims(for destination: ClaimDestination) -> [String: JSON] {
        switch (destination, subject.client.preset) {
        case (.userInfo, _): StandardClaims.released(to: subject.scope, of: subject.user)
        case (.idToken, .mendix): everythingMendixReads
        case (.idToken, .standard): [:]
        case (.accessToken, _): mayTellNames ? ["name": .string(subject.user.displayName)] : [:]
        case (.introspection, _):
            mayTellNames
                ? ["name": .string(subject.user.displayName), "username": .string(subject.user.username.value)] : [:]
        }
    }

    private var mayTellNames: Bool { subject.client.mayBeToldNames(by: subject.scope) }

    /// Under the names that this client expects, wherever claims are read.
    private var rolesAndGroups: [String: JSON] {
        var claims = subject.client.rolesClaim(for: subject.scope, in: subject.catalogue)
        // No scope stands for groups, so nobody could consent to them.
        if let name = subject.client.metadata.groupsClaim, subject.client.isFirstParty {
            claims[name] = .array(subject.user.groups.sorted().map { .string($0.value) })
        }
        return claims
    }

    private var everythingMendixReads: [String: JSON] {
        var claims = StandardClaims.released(to: subject.scope, of: subject.user)
        claims["scope"] = .string(subject.scope.description)
        claims["name"] = .string(subject.user.displayName)
        claims["preferred_username"] = StandardClaims.preferredUsername(of: subject.user)
        claims["username"] = .string(subject.user.username.value)
        return claims
    }

    private func isGiven(_ name: RequestedClaimName) -> Bool {
        guard let scope = StandardClaims.scope(releasing: name) else { return false }
        return subject.scope.contains(scope) || subject.requested.scope.contains(scope)
    }
}
