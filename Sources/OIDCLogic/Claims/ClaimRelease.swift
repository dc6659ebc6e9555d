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
        return addingCustomClaims(to: claims, for: destination)
    }

    private func presetClaims(for destination: ClaimDestination) -> [String: JSON] {
        switch (destination, subject.client.preset) {
        case (.userInfo, _): StandardClaims.released(to: subject.scope, of: subject.user)
        case (.idToken, .mendix): everythingMendixReads
        case (.idToken, .standard): [:]
        case (.accessToken, _), (.introspection, _):
            subject.client.isFirstParty || subject.scope.contains("profile")
                ? ["name": .string(subject.user.displayName)] : [:]
        }
    }

    /// Under the names that this client expects, wherever claims are read.
    private var rolesAndGroups: [String: JSON] {
        let metadata = subject.client.metadata
        var claims: [String: JSON] = [:]
        if let name = metadata.rolesClaim {
            let roles = subject.catalogue.roles(in: subject.scope, for: subject.client.id)
            claims[name] = .array(roles.names.map(JSON.string))
        }
        // No scope stands for groups, so nobody could consent to them.
        if let name = metadata.groupsClaim, subject.client.isFirstParty {
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

    /// Flat names first, so that paths find the objects that they lead into.
    private func addingCustomClaims(
        to released: [String: JSON], for destination: ClaimDestination
    ) -> [String: JSON] {
        guard !custom.isEmpty else { return released }
        var claims = released
        let ordered = custom.filter { $0.claim.name.path.count == 1 } + custom.filter { $0.claim.name.path.count > 1 }
        for computed in ordered {
            guard let value = computed.value(for: destination) else { continue }
            Self.set(value, at: computed.claim.name.path[...], in: &claims)
        }
        // Only the user's own address is proven, not what a custom claim says in its place.
        for (name, proof) in [("email", "email_verified"), ("phone_number", "phone_number_verified")]
        where claims[proof] != nil && claims[name] != released[name] {
            claims[proof] = false
        }
        return claims
    }

    /// False, and nothing has changed: something that is no object stands in the way.
    @discardableResult private static func set(
        _ value: JSON, at path: ArraySlice<String>, in object: inout [String: JSON]
    ) -> Bool {
        guard let name = path.first else { return false }
        guard path.count > 1 else {
            object[name] = value
            return true
        }
        guard case .object(var inner) = object[name] ?? .object([:]), set(value, at: path.dropFirst(), in: &inner)
        else { return false }
        object[name] = .object(inner)
        return true
    }
}
