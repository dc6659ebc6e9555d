/// The page that asks whether an app may have what it asked for. Its form posts `attempt`, `token` and `decision`
/// (`allow` or `deny`).
package struct ConsentPage: Page {
    package static let template = PageTemplate.consent

    /// The app's name, or its `client_id` if it has none.
    package var clientName: String
    /// An administrator made or approved the app. Otherwise its name and links are marked as its own claim.
    package var clientIsVerified: Bool
    package var links: AppLinks
    /// Where its logo is: a path of ours.
    package var logo: String?
    /// The host that the answer goes to.
    package var destination: String?
    /// Whom the person is signed in as.
    package var userName: String
    /// In the order to show it.
    package var scopes: [Asked]
    package var action: String
    package var attempt: String
    package var token: String

    /// A scope that is asked for. Standard ones have texts of their own; others are shown by their description, or by
    /// their name where they have none.
    package struct Asked: Sendable {
        package var name: String
        package var description: String?

        package init(_ name: String, description: String? = nil) {
            self.name = name
            self.description = description
        }

        /// What a standard one is called; nil: it is none.
        func title(in texts: PageTexts) -> String? {
            guard ConsentPage.described.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { return nil }
            return texts["scope.\(name).title"]
        }
    }

    package init(
        clientName: String, clientIsVerified: Bool = false, links: AppLinks = AppLinks(), logo: String? = nil,
        destination: String? = nil, userName: String, scopes: [Asked], action: String, attempt: String, token: String
    ) {
        self.clientName = clientName
        self.clientIsVerified = clientIsVerified
        self.links = links
        self.logo = logo
        self.destination = destination
        self.userName = userName
        self.scopes = scopes
        self.action = action
        self.attempt = attempt
        self.token = token
    }

    /// OpenID Connect Core 5.4 and 11.
    private static let described = ["openid", "profile", "email", "address", "phone", "offline_access"]

    /// The texts that are chosen here rather than by the template.
    static var textKeys: [String] {
        described.flatMap { ["scope.\($0).title", "scope.\($0).explanation"] }
    }

    package func members(in texts: PageTexts) -> PageMembers {
        var members = PageMembers([
            .app: .text(clientName), .user: .text(userName), .unverified: .flag(!clientIsVerified),
            .action: .text(action), .attempt: .text(attempt), .token: .text(token),
            .scopes: .list(scopes.map { Self.scope($0, in: texts) }),
        ])
        members[text: .destination] = destination
        members[text: .logo] = logo
        members[.links] = links.members(in: texts).map(PageMembers.Value.group)
        return members
    }

    private static func scope(_ scope: Asked, in texts: PageTexts) -> PageMembers {
        guard let title = scope.title(in: texts) else {
            return PageMembers([.name: .text(scope.description ?? scope.name)])
        }
        var members = PageMembers([.title: .text(title)])
        members[text: .explanation] = texts["scope.\(scope.name).explanation"]
        return members
    }
}
