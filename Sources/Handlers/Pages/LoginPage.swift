/// The page that asks for user name and password, or where to sign in instead. Its form posts `attempt`, `token`,
/// `username`, `password` and, when the person wants it, `remember`, or, when they turn back, `cancel`. Without a password
/// of here `username` may be asked for alone: an address leads to its upstream.
package struct LoginPage: Page {
    package static let template = PageTemplate.login

    /// Why the form is shown once more.
    package enum Failure: Sendable, Equatable {
        /// Unknown user and wrong password alike.
        case wrongCredentials
        /// Too many failures; seconds until the next try.
        case throttled(seconds: Int)
        /// The service can't check a password right now.
        case busy
        /// The form was too old; this one is new.
        case stale
        /// The upstream of that name doesn't answer.
        case unreachable(String)
        /// The upstream of that name has let in somebody who may not come in here.
        case notAdmitted(String)
        /// The upstream where they were to sign in isn't there any more.
        case removed
        /// The password was left out, and the name leads to no upstream.
        case missingPassword
        /// An address that leads to no upstream, where there is no password to sign in by.
        case unknownAddress
    }

    /// Somebody else to sign in at. Its form posts `attempt` and `token`.
    package struct Upstream: Sendable {
        package var title: String
        /// Where the form goes: a path of ours.
        package var action: String

        package init(title: String, action: String) {
            self.title = title
            self.action = action
        }
    }

    /// The app that the person comes from, by the name it was registered with; nil if it has none.
    package var clientName: String?
    /// An administrator made or approved the app. Otherwise its name is marked as its own claim.
    package var clientIsVerified: Bool
    package var links: AppLinks
    /// Where its logo is: a path of ours.
    package var logo: String?
    /// The user name to fill in: `login_hint`, or what was typed before.
    package var loginHint: String?
    /// Where the form goes: a path of ours.
    package var action: String
    /// The sealed attempt.
    package var attempt: String
    /// The form's token.
    package var token: String
    /// Whether the person may ask to stay signed in, and has.
    package var staySignedIn: Choice?
    /// Whether people sign in here at all.
    package var hasPassword: Bool
    package var upstreams: [Upstream]
    /// Whether an address may lead to one of them (home-realm discovery), so that nobody has to type a password here.
    package var findsUpstreamByAddress: Bool
    package var failure: Failure?

    package enum Choice: Sendable, Equatable {
        case open, taken
    }

    package init(
        clientName: String? = nil, clientIsVerified: Bool = false, links: AppLinks = AppLinks(), logo: String? = nil,
        loginHint: String? = nil, action: String, attempt: String, token: String, staySignedIn: Choice? = nil,
        hasPassword: Bool = true, upstreams: [Upstream] = [], findsUpstreamByAddress: Bool = false,
        failure: Failure? = nil
    ) {
        self.clientName = clientName
        self.clientIsVerified = clientIsVerified
        self.links = links
        self.logo = logo
        self.loginHint = loginHint
        self.action = action
        self.attempt = attempt
        self.token = token
        self.staySignedIn = staySignedIn
        self.hasPassword = hasPassword
        self.upstreams = upstreams
        self.findsUpstreamByAddress = findsUpstreamByAddress
        self.failure = failure
    }

    package func members(in texts: PageTexts) -> PageMembers {
        var members = PageMembers([
            .action: .text(action), .attempt: .text(attempt), .token: .text(token),
            .unverified: .flag(!clientIsVerified && clientName != nil),
            .failed: .flag(failure != nil), .remember: .flag(staySignedIn != nil),
            .current: .flag(staySignedIn == .taken), .password: .flag(hasPassword),
            .byAddress: .flag(findsUpstreamByAddress),
            .upstreams: .list(
                upstreams.map { upstream in
                    PageMembers([
                        .title: .text(upstream.title), .action: .text(upstream.action), .attempt: .text(attempt),
                        .token: .text(token),
                    ])
                }), .several: .flag((hasPassword || findsUpstreamByAddress) && !upstreams.isEmpty),
        ])
        members[text: .app] = clientName
        members[text: .loginHint] = loginHint
        members[text: .logo] = logo
        members[.links] = links.members(in: texts).map(PageMembers.Value.group)
        members[loginHint?.isEmpty == false ? .focusPassword : .focusUsername] = .flag(true)
        switch failure {
        case .wrongCredentials: members[.wrongCredentials] = .flag(true)
        case .throttled(let seconds): members.tellWait(seconds)
        case .busy: members[.busy] = .flag(true)
        case .stale: members[.stale] = .flag(true)
        case .unreachable(let title): members[text: .unreachable] = title
        case .notAdmitted(let title): members[text: .notAdmitted] = title
        case .removed: members[.removed] = .flag(true)
        case .missingPassword: members[.missingPassword] = .flag(true)
        case .unknownAddress: members[.unknownAddress] = .flag(true)
        case nil: break
        }
        return members
    }
}

extension PageMembers {
    /// Rounded up to five seconds, or to minutes from a minute and a half on: so neither is ever "one".
    mutating func tellWait(_ seconds: Int) {
        let seconds = min(max(seconds, 1), 86_400)
        if seconds <= 90 {
            self[text: .seconds] = String((seconds + 4) / 5 * 5)
        } else {
            self[text: .minutes] = String((seconds + 59) / 60)
        }
    }
}
