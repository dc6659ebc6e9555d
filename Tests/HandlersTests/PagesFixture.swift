import FoundationEssentials

@testable import Handlers

/// The pages as they are shipped, and one of each kind.
enum PagesFixture {
    static let root: String = {
        var url = URL(filePath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    static let templates = root + "/templates"
    static let locales = root + "/locales"
    static let staticFiles = root + "/nginx/static"
    static let assets = PageAssets(base: "/oidc/static", directory: staticFiles)

    static func renderer(
        service: String = "Postern", help: WebLink? = nil, contact: Contact? = nil
    ) throws -> PageRenderer {
        try PageRenderer(
            templates: [templates], locales: [locales], assets: assets, service: service, help: help, contact: contact)
    }

    static func login(_ text: String = "x", failure: LoginPage.Failure? = nil) -> LoginPage {
        LoginPage(
            clientName: text, links: links, logo: text, loginHint: text, action: text, attempt: text, token: text,
            staySignedIn: .taken, hasPassword: failure != .unknownAddress,
            findsUpstreamByAddress: failure == .unknownAddress, failure: failure)
    }

    private static let links = AppLinks(
        website: WebLink("https://app.example/'quoted'&more"), policy: WebLink("https://app.example/policy"),
        terms: WebLink("https://app.example/terms"))

    static func consent(_ text: String = "x") -> ConsentPage {
        ConsentPage(
            clientName: text, links: links, logo: text, destination: text, userName: text,
            scopes: ["openid", "profile", "email", "address", "phone", "offline_access", text].map { .init($0) }
                + [.init("described", description: text)],
            action: text, attempt: text, token: text)
    }

    static func error(_ kind: ErrorPage.Kind = .badRequest, _ text: String = "x") -> ErrorPage {
        ErrorPage(
            kind, requestID: text,
            startAgain: WebLink("https://app.example/start").map { .init(link: $0, clientName: text) },
            detail: .init(error: text, description: text))
    }

    static func landing(_ text: String = "x") -> LandingPage { LandingPage(discovery: text) }

    static func logout(_ text: String = "x") -> LogoutPage {
        LogoutPage(
            userName: text, clientName: text, refusalID: text, action: text, fields: [(text, text)], token: text)
    }

    static func account(
        _ text: String = "x", failure: AccountPage.PasswordForm.Failure? = nil, done: AccountPage.Done? = nil
    ) -> AccountPage {
        var page = AccountPage(userName: text, path: text, signOut: text, token: text)
        page.apps = [
            .init(
                id: text, name: text, isVerified: false, scopes: [.init("email"), .init(text, description: text)],
                since: text, keepsAccess: true)
        ]
        page.sessions = [
            .init(
                id: text, isThis: true, device: text, address: text, signedIn: text, lastUsed: text, apps: [text, text]),
            .init(id: text, isThis: false, device: nil, address: nil, signedIn: text, lastUsed: text, apps: []),
        ]
        page.signIns = [.init(time: text, address: text, app: text)]
        page.password = .init(username: text, failure: failure)
        page.languages = [.init(value: "", isChosen: true), .init(value: text, label: text, isChosen: false)]
        page.done = done
        return page
    }

    static func formPost(_ text: String = "x") -> FormPostPage { FormPostPage(action: text, fields: [(text, text)]) }

    static func signedOut(_ text: String = "x", _ outcome: SignedOutPage.Outcome = .done) -> SignedOutPage {
        SignedOutPage(
            outcome, frames: [.init(clientName: text, uri: text)], frameSources: text,
            onward: .init(uri: text, clientName: text))
    }

    /// Every kind of page, each with `text` in every member that is a text.
    static func all(_ text: String = "x") -> [any Page] {
        let failures: [LoginPage.Failure?] = [
            nil, .wrongCredentials, .throttled(seconds: 30), .throttled(seconds: 900), .busy, .stale,
            .missingPassword, .unknownAddress,
        ]
        let refusals: [AccountPage.PasswordForm.Failure] = [
            .wrong, .tooShort, .unusable, .different, .throttled(seconds: 30), .throttled(seconds: 900), .busy,
        ]
        var pages: [any Page] = failures.map { login(text, failure: $0) }
        pages += refusals.map { account(text, failure: $0) as any Page }
        pages += AccountPage.Done.allCases.map { account(text, done: $0) as any Page }
        pages += ErrorPage.Kind.allCases.map { error($0, text) as any Page }
        pages += [consent(text), landing(text), logout(text), formPost(text)] as [any Page]
        pages +=
            [SignedOutPage(.done), SignedOutPage(.stayed), signedOut(text), signedOut(text, .switched)] as [any Page]
        pages.append(CheckSessionPage(cookie: text))
        return pages
    }
}

extension PageRenderer {
    func text(_ page: some Page, _ language: String = "en") -> String {
        let language = self.language(uiLocales: [language], acceptLanguage: nil)
        return String(decoding: render(page, language: language), as: UTF8.self)
    }
}
