import OIDCLogic

/// One address of the console: what it shows, and what a form that is sent there does.
struct ConsoleRoute: Sendable {
    let path: RoutePath
    /// Whoever is here, or sends something here, must have signed in a short while ago: a browser that was left alone
    /// gives no rights, and ends nothing for good. What ends a sign-in or a consent, which are soon given again, waits
    /// for nothing.
    let wantsFreshSignIn: Bool
    /// What one must hold, beside what its calls of the API ask for; nil: nothing. So that nobody fills in a form in vain.
    let needs: AdministrationScope?
    let show: @Sendable (ConsoleCall) throws -> ConsolePage
    let act: (@Sendable (ConsoleCall) throws -> Outcome)?

    enum Outcome: Sendable {
        /// To another address, which tells of it.
        case done(ConsoleDone, at: String)
        /// What is shown this once, such as a new secret.
        case page(ConsolePage)
    }

    /// A page to look at.
    init(
        _ path: String, needs: AdministrationScope? = nil,
        show: @escaping @Sendable (ConsoleCall) throws -> ConsolePage
    ) {
        self.path = RoutePath(path)
        self.needs = needs
        wantsFreshSignIn = false
        self.show = show
        act = nil
    }

    /// One with a form, whose author says how fresh the sign-in must be.
    init(
        _ path: String, needs: AdministrationScope, wantsFreshSignIn: Bool,
        show: @escaping @Sendable (ConsoleCall) throws -> ConsolePage,
        act: @escaping @Sendable (ConsoleCall) throws -> Outcome
    ) {
        self.path = RoutePath(path)
        self.needs = needs
        self.wantsFreshSignIn = wantsFreshSignIn
        self.show = show
        self.act = act
    }

    static let all: [ConsoleRoute] =
        homePage + appListPage + newAppPages + appPages + appApprovalPages + appSecretPages + appTrialPages
        + appGrantPages + claimPages + registrationTokenPages
        + userListPage + userPages + userChangePages + scopeAndRolePages + upstreamPages + upstreamForms
        + upstreamTracePages
        + signingKeyPage + auditPages

    /// The tabs: path, label, and what one must hold for it; nil: anything.
    static let tabs: [(path: [String], label: String, scope: AdministrationScope?)] = [
        ([], "Home", nil), (["apps"], "Apps", .readClients), (["users"], "Users", .readUsers),
        (["tokens"], "Registration tokens", .readTokens), (["scopes"], "Scopes and roles", .readRoles),
        (["upstreams"], "Upstreams", .admin), (["keys"], "Keys", .readKeys), (["audit"], "Audit", .readAudit),
    ]

    /// The path of the tab that an address belongs to.
    static func tab(of parts: [String]) -> [String] {
        switch parts.first {
        case nil: []
        case "new-app": ["apps"]
        case "new-user": ["users"]
        case "new-token": ["tokens"]
        case "new-upstream": ["upstreams"]
        case "new-scope", "new-role", "new-group", "new-claim", "roles", "groups", "claims": ["scopes"]
        case let first?: [first]
        }
    }
}
