import OIDCLogic

/// What a store holds, as it will be after changes that were not made yet. Administrators' operations work on it as on the
/// store, so that the same rules hold; ``changes`` are then made all at once.
final class StoreDraft {
    private(set) var clients: [ClientID: Client]
    private(set) var scopes: [ScopeName: DefinedScope]
    private(set) var roles: [RoleID: Role]
    private(set) var groups: [GroupName: Group]
    private(set) var claims: [ClaimID: CustomClaim]
    private var keys: [SigningKeyRecord]
    private(set) var changes: [DeclaredChange] = []
    /// Which file the next changes are of.
    var file = ""

    private let isSubject: (ClientID) throws -> Bool
    private var orderedClients: [Client]?
    private var isTrying = false
    /// What would have been put in another's place.
    private var tried: DeclaredObject?

    /// `isSubject` says whether an id is a user's (RFC 9700 §4.15).
    init(_ state: DeclaredState, isSubject: @escaping (ClientID) throws -> Bool = { _ in false }) {
        clients = Dictionary(state.clients.map { ($0.id, $0) }) { first, _ in first }
        scopes = state.catalogue.scopes
        roles = state.catalogue.roles
        groups = state.catalogue.groups
        claims = Dictionary(state.claims.map { ($0.id, $0) }) { first, _ in first }
        keys = state.signingKeys
        self.isSubject = isSubject
    }

    /// What `body`, which changes one thing, would make of it; nil: the same. Nothing is changed.
    func trying(_ body: () throws -> Void) throws -> DeclaredObject? {
        isTrying = true
        tried = nil
        defer { isTrying = false }
        try body()
        return tried
    }

    func object(_ name: DeclaredName) -> DeclaredObject? {
        let id = name.id.value
        return switch name.kind {
        case .scope: scopes[ScopeName(id)].map(DeclaredObject.scope)
        case .role: roles[RoleID(written: id)].map(DeclaredObject.role)
        case .client: clients[ClientID(id)].map(DeclaredObject.client)
        case .group: groups[GroupName(id)].map(DeclaredObject.group)
        case .claim: claims[ClaimID(id)].map(DeclaredObject.claim)
        }
    }

    /// Gives it to a file, or to none, as it is.
    func assign(_ name: DeclaredName, to file: String?) { changes.append(.assign(name, to: file)) }

    private func recordAddition(of object: DeclaredObject) { changes.append(.add(object, in: file)) }

    /// False: it is the same as before, or only tried.
    private func recordReplacement(by object: DeclaredObject, isSame: Bool) -> Bool {
        guard !isSame else { return false }
        guard !isTrying else {
            tried = object
            return false
        }
        changes.append(.replace(object, in: file))
        return true
    }

    private func take(_ role: RoleID) {
        for (name, group) in groups where group.roles.contains(role) {
            var next = group.next
            next.roles.remove(role)
            groups[name] = next
        }
        roles[role] = nil
    }
}

extension StoreDraft: ClientStore {
    func client(_ id: ClientID) -> Client? { clients[id] }

    func clients(after id: ClientID?, limit: Int) -> [Client] {
        let ordered =
            orderedClients
            ?? clients.values.sorted { $0.id.value.utf8.lexicographicallyPrecedes($1.id.value.utf8) }
        orderedClients = ordered
        guard let id else { return Array(ordered.prefix(limit)) }
        var (low, high) = (0, ordered.count)
        while low < high {
            let middle = (low + high) / 2
            let precedes = id.value.utf8.lexicographicallyPrecedes(ordered[middle].id.value.utf8)
            if precedes { high = middle } else { low = middle + 1 }
        }
        return Array(ordered[low...].prefix(limit))
    }

    func clients(beginning prefix: String, after: SearchPosition?, limit: Int) throws -> SearchPage<Client> {
        throw StoreError.unavailable("a draft isn't searched")
    }

    func add(_ client: Client) throws {
        guard try clients[client.id] == nil && !isSubject(client.id) else { throw StoreError.exists }
        clients[client.id] = client
        orderedClients = nil
        recordAddition(of: .client(client))
    }

    func replace(_ client: Client) throws -> Client {
        guard let former = clients[client.id] else { throw StoreError.missing }
        guard former.version == client.version else { throw StoreError.changed }
        let isSame =
            former.metadata == client.metadata && former.sealedSecret == client.sealedSecret
            && former.isFirstParty == client.isFirstParty && former.approval == client.approval
        guard recordReplacement(by: .client(client), isSame: isSame) else { return former }
        clients[client.id] = client.next
        orderedClients = nil
        return client.next
    }

    func clientsAwaitingApproval(after position: WaitingPosition?, limit: Int) -> [Client] {
        let waiting = clients.values.filter { client in
            client.approval == .awaited
                && position.map { ($0.registeredAt, $0.client.value) < (client.createdAt, client.id.value) } ?? true
        }
        return Array(waiting.sorted { ($0.createdAt, $0.id.value) < ($1.createdAt, $1.id.value) }.prefix(limit))
    }

    func isRegistered(_ origin: WebOrigin) -> Bool {
        clients.values.contains { $0.approval == .given && $0.metadata.webOrigins.contains(origin) }
    }

