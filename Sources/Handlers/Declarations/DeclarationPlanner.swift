import JOSE
import OIDCLogic

/// Makes a ``DeclarationPlan``: does what an administrator would do by commands, on a draft, one declared thing after the
/// other, and collects what can't be done. What comes later may name what came before.
final class DeclarationPlanner {
    /// What the rules need to know beside the state.
    struct Surroundings {
        var policy: [PolicyRule] = []
        var claims = ClaimSettings()
        var resources = ResourceServers()
        /// Gives that of `state.key`.
        var seal: () throws -> Seal
        var sectors: SectorRule
        var readSecret: (DeclaredSecret) throws -> ClientSecret
        var isSubject: (ClientID) throws -> Bool = { _ in false }
        var random: any RandomSource = SystemRandom()
        var now: Clock
    }

    let state: DeclaredState
    let declarations: Declarations
    let options: DeclarationOptions
    let surroundings: Surroundings

    let draft: StoreDraft
    private let scopes: ScopeAdministration
    private let roles: RoleAdministration
    private let groups: GroupAdministration
    let clients: ClientAdministration
    private let claims: ClaimAdministration

    private var steps: [DeclarationStep] = []
    var leftovers: [DeclaredSubject] = []
    private var unowned: [DeclaredSubject] = []
    private var warnings: [String] = []
    var newSecrets: [ClientID: ClientSecret] = [:]
    /// Warnings of clients that know their users by other identifiers after the change.
    var anew: [ClientID: String] = [:]
    private var faults: [ConfigurationFault] = []
    /// Of these the fault is told; what depends on them is not told as well.
    private var failed: Set<DeclaredName> = []

    private init(
        _ state: DeclaredState, _ declarations: Declarations, _ options: DeclarationOptions,
        _ surroundings: Surroundings
    ) {
        self.state = state
        self.declarations = declarations
        self.options = options
        self.surroundings = surroundings
        draft = StoreDraft(state, isSubject: surroundings.isSubject)
        scopes = ScopeAdministration(store: draft, policy: surroundings.policy)
        roles = RoleAdministration(store: draft)
        groups = GroupAdministration(store: draft)
        clients = ClientAdministration(
            store: draft, resources: surroundings.resources, seal: surroundings.seal,
            sectors: surroundings.sectors, random: surroundings.random, now: surroundings.now)
        claims = ClaimAdministration(
            store: draft, settings: surroundings.claims, policy: surroundings.policy, random: surroundings.random,
            now: surroundings.now)
    }

    /// Throws ``ConfigurationErrors`` with all that can't be done, each with its place.
    static func plan(
        from state: DeclaredState, to declarations: Declarations, _ options: DeclarationOptions = .init(),
        _ surroundings: Surroundings
    ) throws -> DeclarationPlan {
        let planner = DeclarationPlanner(state, declarations, options, surroundings)
        try planner.checkOptions()
        // What goes first makes room for what comes: a scope may become a role.
        planner.settleLeftovers()
        planner.declareAll()
        guard planner.faults.isEmpty else { throw ConfigurationErrors(faults: planner.orderedFaults) }
        try planner.warn()
        return DeclarationPlan(
            steps: planner.steps, leftovers: planner.leftovers, unowned: planner.unowned, warnings: planner.warnings,
            newSecrets: planner.newSecrets, changes: planner.draft.changes, generation: state.generation)
    }

    private func checkOptions() throws {
        for id in options.newSecrets.sorted() {
            guard let client = declarations.clients.first(where: { $0.id == ClientID(id) }) else {
                let question = Nearest.question(id, among: declarations.clients.map(\.id.value))
                throw AdministrationError.missing("no file declares a client \"\(id)\".\(question)")
            }
            guard client.secret == nil else {
                throw AdministrationError.invalid(
                    "the secret of the client \"\(id)\" is declared (\(client.place.source)): change it where it lies")
            }
        }
    }

    private var orderedFaults: [ConfigurationFault] {
        let ordered = faults.enumerated().sorted { one, other in
            guard one.element.source.hasSameBytes(as: other.element.source) else {
                return one.element.source.precedesInBytes(other.element.source)
            }
            return (one.element.line ?? .max, one.offset) < (other.element.line ?? .max, other.offset)
        }
        return ordered.map(\.element)
    }

    private func declareAll() {
        for scope in declarations.scopes { declare(scope) }
        for role in declarations.roles where role.client == nil { declare(role) }
        for client in declarations.clients { declare(client) }
        for role in declarations.roles where role.client != nil { declare(role) }
        for group in declarations.groups { declare(group) }
        for claim in declarations.claims { declare(claim) }
    }

    private func declare(_ scope: Declarations.Scope) {
        declare(
            .scope(ScopeName(scope.name)), at: scope.place,
            make: { _ = try scopes.add(scope.name, description: scope.description) },
            change: { _ = try scopes.set(scope.name, description: scope.description ?? "") })
    }

    private func declare(_ role: Declarations.Role) {
        guard !failed.contains(.client(ClientID(role.client ?? ""))) else { return }
        // Each names its own client, so it is looked for only where it is needed.
        let owner = { [clients] in try role.client.map { try clients.client($0) } }
        declare(
            .role(role.id), at: role.place,
            make: { _ = try roles.add(role.name, of: owner(), description: role.description) },
            change: { _ = try roles.set(role.name, of: owner(), description: role.description ?? "") })
    }

