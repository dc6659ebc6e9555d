import FoundationEssentials
import Testing

@testable import Handlers

@Suite struct PagesRenderingTests {
    @Test
    func `every page is below 20 kB, style sheet and icon included`() throws {
        let renderer = try PagesFixture.renderer()
        let assets = try ["style.css", "favicon.svg"]
            .map { try PageFile($0, in: [PagesFixture.staticFiles]).bytes.count }.reduce(0, +)
        for page in PagesFixture.all(String(repeating: "x", count: 80)) {
            for language in ["en", "de"] {
                #expect(renderer.text(page, language).utf8.count + assets < 20_000, "\(type(of: page))")
            }
        }
    }

    @Test
    func `no page has a script, an inline style or a tag that was not filled in`() throws {
        let renderer = try PagesFixture.renderer()
        for page in PagesFixture.all() {
            let html = renderer.text(page)
            // A script is a file of ours, on the pages that go on by themselves.
            let scripts = html.components(separatedBy: "<script").count - 1
            let file = page is FormPostPage ? "form-post" : page is CheckSessionPage ? "check-session" : "onward"
            let hasOne = file != "onward" || html.contains("id=\"onward\"")
            #expect(scripts == (hasOne ? 1 : 0), "\(type(of: page))")
            let ours = "<script src=\"/oidc/static/\(file).js?v="
            #expect(html.components(separatedBy: ours).count - 1 == scripts)
            for forbidden in [
                " style=", "<style", "javascript:", " onclick", "{{", "}}", "<base", "Optional(",
            ] {
                #expect(!html.contains(forbidden), "\(forbidden) in \(type(of: page))")
            }
        }
    }

    @Test
    func `the login form carries what the handler needs, and what password managers look for`() throws {
        let html = try PagesFixture.renderer().text(
            LoginPage(clientName: "Demo", loginHint: "ada", action: "/oidc/login", attempt: "sealed", token: "t1"))
        for expected in [
            #"<form method="post" action="/oidc/login">"#, #"name="attempt" value="sealed""#,
            #"name="token" value="t1""#, #"name="username" type="text" value="ada" autocomplete="username""#,
            #"name="password" type="password" autocomplete="current-password""#, #"name="cancel""#,
            "<title>Sign in to Demo · Postern</title>", "to continue to <bdi>Demo</bdi>",
            "Nobody here has checked it.",
        ] {
            #expect(html.contains(expected), "\(expected)")
        }
        #expect(!html.contains(#"name="remember""#))
        #expect(!html.contains(#"role="alert""#))
        #expect(html.utf8.count(of: " autofocus".utf8) == 1)
    }

    @Test
    func `without an app the login page names none`() throws {
        let html = try PagesFixture.renderer().text(LoginPage(action: "/a", attempt: "s", token: "t"))
        #expect(html.contains("<title>Sign in · Postern</title>"))
        #expect(!html.contains("to continue to"))
        #expect(!html.contains("Nobody here"))
        #expect(html.contains(#"value="" autocomplete="username""#))
    }

    @Test(
        arguments: [
            (.wrongCredentials, "not right"), (.throttled(seconds: 1), "wait 5 seconds"),
            (.throttled(seconds: 90), "wait 90 seconds"), (.throttled(seconds: 91), "wait 2 minutes"),
            (.throttled(seconds: 3_601), "wait 61 minutes"), (.throttled(seconds: -5), "wait 5 seconds"),
            (.throttled(seconds: .max), "wait 1440 minutes"), (.busy, "very busy"), (.stale, "open for too long"),
            (.missingPassword, "enter your password"), (.unknownAddress, "choose below"),
            (.unreachable("Corp"), "Corp does not answer"), (.notAdmitted("Corp"), "signed in at Corp may not be used"),
            (.removed, "no longer there"),
        ] as [(LoginPage.Failure, String)])
    func `a failure is announced and described`(failure: LoginPage.Failure, text: String) throws {
        let html = try PagesFixture.renderer().text(PagesFixture.login(failure: failure))
            .replacing("<bdi>", with: "").replacing("</bdi>", with: "")
        #expect(html.contains(text))
        #expect(html.contains(#"id="failure" role="alert""#))
        // Without a password there is one field.
        #expect(html.utf8.count(of: #"aria-describedby="failure""#.utf8) == (failure == .unknownAddress ? 1 : 2))
        let isOfField = [.wrongCredentials, .missingPassword, .unknownAddress].contains(failure)
        #expect(html.contains(#"aria-invalid="true""#) == isOfField)
    }

    @Test
    func `consent describes standard scopes, and the others where an administrator did`() throws {
        let html = try PagesFixture.renderer().text(
            ConsentPage(
                clientName: "Demo", clientIsVerified: true,
                links: AppLinks(policy: WebLink("https://app.example/policy")),
                userName: "Ada",
                scopes: [
                    .init("openid"), .init("offline_access", description: "not this"), .init("Admin"),
                    .init("mx:1", description: "Be a <clerk>"),
                ], action: "/a", attempt: "s",
                token: "t"))
        for expected in [
            "Who you are", "Access while you are away", "<strong><bdi>Admin</bdi></strong>",
            "<strong><bdi>Be a &lt;clerk&gt;</bdi></strong>",
            #"rel="noopener noreferrer external""#, "<bdi>app.example</bdi>", #"name="decision" value="allow""#,
            #"name="decision" value="deny""#, "Privacy policy",
        ] {
            #expect(html.contains(expected), "\(expected)")
        }
        #expect(!html.contains("Nobody here"))
        #expect(!html.contains("Website"))
        #expect(!html.contains("not this") && !html.contains("mx:1"))
    }

