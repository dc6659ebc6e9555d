import OIDCLogic

/// One address of the console: what it shows, and what a form that is sent there does.
struct ConsoleRoute: Sendable {
    let path: RoutePath
    /// Whoever is here, or sends something here, must have signed in a short while ago: a browser that was left alone
    /// ends nothing.
    let isDangerous: Bool
    let show: @Sendable (ConsoleCall) throws -> ConsolePage
    let act: (@Sendable (ConsoleCall) throws -> Outcome)?

    enum Outcome: Sendable {
        /// To another address, where `text` tells of what was done.
        case done(String, at: String)
        /// What is shown this once, such as a new secret.
        case page(ConsolePage)
    }

    init(
        _ path: String, isDangerous: Bool = false, show: @escaping @Sendable (ConsoleCall) throws -> ConsolePage,
        act: (@Sendable (ConsoleCall) throws -> Outcome)? = nil
    ) {
        self.path = RoutePath(path)
        self.isDangerous = isDangerous
        self.show = show
        self.act = act
    }

    static let all: [ConsoleRoute] =
        homeRoutes + appRoutes + registrationTokenRoutes + personRoutes + scopeAndRoleRoutes + signingKeyRoutes

    /// The tabs: path, label, and what one must hold for it.
    static let tabs: [(path: [String], label: String, scope: AdministrationScope)] = [
        ([], "Home", .readClients), (["apps"], "Apps", .readClients), (["users"], "Users", .readUsers),
        (["tokens"], "Registration tokens", .readTokens), (["scopes"], "Scopes and roles", .readRoles),
        (["keys"], "Keys", .readKeys),
    ]
}
