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

    static func renderer(service: String = "Postern", help: WebLink? = nil) throws -> PageRenderer {
        try PageRenderer(templates: [templates], locales: [locales], assets: assets, service: service, help: help)
    }

    static func login(_ text: String = "x", failure: LoginPage.Failure? = nil) -> LoginPage {
        LoginPage(
            clientName: text, loginHint: text, action: text, attempt: text, token: text, failure: failure)
    }

    static func consent(_ text: String = "x") -> ConsentPage {
        ConsentPage(
            clientName: text, clientURI: WebLink("https://app.example/'quoted'&more"),
            policyURI: WebLink("https://app.example/policy"), termsURI: WebLink("https://app.example/terms"),
            destination: text, userName: text,
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
        LogoutPage(userName: text, clientName: text, action: text, fields: [(text, text)], token: text)
    }

    static func formPost(_ text: String = "x") -> FormPostPage { FormPostPage(action: text, fields: [(text, text)]) }

    /// Every kind of page, each with `text` in every member that is a text.
    static func all(_ text: String = "x") -> [any Page] {
        let failures: [LoginPage.Failure?] = [
            nil, .wrongCredentials, .throttled(seconds: 30), .throttled(seconds: 900), .busy, .stale,
        ]
        return failures.map { login(text, failure: $0) } + ErrorPage.Kind.allCases.map { error($0, text) }
            + [
                consent(text), landing(text), logout(text), formPost(text), SignedOutPage(.done),
                SignedOutPage(.stayed),
            ]
    }
}

extension PageRenderer {
    func text(_ page: some Page, _ language: String = "en") -> String {
        let language = self.language(uiLocales: [language], acceptLanguage: nil)
        return String(decoding: render(page, language: language), as: UTF8.self)
    }
}
