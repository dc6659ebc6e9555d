import OIDCLogic

/// Who calls the administration API, and what they hold as of now.
struct AdministrationCaller: Sendable {
    /// Names of roles that begin with `postern:`.
    private let held: Scope
    /// Nil: a service.
    let userID: UserID?

    /// What the token says is worth only what its user or client holds yet.
    init(_ token: LiveAccessToken, in catalogue: ScopeCatalogue) {
        let named = Scope(names: token.scope.names.filter(Scope.opensPostern))
        switch token.subject {
        case .user(let live):
            let roles = Set(catalogue.roles(of: live.user).map(\.description))
            held = Scope(names: named.names.filter { roles.contains($0) && live.client.metadata.scope.contains($0) })
            userID = live.user.id
        case .client(let client, _):
            held = named.intersection(client.metadata.scope)
            userID = nil
        }
    }

    /// Who is signed in to the console, by all that they hold.
    init(_ signedIn: SignedIn, in catalogue: ScopeCatalogue) {
        held = Scope(names: catalogue.roles(of: signedIn.user).map(\.description).filter(Scope.opensPostern))
        userID = signedIn.user.id
    }

    /// Whether anything of Postern is open to them.
    var mayAnything: Bool { !held.isEmpty }

    private var isAdmin: Bool { held.contains(AdministrationScope.admin.rawValue) }

    func may(_ scope: AdministrationScope) -> Bool { isAdmin || held.contains(scope.rawValue) }

    /// Throws ``AdministrationProblem`` for what opens Postern and is more than the caller's own: whoever could give it to
    /// another, or take over who has it, would have it.
    func requireHeld(_ names: some Sequence<String>, _ whose: String) throws(AdministrationProblem) {
        guard !isAdmin, let more = names.first(where: { Scope.opensPostern($0) && !held.contains($0) }) else { return }
        throw AdministrationProblem(
            .forbidden, "\(whose) \"\(more)\", which you don't hold yourself; let somebody do it who does")
    }

    /// All that opens Postern of what the user holds.
    func requireHeld(rolesOf user: User, in catalogue: ScopeCatalogue) throws(AdministrationProblem) {
        try requireHeld(catalogue.roles(of: user).map(\.description), "the user \"\(user.username)\" has the role")
    }

    func requireHeld(scopeOf client: Client) throws(AdministrationProblem) {
        try requireHeld(client.metadata.scope.names, "the client \"\(client.id)\" is allowed")
    }
}