    private func declare(_ group: Declarations.Group) {
        guard !group.roles.contains(where: { failed.contains(.role(RoleID(written: $0))) }) else { return }
        declare(
            .group(GroupName(ChosenName.normalized(group.name))), at: group.place,
            make: { _ = try groups.add(group.name, description: group.description, roles: group.roles) },
            change: {
                let roles = AssignmentChange(replacing: group.roles)
                _ = try groups.set(group.name, description: group.description ?? "", roles: roles)
            })
    }

    private func declare(_ claim: Declarations.Claim) {
        guard !failed.contains(.client(ClientID(claim.client ?? ""))) else { return }
        let existing = existing(claim)
        let id = existing ?? ClaimID("")
        declare(
            .claim(id), at: claim.place, label: claim.name, client: claim.client,
            make: { _ = try claims.add(claim.name, for: claim.client, claim.change) },
            change: { _ = try claims.set(id.value, of: claim.client, claim.change) })
    }

    func existing(_ claim: Declarations.Claim) -> ClaimID? {
        state.claims.first {
            $0.name.text.hasSameBytes(as: claim.name) && $0.clientID == claim.client.map { ClientID($0) }
        }?.id
    }

    /// `make` and `change` work on the draft. `unchangeable`: what is declared otherwise than it is, and can't be changed.
    func declare(
        _ name: DeclaredName, at place: DeclarationPlace, label: String? = nil, client: String? = nil,
        unchangeable: [String] = [],
        make: () throws -> Void, change: () throws -> Void
    ) {
        let subject = DeclaredSubject(name, label: label, client: client)
        draft.file = place.file
        do {
            guard let former = draft.object(name) else {
                try make()
                guard case .add(let object, _)? = draft.changes.last else { return }
                return add(.add, DeclaredSubject(object), at: place, DeclarationDifference.all(from: nil, to: object))
            }
            guard let owner = state.files[name] else {
                return try claim(subject, former, at: place, unchangeable, change)
            }
            let count = draft.changes.count
            try change()
            if draft.changes.count > count, let new = draft.object(name) {
                add(.change, subject, at: place, DeclarationDifference.all(from: former, to: new))
            } else if !owner.hasSameBytes(as: place.file) {
                draft.assign(name, to: place.file)
                add(.move, subject, at: place, notes: ["it was declared in \(owner)"])
            }
        } catch {
            failed.insert(name)
            let text = (error as? any AdministratorFacing)?.administratorText ?? "\(error)"
            // Some say themselves what they are about.
            faults.append(place.fault(text.hasPrefix("\(subject)") ? text : "\(subject): \(text)"))
        }
    }

    /// What no file made: it is never changed, and becomes the file's only as it is.
    private func claim(
        _ subject: DeclaredSubject, _ former: DeclaredObject, at place: DeclarationPlace, _ unchangeable: [String],
        _ change: () throws -> Void
    ) throws {
        var members = unchangeable
        do {
            let other = members.isEmpty ? try draft.trying(change) : former
            guard let other else {
                guard options.adopts else { return unowned.append(subject) }
                draft.assign(subject.name, to: place.file)
                return add(.adopt, subject, at: place)
            }
            members += DeclarationDifference.all(from: former, to: other).map(\.member)
        } catch let error as AdministrationError {
            members = [error.description]
        }
        newSecrets[ClientID(subject.name.id.value)] = nil
        failed.insert(subject.name)
        faults.append(
            place.fault(
                "\(subject) is there already and belongs to no file: the command line or the API made it, and what stands "
                    + "here differs (\(members.joined(separator: ", "))). It is left alone. Declare it as it is (\"postern "
                    + "export --undeclared\" shows that) and hand it over by \"postern apply --adopt\", or choose another name"
            ))
    }

    func add(
        _ action: DeclarationStep.Action, _ subject: DeclaredSubject, at place: DeclarationPlace,
        _ differences: [DeclarationDifference] = [], notes: [String] = []
    ) {
        steps.append(
            DeclarationStep(
                action: action, subject: subject, file: place.file, line: place.line, differences: differences,
                notes: notes))
    }

    func add(
        _ action: DeclarationStep.Action, _ subject: DeclaredSubject, file: String, notes: [String] = []
    ) {
        steps.append(
            DeclarationStep(
                action: action, subject: subject, file: file, line: nil, differences: [], notes: notes))
    }

    /// What is allowed, but probably not meant.
    private func warn() throws {
        let catalogue = draft.catalogue()
        for declared in declarations.clients {
            guard let client = draft.client(declared.id) else { continue }
            let all = ScopeWarning.all(about: client, in: catalogue, policy: surroundings.policy).map(\.description)
            warnings += ([anew[client.id]].compactMap(\.self) + all).map {
                "\(declared.place.source):\(declared.place.line ?? 1): \($0)"
            }
        }
        let own = Set(steps.filter { $0.subject.name.kind == .claim }.map(\.subject.name.id.value))
        for claim in draft.claims.values where own.contains(claim.id.value) {
            warnings += try claims.warnings(about: claim)
        }
    }
}
