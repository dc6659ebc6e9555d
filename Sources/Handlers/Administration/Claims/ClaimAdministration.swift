import JOSE
import OIDCLogic

/// What an administrator does with custom claims.
package struct ClaimAdministration {
    private let store: any AdministrationStore
    private let settings: ClaimSettings
    /// The rules of the configuration, by which scopes are granted that nobody has defined.
    private let policy: [PolicyRule]
    private let random: any RandomSource
    private let now: Clock

    /// In bytes, of a constant value as JSON.
    private static let valueLimit = 16 * 1024
    /// A token holds the value within other objects, and whoever reads the token has a limit as well.
    private static let deepest = 16
    /// In bytes: a value of more is warned of where a token carries it.
    private static let largeValue = 1000

    package init(
        store: any AdministrationStore, settings: ClaimSettings, policy: [PolicyRule] = [],
        random: any RandomSource = SystemRandom(), now: @escaping Clock
    ) {
        self.store = store
        self.settings = settings
        self.policy = policy
        self.random = random
        self.now = now
    }

    /// Defines a claim, for the client of that id or, without one, for all.
    ///
    /// Throws ``AdministrationError`` and `StoreError`; then nothing has changed.
    package func add(_ name: String, for client: String?, _ change: ClaimChange) throws -> CustomClaim {
        guard let source = change.source else {
            throw AdministrationError.invalid("the claim has no value; give a value, an attribute or an expression")
        }
        let name = try self.name(name)
        let owner = try client.map { try self.client($0) }
        let time = now()
        var claim = CustomClaim(
            id: ClaimID(Base32.encode(random.bytes(10))), name: name, clientID: owner?.id, source: source, scope: nil,
            destinations: nil, isRequired: false, createdAt: time, updatedAt: time)
        try change.apply(to: &claim)
        try check(claim)
        do {
            try store.add(claim)
        } catch StoreError.exists {
            let whose = owner.map { "the client \"\($0.id)\"" } ?? "all clients"
            throw AdministrationError.exists(
                "there is a claim \"\(name)\" of \(whose) already; change that one, or remove it")
        } catch StoreError.missing {
            throw AdministrationError.missing("the client \"\(client ?? "")\" was removed meanwhile")
        }
        return claim
    }

    /// In order of their names, global ones before those of clients; with `client`, those that it sees.
    package func claims(of client: String? = nil) throws -> [CustomClaim] {
        let claims = try client.map { try store.customClaims(for: try self.client($0).id) } ?? all()
        return claims.sorted {
            ($0.name.text, $0.clientID?.value ?? "") < ($1.name.text, $1.clientID?.value ?? "")
        }
    }

    /// The claim of that id, or of that name at that client, or else of that name for all. Throws
    /// ``AdministrationError`` if there is none, or the name alone doesn't say which.
    package func claim(_ reference: String, of client: String? = nil) throws -> CustomClaim {
        let owner = try client.map { try self.client($0).id }
        let all = try all()
        if let claim = all.first(where: { $0.id == ClaimID(reference) }) { return claim }
        let named = all.filter { $0.name.text.utf8.elementsEqual(reference.utf8) }
        let wanted = client == nil ? named : named.filter { $0.clientID == owner }
        if wanted.count > 1 {
            if let global = wanted.first(where: { $0.clientID == nil }) { return global }
            let owners = wanted.compactMap(\.clientID?.value).sorted().joined(separator: ", ")
            throw AdministrationError.invalid(
                "several clients have a claim \"\(reference)\": \(owners); name one with --client")
        }
        guard let claim = wanted.first else {
            let question = Nearest.question(reference, among: all.map(\.name.text))
            throw AdministrationError.missing("there is no such claim \"\(reference)\".\(question)")
        }
        return claim
    }

    /// Nil: there is none.
    func claim(_ id: ClaimID) throws -> CustomClaim? { try all().first { $0.id == id } }

    /// Changes a claim. Its name and its client stay.
    package func set(_ reference: String, of client: String?, _ change: ClaimChange) throws -> CustomClaim {
        try ChangeAgain.whileOthersDo { try self.change(try claim(reference, of: client), by: change) }
    }

    /// As ``set(_:of:_:)``; throws `StoreError.changed` if it isn't as it was read any more.
    func change(_ former: CustomClaim, by change: ClaimChange) throws -> CustomClaim {
        try DeclaredRule(store: store).checkChange(of: .claim(former.id), "the claim \"\(former.name)\"")
        var claim = former
        try change.apply(to: &claim)
        try check(claim)
        claim.updatedAt = max(now(), claim.updatedAt)
        do {
            return try store.replace(claim)
        } catch StoreError.missing {
            throw AdministrationError.missing("the claim \"\(former.name)\" was removed meanwhile")
        }
    }

    /// Whether a claim that was made by this would be the same.
    func isDone(_ change: ClaimChange, in claim: CustomClaim) throws(AdministrationError) -> Bool {
        var made = CustomClaim(
            id: claim.id, version: claim.version, name: claim.name, clientID: claim.clientID, source: claim.source,
            scope: nil, destinations: nil, isRequired: false, createdAt: claim.createdAt, updatedAt: claim.updatedAt)
        try change.apply(to: &made)
        return change.source != nil && made == claim
    }

    /// Returns what it was.
    package func remove(_ reference: String, of client: String?) throws -> CustomClaim {
        let claim = try claim(reference, of: client)
        try DeclaredRule(store: store).checkRemoval(of: .claim(claim.id), "the claim \"\(claim.name)\"")
        _ = try store.removeCustomClaim(claim.id)
        return claim
    }

    /// Why a claim would never have a value, or may not have its name; nil if all is well.
    package func objection(to claim: CustomClaim) throws -> String? {
        if ReservedClaims.refusesClaim(claim.name, mendixProfile: settings.mendixProfile) {
            return claim.name.path[0].hasPrefix("com.mendix.user.")
                ? "is reserved for the Mendix profile; turn it on with claims.mendix_profile"
                : "is a name of the protocol's own; no claim may overwrite it"
        }
        switch claim.source {
        case .constant(.null): return "is always null, and so never there; leave it out"
        case .constant(let value) where value.text.utf8.count > Self.valueLimit:
            return "has a value of more than \(Self.valueLimit) bytes"
        case .constant(let value) where (try? JSON(parsing: value.serialized(), maximumDepth: Self.deepest)) == nil:
            return "has a value that is nested deeper than \(Self.deepest) arrays and objects"
        case .constant(let value):
            guard let token = claim.token, value.text.utf8.count > token.limit else { return nil }
            return "has a value of \(value.text.utf8.count) bytes, and all claims of \(token.noun) may have "
                + "\(token.limit); let it be read elsewhere: in userinfo,introspection"
        case .attribute: return nil
        case .expression(let text):
            return try SandboxedExpressions().objection(toValue: text).map { "has an expression that \($0)" }
        }
    }

    /// What an administrator may not have meant.
    package func warnings(about claim: CustomClaim) throws -> [String] {
        let scope = ClaimScopeWarning.text(about: claim, in: try store.catalogue(), policy: policy)
        return [scope, Self.sizeWarning(about: claim)].compactMap(\.self)
    }

    /// What a constant takes of the room that all claims of a token share; nil: little.
    private static func sizeWarning(about claim: CustomClaim) -> String? {
        guard case .constant(let value) = claim.source, let token = claim.token else { return nil }
        let count = value.text.utf8.count
        guard count > largeValue else { return nil }
        return "the claim \"\(claim.name)\" has a value of \(count) bytes, of the \(token.limit) that all claims of "
            + "\(token.noun) may have; beyond them no token is issued. Let it be read elsewhere: in "
            + "userinfo,introspection"
    }

    private func check(_ claim: CustomClaim) throws {
        if let objection = try objection(to: claim) {
            let member =
                ReservedClaims.refusesClaim(claim.name, mendixProfile: settings.mendixProfile)
                ? "name" : claim.source.member
            throw AdministrationError.invalid("the claim \"\(claim.name)\" \(objection)").of(member)
        }
        if let obstacle = try obstacle(to: claim) {
            throw AdministrationError.invalid(
                "the claim \"\(claim.name)\" can't stand beside \(obstacle), which is no object for the other to be in"
            ).of("name")
        }
    }

    /// What would be in the way of a path, or what this claim would be in the way of; nil if nothing is.
    private func obstacle(to claim: CustomClaim) throws -> String? {
        let path = claim.name.path
        if path.count > 1, path[0] != "address", StandardClaims.names.contains(path[0]) { return "\"\(path[0])\"" }
        return try all().first { other in
            guard other.clientID == nil || claim.clientID == nil || other.clientID == claim.clientID else {
                return false
            }
            let (outer, inner) = path.count < other.name.path.count ? (claim, other) : (other, claim)
            guard outer.name.path.count < inner.name.path.count, inner.name.path.starts(with: outer.name.path) else {
                return false
            }
            if case .constant(.object) = outer.source { return false }
            return true
        }.map { "\"\($0.name)\" (\($0.id))" }
    }

    private func name(_ text: String) throws(AdministrationError) -> ClaimName {
        guard let name = ClaimName(text) else {
            throw .invalid(
                "\"\(text)\" is no name for a claim: it has 1 to 256 characters of printable ASCII without spaces; "
                    + "one that begins with / is a path of 2 to 8 names, such as /resource_access/app/roles"
            ).of("name")
        }
        return name
    }

    private func client(_ id: String) throws -> Client {
        guard let client = try store.client(ClientID(id)) else {
            throw AdministrationError.missing("there is no client with the id \"\(id)\"")
        }
        return client
    }

    private func all() throws -> [CustomClaim] { try store.allCustomClaims() }
}

