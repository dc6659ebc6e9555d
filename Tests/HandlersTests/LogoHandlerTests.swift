import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// OpenID Connect Registration §2: `logo_uri`, `policy_uri` and `tos_uri`, on the pages that are shown for an app.
struct LogoHandlerTests {
    private static let uri = "https://cdn.example/logo"

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        try fixture.addRegistered("shown", metadata: ["logo_uri": .string(Self.uri)])
    }

    private func logo(_ query: String = "client_id=shown&v=1") -> Response {
        fixture.respond(.logo, Request(handler: "logo", query: query))
    }

    @Test func `the page shows the logo from here`() throws {
        let page = browser.authorize("shown")
        #expect(page.text.contains("<img class=\"logo\" src=\"/oidc/logo?client_id=shown&amp;v="))
        #expect(!page.text.contains("cdn.example"))
        #expect(page.text.contains("name and logo itself"))
        #expect(!browser.authorize("third").text.contains("<img"))
        #expect(fixture.sectors.calls.isEmpty, "the page waits for nobody")
    }

    @Test func `it is fetched once`() throws {
        fixture.sectors.publish("GIF89a and the rest", at: Self.uri)
        let first = logo()
        #expect(first.status == .ok && first[.contentType]?.text == "image/gif")
        #expect(first.body == Array("GIF89a and the rest".utf8))
        #expect(first[.cacheControl]?.text == "public, max-age=86400")
        #expect(first[.contentSecurityPolicy]?.text == "default-src 'none'; sandbox")
        #expect(first[.xContentTypeOptions]?.text == "nosniff")
        fixture.now = fixture.now + LogoCache.maxAge - 1
        #expect(logo().status == .ok)
        #expect(fixture.sectors.calls == [Self.uri])
        fixture.now = fixture.now + 1
        #expect(logo().status == .ok)
        #expect(fixture.sectors.calls.count == 2)
    }

    @Test(
        arguments: [
            ("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 200), ("<html>", 200),
            ("", 200),
            ("GIF89a", 404), ("GIF89a", 302), (String(repeating: "GIF89a", count: 11_000), 200),
        ])
    func `what is no image is not passed on, and not asked for again at once`(body: String, status: Int) {
        fixture.sectors.publish(body, status: status, at: Self.uri)
        #expect(logo().body == Logo.transparentPixel && logo()[.cacheControl]?.text == "no-store")
        fixture.sectors.publish("GIF89a", at: Self.uri)
        #expect(logo().body == Logo.transparentPixel)
        #expect(fixture.sectors.calls.count == 1)
        fixture.now = fixture.now + LogoCache.pause
        #expect(logo().body == Array("GIF89a".utf8))
    }

    @Test(arguments: ["", "client_id=", "client_id=nobody", "client_id=third", "v=1"])
    func `there is none of an app that has none`(query: String) {
        #expect(logo(query).status == .notFound)
        #expect(fixture.sectors.calls.isEmpty)
    }

    @Test(
        arguments: [
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], "image/png"),
            ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"),
            (Array("GIF87a".utf8), "image/gif"), (Array("RIFF1234WEBPVP8 ".utf8), "image/webp"),
            (Array("RIFF1234WAVE".utf8), nil), (Array("GIF88a".utf8), nil), ([], nil), ([0x89, 0x50], nil),
        ] as [([UInt8], String?)])
    func `an image is told by its first bytes`(bytes: [UInt8], type: String?) {
        #expect(Logo(bytes)?.contentType.text == type)
    }

    @Test func `the pages lead to what the app says about itself`() throws {
        let links: [String: JSON] = [
            "policy_uri": "https://about.example/policy", "tos_uri": "https://about.example/terms",
            "client_uri": "https://about.example/",
        ]
        try fixture.add("about", isFirstParty: false, metadata: links)
        let login = browser.authorize("about")
        let consent = browser.login(on: login)
        let asked = consent.shows("decision") ? consent : try browser.follow(consent)
        for page in [login, asked] {
            for link in ["https://about.example/policy", "https://about.example/terms", "https://about.example/"] {
                #expect(
                    page.text.contains("<a href=\"\(link)\" target=\"_blank\" rel=\"noopener noreferrer external\">"))
            }
        }
    }
}
