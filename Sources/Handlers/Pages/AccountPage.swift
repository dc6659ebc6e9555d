/// A user's own page: what apps have of them, where they are signed in, their password and their language. Its forms post
/// `token`, and what they name.
package struct AccountPage: Page {
    package static let template = PageTemplate.account

    /// Whom the person is signed in as.
    package var userName: String
    /// What the page begins with, such as `/oidc/account/`; the forms go below it.
    package var path: String
    package var signOut: String
    package var apps: [App] = []
    package var sessions: [Session] = []
    package var signIns: [SignIn] = []
    /// Nil: there is none to change here.
    package var password: PasswordForm?
    /// Upstreams that they sign in at, or could.
    package var ways: [Way] = []
    package var languages: [Choice] = []
    /// What the forms prove their page by.
    package var token: String
    package var done: Done?

    package init(userName: String, path: String, signOut: String, token: String) {
        self.userName = userName
        self.path = path
        self.signOut = signOut
        self.token = token
    }

    /// What has something of the user.
    package struct App: Sendable {
        package var id: String
        package var name: String
        package var isVerified: Bool
        /// What the user has allowed it.
        package var scopes: [ConsentPage.Asked]
        package var since: String
        /// Whether it acts for the user while they are away.
        package var keepsAccess: Bool
    }

    /// A browser in which the user is signed in.
    package struct Session: Sendable {
        package var id: String
        package var isThis: Bool
        /// What it is called; nil: nobody knows.
        package var device: String?
        package var address: String?
        package var signedIn: String
        package var lastUsed: String
        /// Where its user asked to stay signed in, when that ends.
        package var until: String?
        package var apps: [String]
    }

    package struct SignIn: Sendable {
        package var time: String
        package var address: String?
        package var app: String?
    }

    /// An identity at an upstream.
    package struct Way: Sendable {
        /// Of the upstream.
        package var title: String
        /// What the form names it by.
        package var value: String
        /// Since when they are linked; nil: they aren't.
        package var since: String?
        /// Whether there would be another way in without it.
        package var mayEnd: Bool
    }

    package struct PasswordForm: Sendable {
        /// For password managers, which keep what is beside it.
        package var username: String
        package var failure: Failure?

        package enum Failure: Sendable, Equatable {
            case wrong, tooShort, unusable, different
            case throttled(seconds: Int)
            case busy
        }
    }

    package struct Choice: Sendable {
        /// Empty: as the browser says.
        package var value: String
        package var label: String?
        package var isChosen: Bool
    }

    /// What a form has done.
    package enum Done: String, Sendable, CaseIterable {
        case disconnected, signedOut = "signed-out", passwordChanged = "password-changed"
        case languageChosen = "language-chosen", connected, cutOff = "cut-off"
    }

    /// The texts that are chosen here rather than by the template.
    static var textKeys: [String] { Done.allCases.map { "account.done.\($0.rawValue)" } + ["account.language.browser"] }

    package func members(in texts: PageTexts) -> PageMembers {
        var members = PageMembers([
            .user: .text(userName), .action: .text(path), .signOut: .text(signOut), .token: .text(token),
            .apps: .list(apps.map { Self.members($0, in: texts) }), .sessions: .list(sessions.map(Self.members)),
            .several: .flag(sessions.count > 1), .signIns: .list(signIns.map(Self.members)),
            .options: .list(
                languages.map { choice in
                    PageMembers([
                        .value: .text(choice.value),
                        .label: .text(choice.label ?? texts["account.language.browser"] ?? ""),
                        .current: .flag(choice.isChosen),
                    ])
                }),
        ])
        members[text: .done] = done.flatMap { texts["account.done.\($0.rawValue)"] }
        if !ways.isEmpty { members[.ways] = .group(PageMembers([.ways: .list(ways.map(Self.members))])) }
        if let password { members[.password] = .group(Self.members(password)) }
        return members
    }

    private static func members(_ app: App, in texts: PageTexts) -> PageMembers {
        let scopes = app.scopes.map { scope in
            PageMembers([.name: .text(scope.title(in: texts) ?? scope.description ?? scope.name)])
        }
        var members = PageMembers([
            .value: .text(app.id), .app: .text(app.name), .unverified: .flag(!app.isVerified),
            .since: .text(app.since), .keepsAccess: .flag(app.keepsAccess),
        ])
        if !scopes.isEmpty { members[.scopes] = .group(PageMembers([.scopes: .list(scopes)])) }
        return members
    }

    private static func members(_ session: Session) -> PageMembers {
        var members = PageMembers([
            .value: .text(session.id), .current: .flag(session.isThis), .since: .text(session.signedIn),
            .lastUsed: .text(session.lastUsed),
        ])
        members[text: .device] = session.device
        members[text: .address] = session.address
        members[text: .until] = session.until
        if !session.apps.isEmpty {
            let apps = session.apps.map { PageMembers([.name: .text($0)]) }
            members[.apps] = .group(PageMembers([.apps: .list(apps)]))
        }
        return members
    }

    private static func members(_ way: Way) -> PageMembers {
        var members = PageMembers([
            .title: .text(way.title), .value: .text(way.value), .current: .flag(way.since != nil),
            .mayEnd: .flag(way.mayEnd),
        ])
        members[text: .since] = way.since
        return members
    }

    private static func members(_ signIn: SignIn) -> PageMembers {
        var members = PageMembers([.since: .text(signIn.time)])
        members[text: .address] = signIn.address
        members[text: .app] = signIn.app
        return members
    }

    private static func members(_ password: PasswordForm) -> PageMembers {
        var members = PageMembers([
            .name: .text(password.username), .failed: .flag(password.failure != nil),
            .focusPassword: .flag(password.failure == .wrong),
        ])
        switch password.failure {
        case .wrong: members[.wrongCredentials] = .flag(true)
        case .tooShort: members[.tooShort] = .flag(true)
        case .unusable: members[.unusable] = .flag(true)
        case .different: members[.different] = .flag(true)
        case .throttled(let seconds): members.tellWait(seconds)
        case .busy: members[.busy] = .flag(true)
        case nil: break
        }
        return members
    }
}