    @Test
    func `an app without links has no section for them`() throws {
        let page = ConsentPage(
            clientName: "D", userName: "A", scopes: [.init("openid")], action: "/a", attempt: "s", token: "t")
        #expect(try !PagesFixture.renderer().text(page).contains("<section"))
    }

    @Test(arguments: ErrorPage.Kind.allCases)
    func `an error page says what happened, and its reference in groups`(kind: ErrorPage.Kind) throws {
        let html = try PagesFixture.renderer().text(ErrorPage(kind, requestID: "3f9a1c2277de"))
        #expect(html.contains("<code translate=\"no\">3f9a-1c22-77de</code>"))
        #expect(!html.contains("<details>"))
        #expect(!html.contains("class=\"button\""))
    }

    @Test
    func `the page after a sign-out tells apps by frames, and goes on when they have loaded`() throws {
        let frames = [
            SignedOutPage.Frame(clientName: "Time", uri: "https://time.example/out?iss=i&sid=s"),
            .init(clientName: "Notes", uri: "https://notes.example/out"),
        ]
        let renderer = try PagesFixture.renderer()
        let html = renderer.text(
            SignedOutPage(
                .done, frames: frames, frameSources: "https://notes.example/out https://time.example/out",
                onward: .init(uri: "https://app.example/bye?a&b", clientName: "App")))
        for expected in [
            #"<iframe src="https://time.example/out?iss=i&amp;sid=s" title="Time" sandbox="#,
            #"<iframe src="https://notes.example/out" title="Notes" sandbox="#, "<li><bdi>Notes</bdi></li>",
            #"<meta http-equiv="refresh" content="0; url=https://app.example/bye?a&amp;b">"#,
            #"content="frame-src https://notes.example/out https://time.example/out">"#,
            #"id="onward" href="https://app.example/bye?a&amp;b""#, "Continue to <bdi>App</bdi>",
        ] {
            #expect(html.contains(expected), "\(expected)")
        }
        let staying = renderer.text(SignedOutPage(.done, frames: frames))
        #expect(staying.contains("<iframe"))
        #expect(!staying.contains("http-equiv=\"refresh\"") && !staying.contains("<script"))
        #expect(!renderer.text(SignedOutPage(.done)).contains("asked to sign you out"))
        #expect(html.contains("asked to sign you out"))
        let switched = renderer.text(SignedOutPage(.switched, frames: frames))
        #expect(switched.contains("You are signed in") && switched.contains("whoever was here before"))
        #expect(!switched.contains("asked to sign you out"))
    }

    @Test(arguments: ErrorPage.Kind.allCases)
    func `whom to ask is said where somebody is to be asked`(kind: ErrorPage.Kind) throws {
        let contact = try #require(Contact("help@example.com"))
        let link = #"Whom to ask: <a href="mailto:help@example.com">help@example.com</a>"#
        let html = try PagesFixture.renderer(contact: contact).text(ErrorPage(kind))
        let isSaid = html.replacing("<bdi>", with: "").replacing("</bdi>", with: "").contains(link)
        #expect(isSaid == html.contains("your administrator"), "\(kind)")
        #expect(try !PagesFixture.renderer().text(ErrorPage(kind)).contains("Whom to ask"))
    }

    @Test(
        arguments: [
            ("help@example.com", "help@example.com", "mailto:help@example.com"),
            ("mailto:help@example.com", "help@example.com", "mailto:help@example.com"),
            ("a?cc=b&c@Example.com", "a?cc=b&c@Example.com", "mailto:a%3Fcc%3Db%26c@example.com"),
            ("https://help.example.com/it?a=1", "help.example.com/it?a=1", "https://help.example.com/it?a=1"),
            ("tel:+31 (0)20-123.45.67", "+31 (0)20-123.45.67", "tel:+310201234567"), ("tel:112", "112", "tel:112"),
            ("Service desk: room 12", "Service desk: room 12", nil),
            ("Ann (ann@example.com)", "Ann (ann@example.com)", nil),
            ("<b>Ann</b>", "<b>Ann</b>", nil),
        ] as [(String, String, String?)])
    func `whom to ask is an address, a page, a number or words`(text: String, label: String, uri: String?) throws {
        let contact = try #require(Contact(text))
        #expect(contact.label == label && contact.uri == uri)
        let html = try PagesFixture.renderer(contact: contact).text(ErrorPage(.disabled))
        #expect(html.contains(HTMLText.escape(label)) && !html.contains("<b>Ann"))
        #expect(html.contains("<a href=\"") == (uri != nil))
    }

    @Test(arguments: [
        "", " ", "mailto:", "http://help.example.com/", "https://", "https://user@help.example.com/",
        "javascript:alert(1)",
        "data:text/html,x", "tel:", "tel:12", "tel:+31-call", "tel:1+2+3", "mailto:help", "help@", "@example.com",
        "a\nb", "a\u{202E}b", String(repeating: "x", count: 201),
    ])
    func `anything else is none`(text: String) {
        #expect(Contact(text) == nil)
    }

    @Test
    func `help is linked where there is some`() throws {
        let help = try #require(WebLink("https://help.example/"))
        #expect(try PagesFixture.renderer(help: help).text(PagesFixture.landing()).contains(help.uri))
        #expect(try !PagesFixture.renderer().text(PagesFixture.landing()).contains("<footer>"))
    }

    @Test
    func `a link to a file changes with the file`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let assets = PageAssets(base: "/static", directory: folder.path)
        #expect(throws: PageError.self) { try assets.link(to: "style.css") }
        try Data("a".utf8).write(to: folder.appending(path: "style.css"))
        let before = try assets.link(to: "style.css")
        try Data("b".utf8).write(to: folder.appending(path: "style.css"))
        #expect(try assets.link(to: "style.css") != before)
        #expect(before.hasPrefix("/static/style.css?v="))
    }
}
