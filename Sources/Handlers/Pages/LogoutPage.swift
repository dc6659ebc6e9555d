/// The page that asks whether to sign out (RP-Initiated Logout §2). Its form posts `fields`, `token` and `decision`
/// (`sign-out` or `stay`).
package struct LogoutPage: Page {
    package static let template = PageTemplate.logout

    /// Whom the person is signed in as.
    package var userName: String
    /// The app that asks for it, where it is known.
    package var clientName: String?
    /// Set where the request says whose it is, and can't be believed: what an administrator asks by.
    package var refusalID: String?
    package var action: String
    /// The parameters of the request that the page answers.
    package var fields: [(name: String, value: String)]
    package var token: String

    package init(
        userName: String, clientName: String? = nil, refusalID: String? = nil, action: String,
        fields: [(name: String, value: String)] = [], token: String
    ) {
        self.userName = userName
        self.clientName = clientName
        self.refusalID = refusalID
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
        members[text: .reference] = refusalID.map(ErrorPage.grouped)
        return members
    }
}

/// The page after the question, where there is no app to go back to, or where apps are told first, also of one whose place
/// another has taken (OpenID Connect Front-Channel Logout 1.0 §3). It goes on by itself once all frames have loaded; where scripts run, also when one hangs.
package struct SignedOutPage: Page {
    package static let template = PageTemplate.signedOut

    package enum Outcome: String, Sendable, CaseIterable {
        case done, stayed
        /// Another user signed in.
        case switched

        /// What stands above the apps that are told.
        fileprivate var told: String {
            switch self {
            case .done, .stayed: "signedOut.told"
            case .switched: "signedOut.switched.told"
            }
        }
    }

    /// What tells an app that it shall sign its user out as well.
    package struct Frame: Sendable {
        package var clientName: String
        package var uri: String

        package init(clientName: String, uri: String) {
            self.clientName = clientName
            self.uri = uri
        }
    }

    /// Where the page goes on to.
    package struct Onward: Sendable {
        package var uri: String
        /// The app that it leads to, where it is known.
        package var clientName: String?
        /// Whether the page goes there without being asked to.
        package var byItself: Bool

        package init(uri: String, clientName: String?, byItself: Bool = true) {
            self.uri = uri
            self.clientName = clientName
            self.byItself = byItself
        }
    }

    package var outcome: Outcome
    package var frames: [Frame]
    /// What may be loaded into frames, as Content Security Policy writes sources: all of them, which a header may have no
    /// room for.
    package var frameSources: String?
    package var onward: Onward?

    package init(_ outcome: Outcome, frames: [Frame] = [], frameSources: String? = nil, onward: Onward? = nil) {
        self.outcome = outcome
        self.frames = frames
        self.frameSources = frameSources
        self.onward = onward
    }

    /// The texts that are chosen here rather than by the template.
    static var textKeys: [String] {
        Outcome.allCases.flatMap { outcome in
            ["title", "explanation", "advice"].map { "signedOut.\(outcome.rawValue).\($0)" } + [outcome.told]
        }
    }

    package func members(in texts: PageTexts) -> PageMembers {
        var members = PageMembers()
        members[text: .title] = texts["signedOut.\(outcome.rawValue).title"]
        members[text: .explanation] = texts["signedOut.\(outcome.rawValue).explanation"]
        members[text: .advice] = texts["signedOut.\(outcome.rawValue).advice"]
        if !frames.isEmpty {
            let list = frames.map { PageMembers([.name: .text($0.clientName), .uri: .text($0.uri)]) }
            var told = PageMembers([.frames: .list(list)])
            told[text: .heading] = texts[outcome.told]
            told[text: .sources] = frameSources
            members[.told] = .group(told)
        }
        members[.onward] = onward.map { onward in
            var link = PageMembers([.uri: .text(onward.uri), .byItself: .flag(onward.byItself)])
            link[text: .app] = onward.clientName
            return .group(link)
        }
        return members
    }
}
