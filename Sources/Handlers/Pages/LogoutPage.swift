/// The page that asks whether to sign out (RP-Initiated Logout §2). Its form posts `fields`, `token` and `decision`
/// (`sign-out` or `stay`).
package struct LogoutPage: Page {
    package static let template = PageTemplate.logout

    /// Whom the person is signed in as.
    package var userName: String
    /// The app that asks for it, where it is known.
    package var clientName: String?
    package var action: String
    /// The parameters of the request that the page answers.
    package var fields: [(name: String, value: String)]
    package var token: String

    package init(
        userName: String, clientName: String? = nil, action: String, fields: [(name: String, value: String)] = [],
        token: String
    ) {
        self.userName = userName
        self.clientName = clientName
        self.action = action
        self.fields = fields
        self.token = token
    }

    package func members(in texts: PageTexts) -> PageMembers {
        var members = PageMembers([
            .user: .text(userName), .action: .text(action), .token: .text(token),
            .fields: .list(fields.map { PageMembers([.name: .text($0.name), .value: .text($0.value)]) }),
        ])
        members[text: .app] = clientName
        return members
    }
}

/// The page after the question, where there is no app to go back to.
package struct SignedOutPage: Page {
    package static let template = PageTemplate.signedOut

    package enum Outcome: String, Sendable, CaseIterable {
        case done, stayed
    }

    package var outcome: Outcome

    package init(_ outcome: Outcome) { self.outcome = outcome }

    /// The texts that are chosen here rather than by the template.
    static var textKeys: [String] {
        Outcome.allCases.flatMap { outcome in
            ["title", "explanation", "advice"].map { "signedOut.\(outcome.rawValue).\($0)" }
        }
    }

    package func members(in texts: PageTexts) -> PageMembers {
        var members = PageMembers()
        members[text: .title] = texts["signedOut.\(outcome.rawValue).title"]
        members[text: .explanation] = texts["signedOut.\(outcome.rawValue).explanation"]
        members[text: .advice] = texts["signedOut.\(outcome.rawValue).advice"]
        return members
    }
}
