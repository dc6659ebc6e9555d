import OIDCLogic

/// One address of the console: what it shows, and what a form that is sent there does.
struct ConsoleRoute: Sendable {
    let path: RoutePath
    /// Whoever is here, or sends something here, must have signed in a short while ago: a browser that was left alone
    /// ends nothing.
    let wantsFreshSignIn: Bool
    let show: @Sendable (ConsoleCall) throws -> ConsolePage
    let act: (@Sendable (ConsoleCall) throws -> Outcome)?

    enum Outcome: Sendable {
        /// To another address, which tells of it.
        case done(ConsoleDone, at: String)
        /// What is shown this once, such as a new secret.
        case page(ConsolePage)
    }

    init(
        _ path: String, wantsFreshSignIn: Bool = false, show: @escaping @Sendable (ConsoleCall) throws -> ConsolePage,
        act: (@Sendable (ConsoleCall) throws -> Outcome)? = nil
    ) {
        self.path = RoutePath(path)
        self.wantsFreshSignIn = wantsFreshSignIn
        self.show = show
        self.act = act
    }

    static let all: [ConsoleRoute] =
        homeRoutes + appRoutes + registrationTokenRoutes + personRoutes + scopeAndRoleRoutes + signingKeyRoutes
        + auditRoutes

    /// The tabs: path, label, and what one must hold for it; nil: anything.
    static let tabs: [(path: [String], label: String, scope: AdministrationScope?)] = [
        ([], "Home", nil), (["apps"], "Apps", .readClients), (["users"], "Users", .readUsers),
        (["tokens"], "Registration tokens", .readTokens), (["scopes"], "Scopes and roles", .readRoles),
        (["keys"], "Keys", .readKeys), (["audit"], "Audit", .readAudit),
    ]
}