extension CustomClaim {
    /// The smallest token that carries it, at clients of either preset; nil: none does.
    fileprivate var token: (limit: Int, noun: String)? {
        let places = ClaimPreset.allCases.reduce(into: Set<ClaimDestination>()) { $0.formUnion(destinations(for: $1)) }
        if places.contains(.accessToken) { return (TokenSize.accessToken.limit, "an access token") }
        return places.contains(.idToken) ? (TokenSize.idToken.limit, "an ID token") : nil
    }

    /// What an administrator sees.
    package var json: JSON {
        var members = source.json.objectValue ?? [:]
        members["id"] = .string(id.value)
        members["name"] = .string(name.text)
        members["client_id"] = clientID.map { .string($0.value) } ?? .null
        members["scope"] = scope.map(JSON.string) ?? .null
        members["in"] =
            destinations.map { places in
                .array(ClaimDestination.allCases.filter(places.contains).map { .string($0.rawValue) })
            } ?? .null
        members["required"] = .bool(isRequired)
        members["created_at"] = .integer(createdAt.seconds)
        members["updated_at"] = .integer(updatedAt.seconds)
        return .object(members)
    }
}

extension ClaimSource {
    /// The member of the API that says it.
    fileprivate var member: String {
        switch self {
        case .constant: "value"
        case .attribute: "attribute"
        case .expression: "expression"
        }
    }
}
