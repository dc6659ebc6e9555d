import FoundationEssentials
import Testing

@testable import Handlers

/// What nginx serves by itself, also while no pool runs, is the same page as a handler would send.
@Suite struct PagesStaticTests {
    static let files: [(String, ErrorPage.Kind)] = [
        ("400", .badRequest), ("403", .forbidden), ("404", .notFound), ("405", .methodNotAllowed), ("413", .tooLarge),
        ("429", .tooManyRequests), ("500", .serverError), ("503", .unavailable),
    ]

    /// `POSTERN_WRITE_PAGES=1 swift test --filter PagesStaticTests` writes them again after a change.
    static let isWriting = ProcessInfo.processInfo.environment["POSTERN_WRITE_PAGES"] != nil

    @Test(arguments: files)
    func `an error page of nginx is the rendered one`(status: String, kind: ErrorPage.Kind) throws {
        try check("errors/\(status).html", ErrorPage(kind))
    }

    @Test
    func `the landing page of nginx is the rendered one`() throws {
        try check("index.html", LandingPage(discovery: ".well-known/openid-configuration"))
    }

    /// `POSTERN_PREVIEWS=DIR swift test --filter PagesStaticTests` writes one of each, to look at.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["POSTERN_PREVIEWS"] != nil))
    func `previews are written`() throws {
        let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["POSTERN_PREVIEWS"]))
        let renderer = try PagesFixture.renderer(help: WebLink("https://help.example/"))
        let long = "The Extraordinarily Long Name of an Application That Somebody Registered Once Upo"
        var login = LoginPage(
            clientName: "Demo app", clientIsVerified: true, action: "/oidc/login", attempt: "a", token: "t")
        var pages: [(String, any Page)] = [("login", login)]
        login.loginHint = "ada@example.com"
        for (name, failure) in [
            ("wrong", .wrongCredentials), ("throttled", .throttled(seconds: 240)), ("stale", .stale),
        ] as [(String, LoginPage.Failure)] {
            login.failure = failure
            pages.append(("login-\(name)", login))
        }
        login.clientName = long
        login.clientIsVerified = false
        pages.append(("login-long", login))
        var consent = ConsentPage(
            clientName: "Demo app", clientIsVerified: true, userName: "Ada Lovelace",
            scopes: ["openid", "profile", "email"].map { .init($0) }, action: "/oidc/consent", attempt: "a", token: "t")
        pages.append(("consent", consent))
        consent.clientName = long
        consent.clientIsVerified = false
        consent.userName = long
        consent.scopes += [
            "phone", "address", "offline_access", "mx:app:userrole:7d5f6e3a-1c22-4b8a-9f1e-2277de3f9a1c",
        ].map { .init($0) }
        consent.links = AppLinks(
            website: WebLink("https://demo.example/"), policy: WebLink("https://demo.example/policy"),
            terms: WebLink("https://\(String(repeating: "very-long-", count: 7))demo.example/terms"))
        consent.destination = "\(String(repeating: "very-long-", count: 7))demo.example"
        pages.append(("consent-long", consent))
        for kind in ErrorPage.Kind.allCases {
            pages.append(
                (
                    "error-\(kind)",
                    ErrorPage(
                        kind, requestID: "3f9a1c2277de",
                        startAgain: WebLink("https://demo.example/start").map {
                            .init(link: $0, clientName: "Demo app")
                        },
                        detail: .init(error: "invalid_request", description: "redirect_uri is not registered"))
                ))
        }
        let frames = ["Time sheets", "Photo prints", long].map { name in
            SignedOutPage.Frame(clientName: name, uri: "about:blank")
        }
        pages.append(("signed-out", SignedOutPage(.done)))
        pages.append(("signed-out-telling", SignedOutPage(.done, frames: frames)))
        pages.append(
            (
                "signed-out-switched",
                SignedOutPage(.switched, frames: frames, onward: .init(uri: "about:blank", clientName: "Demo app"))
            ))
        pages.append(("landing", LandingPage(discovery: "/oidc/.well-known/openid-configuration")))
        for (name, page) in pages {
            for language in ["en", "de"] {
                try Data(renderer.text(page, language).utf8).write(
                    to: folder.appending(path: "\(name).\(language).html"))
            }
        }
    }

    private func check(_ name: String, _ page: some Page) throws {
        let html = try PagesFixture.renderer().text(page)
        let file = URL(filePath: PagesFixture.staticFiles).appending(path: name)
        if Self.isWriting { try Data(html.utf8).write(to: file) }
        let written = try? String(decoding: Data(contentsOf: file), as: UTF8.self)
        #expect(written == html, "run POSTERN_WRITE_PAGES=1 swift test --filter PagesStaticTests")
    }
}