    func removeClient(_ id: ClientID) -> Bool {
        guard clients.removeValue(forKey: id) != nil else { return false }
        orderedClients = nil
        for role in roles.keys where role.owner == id { take(role) }
        claims = claims.filter { $0.value.clientID != id }
        changes.append(.remove(.client(id)))
        return true
    }
}

extension StoreDraft: ScopeStore {
    func catalogue() -> ScopeCatalogue {
        ScopeCatalogue(scopes: Array(scopes.values), roles: Array(roles.values), groups: Array(groups.values))
    }

    func add(_ scope: DefinedScope) throws {
        guard scopes[scope.name] == nil, !roles.values.contains(where: { $0.name.hasSameBytes(as: scope.name.value) })
        else { throw StoreError.exists }
        scopes[scope.name] = scope
        recordAddition(of: .scope(scope))
    }

    func replace(_ former: DefinedScope, by scope: DefinedScope) throws {
        guard let there = scopes[scope.name] else { throw StoreError.missing }
        guard there == former else { throw StoreError.changed }
        if recordReplacement(by: .scope(scope), isSame: former == scope) { scopes[scope.name] = scope }
    }

    func removeScope(_ name: ScopeName) -> Bool {
        guard scopes.removeValue(forKey: name) != nil else { return false }
        changes.append(.remove(.scope(name)))
        return true
    }

    func add(_ role: Role) throws {
        guard roles[role.id] == nil, scopes[ScopeName(role.name)] == nil else { throw StoreError.exists }
        if let owner = role.owner, clients[owner] == nil { throw StoreError.missing }
        roles[role.id] = role
        recordAddition(of: .role(role))
    }

    func replace(_ former: Role, by role: Role) throws {
        guard let there = roles[role.id] else { throw StoreError.missing }
        guard there == former else { throw StoreError.changed }
        if recordReplacement(by: .role(role), isSame: former == role) { roles[role.id] = role }
    }

    func removeRole(_ id: RoleID) -> Bool {
        guard roles[id] != nil else { return false }
        take(id)
        changes.append(.remove(.role(id)))
        return true
    }

    func add(_ group: Group) throws {
        guard groups[group.name] == nil else { throw StoreError.exists }
        guard group.roles.allSatisfy({ roles[$0] != nil }) else { throw StoreError.missing }
        groups[group.name] = group
        recordAddition(of: .group(group))
    }

    func replace(_ group: Group) throws {
        guard let former = groups[group.name] else { throw StoreError.missing }
        guard former.version == group.version, group.roles.allSatisfy({ roles[$0] != nil }) else {
            throw StoreError.changed
        }
        let isSame = former.description == group.description && former.roles == group.roles
        if recordReplacement(by: .group(group), isSame: isSame) { groups[group.name] = group.next }
    }

    func removeGroup(_ name: GroupName) -> Bool {
        guard groups.removeValue(forKey: name) != nil else { return false }
        changes.append(.remove(.group(name)))
        return true
    }
}

extension StoreDraft: CustomClaimStore {
    func customClaims(for client: ClientID) -> [CustomClaim] {
        claims.values.filter { $0.clientID == nil || $0.clientID == client }
    }

    func customClaims(after id: ClaimID?, limit: Int) -> [CustomClaim] {
        let ordered = claims.values.sorted { $0.id.value.utf8.lexicographicallyPrecedes($1.id.value.utf8) }
        let rest = id.map { id in
            ordered.drop { !id.value.utf8.lexicographicallyPrecedes($0.id.value.utf8) }
        }
        return Array((rest ?? ordered[...]).prefix(limit))
    }

    func add(_ claim: CustomClaim) throws {
        if let client = claim.clientID, clients[client] == nil { throw StoreError.missing }
        guard claims[claim.id] == nil,
            !claims.values.contains(where: { $0.name == claim.name && $0.clientID == claim.clientID })
        else { throw StoreError.exists }
        claims[claim.id] = claim
        recordAddition(of: .claim(claim))
    }

    func replace(_ claim: CustomClaim) throws -> CustomClaim {
        guard let former = claims[claim.id] else { throw StoreError.missing }
        guard former.version == claim.version else { throw StoreError.changed }
        let isSame =
            former.source == claim.source && former.scope == claim.scope && former.destinations == claim.destinations
            && former.isRequired == claim.isRequired
        guard recordReplacement(by: .claim(claim), isSame: isSame) else { return former }
        claims[claim.id] = claim.next
        return claim.next
    }

    func removeCustomClaim(_ id: ClaimID) -> Bool {
        guard claims.removeValue(forKey: id) != nil else { return false }
        changes.append(.remove(.claim(id)))
        return true
    }
}

extension StoreDraft: SigningKeyStore {
    func signingKeys() -> [SigningKeyRecord] { keys }

    // Keys are declared by no file.
    func add(_ keys: [SigningKeyRecord]) throws { throw StoreError.unavailable("a draft makes no keys") }
    func change(_ steps: [SigningKeyStep]) throws {
        throw StoreError.unavailable("a draft changes no keys")
    }
}

extension StoreDraft: DeclarationStore {
    // Whoever works on a draft does what files say, so nothing in it is another's.
    func declarations() -> [DeclaredName: String] { [:] }
    func declaration(of name: DeclaredName) -> String? { nil }
}
