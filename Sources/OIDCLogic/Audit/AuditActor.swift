/// Who makes a change, by which road, and from where. Every row of the audit log names one.
package struct AuditActor: Sendable, Equatable {
    package let who: Who
    package let road: Road
    /// Nil: it came by no network.
    package let address: String?
    /// As the logs have it; nil: it was no request.
    package let requestID: String?

    package init(_ who: Who, by road: Road, from address: String? = nil, requestID: String? = nil) {
        self.who = who
        self.road = road
        self.address = address
        self.requestID = requestID
    }

    /// Postern by itself: what nobody asked for.
    package static let system = AuditActor(.system, by: .system)

    package enum Who: Sendable, Equatable {
        case user(UserID)
        case client(ClientID)
        /// Whoever has a shell: the name that the operating system knows them by.
        case commandLine(String)
        case registrationToken(InitialAccessTokenID)
        /// A job of a CI system, by the rule that let it in, and what that system calls it.
        case ciJob(CIRuleName, subject: String)
        /// A central identity provider, by its own word.
        case upstream(UpstreamName)
        /// A file of declarations, by its path.
        case file(String)
        /// Who asked, but has proved nothing.
        case anonymous
        case system
    }

    /// By what it was done.
    package enum Road: String, Sendable, CaseIterable {
        /// The pages of sign-in, consent and sign-out.
        case signIn = "sign-in"
        /// The token endpoint and those beside it.
        case token
        /// The administration API.
        case api
        case console
        /// The account page.
        case account
        case commandLine = "command-line"
        /// The registration endpoint, and a client's own configuration endpoint.
        case registration
        /// What an upstream tells of its users.
        case upstream
        case system
    }
}

extension AuditActor.Who {
    /// The word for what it is.
    package var kind: String {
        switch self {
        case .user: "user"
        case .client: "client"
        case .commandLine: "command-line"
        case .registrationToken: "registration-token"
        case .ciJob: "ci-job"
        case .upstream: "upstream"
        case .file: "file"
        case .anonymous: "anonymous"
        case .system: "system"
        }
    }

    /// Which one of that kind.
    package var id: String? {
        switch self {
        case .user(let id): id.value
        case .client(let id): id.value
        case .commandLine(let name): name
        case .registrationToken(let id): id.value
        // No rule's name has a space.
        case .ciJob(let rule, let subject): "\(rule) \(subject)"
        case .upstream(let name): name.value
        case .file(let path): path
        case .anonymous, .system: nil
        }
    }

    /// Of whom an access token is about.
    package init(_ subject: TokenSubject) {
        self =
            switch subject {
            case .user(let live): .user(live.user.id)
            case .client(let client, _): .client(client.id)
            }
    }

    /// Nil for what ``kind`` and ``id`` never were together.
    package init?(kind: String, id: String?) {
        switch (kind, id) {
        case ("user", let id?): self = .user(UserID(id))
        case ("client", let id?): self = .client(ClientID(id))
        case ("command-line", let id?): self = .commandLine(id)
        case ("registration-token", let id?): self = .registrationToken(InitialAccessTokenID(id))
        case ("ci-job", let id?):
            let rule = id.utf8.prefix { $0 != UInt8(ascii: " ") }
            guard rule.endIndex != id.utf8.endIndex else { return nil }
            self = .ciJob(
                CIRuleName(String(Substring(rule))), subject: String(Substring(id.utf8[rule.endIndex...].dropFirst())))
        case ("upstream", let id?): self = .upstream(UpstreamName(id))
        case ("file", let id?): self = .file(id)
        case ("anonymous", nil): self = .anonymous
        case ("system", nil): self = .system
        default: return nil
        }
    }
}
