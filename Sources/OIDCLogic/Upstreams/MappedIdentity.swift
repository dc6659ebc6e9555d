import JOSE

/// What a mapping makes of an upstream's claims.
struct MappedIdentity {
    let username: String?
    let attributes: [String: JSON]
    let roles: Set<RoleID>

    /// In bytes, of all attributes together.
    private static let limit = 32 * 1024

    /// Throws ``UpstreamRefusal/mapping(_:)`` where an expression can't be computed: what it would have taken away must not
    /// stay by a mistake.
    init(
        _ identity: UpstreamIdentity, by mapping: UpstreamMapping, catalogue: ScopeCatalogue,
        evaluator: any UpstreamExpressionEvaluator
    ) throws(UpstreamRefusal) {
        if let missing = identity.claimsElsewhere.first(where: mapping.mentions) {
            throw .mapping(elsewhere: missing)
        }
        let claims = JSON.object(identity.claims)
        let value = { (name: String, expression: String) throws(UpstreamRefusal) -> JSON? in
            do throws(ExpressionFailure) {
                let value = try evaluator.value(of: expression, over: claims)
                return value == .null ? Optional.none : value
            } catch {
                throw .mapping("\(name) \(error.reason)")
            }
        }
        if let expression = mapping.username {
            username = try value("username", expression)?.stringValue
        } else {
            username = nil
        }
        // preferred_username is what the user name is made of; sub and updated_at are our own to say, and a proof is believed
        // only where the administrator says so.
        let taken = ["sub", "updated_at", "preferred_username", "email_verified", "phone_number_verified"]
        var attributes = identity.claims.filter { name, value in
            StandardClaims.names.contains(name) && !taken.contains(name) && value != .null
        }
        for (name, expression) in mapping.attributes { attributes[name] = try value("attributes.\(name)", expression) }
        let email = attributes["email"]?.stringValue
        let isVerified = email.map { Self.isVerified($0, identity, mapping, evaluator) } ?? false
        attributes["email_verified"] = isVerified ? true : nil
        // Without a number of the upstream's own it would be about one that somebody else gave.
        if attributes["phone_number"] == nil { attributes["phone_number_verified"] = nil }
        guard JSON.object(attributes).serialized().count <= Self.limit else {
            throw .mapping("the attributes have more than \(Self.limit) bytes")
        }
        self.attributes = attributes
        roles = try Self.roles(mapping, claims, catalogue, evaluator, value)
    }

    /// The claim `email_verified` is about the claim `email`, and about no other address.
    private static func isVerified(
        _ email: String, _ identity: UpstreamIdentity, _ mapping: UpstreamMapping,
        _ evaluator: any UpstreamExpressionEvaluator
    ) -> Bool {
        guard let domain = EmailDomain(of: email), mapping.verifiedDomains.contains(domain) else { return false }
        if let expression = mapping.emailVerified {
            return evaluator.verdict(on: expression, over: .object(identity.claims)).holds
        }
        return identity.claims["email_verified"] == .bool(true)
            && identity.claims["email"]?.stringValue?.hasSameBytes(as: email) ?? false
    }

    private static func roles(
        _ mapping: UpstreamMapping, _ claims: JSON, _ catalogue: ScopeCatalogue,
        _ evaluator: any UpstreamExpressionEvaluator,
        _ value: (String, String) throws(UpstreamRefusal) -> JSON?
    ) throws(UpstreamRefusal) -> Set<RoleID> {
        var roles: Set<RoleID> = []
        for (role, expression) in mapping.roles where catalogue.roles[role] != nil {
            if evaluator.verdict(on: expression, over: claims).holds { roles.insert(role) }
        }
        guard let expression = mapping.roleNames, let names = try value("role_names", expression) else { return roles }
        guard let items = names.arrayValue else { throw .mapping("role_names gave no array of names") }
        return roles.union(items.compactMap(\.stringValue).compactMap { role(named: $0, in: catalogue) })
    }

    /// What `role_names` gives by that name; nil: nothing. Administration is given only where the configuration names it.
    static func role(named name: String, in catalogue: ScopeCatalogue) -> RoleID? {
        let role = RoleID(name)
        return !Scope.opensPostern(name) && role.owner == nil && catalogue.roles[role] != nil ? role : nil
    }

    /// The user with what the upstream says now in the place of what it said before. What they have otherwise stays.
    func applied(
        to user: User, by link: UpstreamLink, _ check: UpstreamCheck, at now: Timestamp
    ) -> UpstreamUser {
        var user = user
        let former = user
        for name in link.attributes where attributes[name] == nil { user.attributes[name] = nil }
        user.attributes.merge(attributes) { _, new in new }
        dropProofs(of: &user, as: former)
        let byOthers = former.roles.subtracting(link.roles)
        user.roles = byOthers.union(roles)
        var link = link
        link.lastUsedAt = now
        link.check = check
        link.roles = roles.subtracting(byOthers)
        link.attributes = Set(attributes.keys)
        guard user != former else { return UpstreamUser(user: user, link: link, known: .everything) }
        user.updatedAt = now
        return UpstreamUser(user: user, link: link, known: .version(former.version))
    }

    /// An address, or a number, that is another than before keeps no proof: whoever gave it meant the other one. It has the one
    /// that the upstream gives, or that the address had among the user's others.
    private func dropProofs(of user: inout User, as former: User) {
        if attributes["phone_number_verified"] == nil, user.hasAnother("phone_number", than: former) {
            user.attributes["phone_number_verified"] = nil
        }
        guard user.hasAnother("email", than: former) else { return }
        let email = user.attributes["email"]?.stringValue
        let addresses = EmailAddresses(attributes: former.attributes)
        if attributes["email_verified"] == nil {
            user.attributes["email_verified"] = email.flatMap(addresses.isVerified) ?? false ? true : nil
        }
        // No address is there twice.
        user.attributes = EmailAddresses(attributes: user.attributes).applied(to: user.attributes)
    }
}

extension User {
    fileprivate func hasAnother(_ name: String, than former: User) -> Bool {
        let (one, other) = (attributes[name]?.text ?? "", former.attributes[name]?.text ?? "")
        return !one.hasSameBytes(as: other)
    }
}
