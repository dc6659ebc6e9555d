import OIDCLogic

/// The page for what can't be answered to the app: what happened, what to do, and by which reference to ask.
package struct ErrorPage: Page {
    package static let template = PageTemplate.error

    /// What happened. The texts stand in the locales; nothing of the request is in them.
    package enum Kind: String, Sendable, CaseIterable {
        case unknownClient, redirectMismatch, redirectLoop, awaitedApproval, badRequest, expired, cookiesBlocked,
            wrongBrowser, foreignForm, turnedBack, upstreamFailed, upstreamRemoved, notAdmitted, disabled,
            linkedElsewhere
        case forbidden, notFound, methodNotAllowed, tooLarge, tooManyRequests, serverError, unavailable
    }

    /// Where to begin again.
    package struct StartAgain: Sendable {
        package var link: WebLink
        /// The app that it leads to.
        package var clientName: String?

        package init(link: WebLink, clientName: String? = nil) {
            self.link = link
            self.clientName = clientName
        }
    }

    /// For whoever builds the app: RFC 6749's `error`, and a description that is a literal of ours.
    package struct Detail: Sendable {
        package var error: String
        package var description: String?

        package init(error: String, description: String? = nil) {
            self.error = error
            self.description = description
        }
    }

    package var kind: Kind
    /// The id of the refusal or request; shown in groups of four.
    package var requestID: String?
    package var startAgain: StartAgain?
    package var detail: Detail?

    package init(_ kind: Kind, requestID: String? = nil, startAgain: StartAgain? = nil, detail: Detail? = nil) {
        self.kind = kind
        self.requestID = requestID
        self.startAgain = startAgain
        self.detail = detail
    }

    /// The texts that are chosen here rather than by the template.
    static var textKeys: [String] { Kind.allCases.flatMap { [$0.title, $0.explanation, $0.advice] } }

    package func members(in texts: PageTexts) -> PageMembers {
        var members = PageMembers()
        members[text: .title] = texts[kind.title]
        members[text: .explanation] = texts[kind.explanation]
        members[text: .advice] = texts[kind.advice]
        members[.asksAdministrator] = .flag(kind.asksAdministrator)
        members[text: .reference] = requestID.map(Self.grouped)
        members[.startAgain] = startAgain.map { startAgain in
            var link = PageMembers([.uri: .text(startAgain.link.uri), .host: .text(startAgain.link.host)])
            link[text: .app] = startAgain.clientName
            return .group(link)
        }
        members[text: .error] = detail?.error
        members[text: .description] = detail?.description
        return members
    }

    /// `3f9a1c2277de` as `3f9a-1c22-77de`, to be read out over a telephone.
    static func grouped(_ id: String) -> String { RefusalID(id).grouped }
}

extension ErrorPage.Kind {
    fileprivate var title: String { "error.\(rawValue).title" }
    fileprivate var explanation: String { "error.\(rawValue).explanation" }
    fileprivate var advice: String { "error.\(rawValue).advice" }

    /// Whether the advice is to ask whoever runs this service, rather than an app.
    fileprivate var asksAdministrator: Bool {
        switch self {
        case .awaitedApproval, .upstreamFailed, .upstreamRemoved, .notAdmitted, .disabled, .linkedElsewhere,
            .forbidden, .serverError:
            true
        case .unknownClient, .redirectMismatch, .redirectLoop, .badRequest, .expired, .cookiesBlocked, .wrongBrowser,
            .foreignForm, .turnedBack, .notFound, .methodNotAllowed, .tooLarge, .tooManyRequests, .unavailable:
            false
        }
    }
}
