import Testing

@testable import Handlers

@Suite struct PagesWebLinkTests {
    @Test(arguments: [
        ("https://app.example/policy?x=1#y", "app.example"), ("HTTP://localhost:8081", "localhost:8081"),
        ("https://[::1]:8443/", "[::1]:8443"),
    ])
    func `a link to the web names its host`(uri: String, host: String) {
        #expect(WebLink(uri)?.host == host)
    }

    @Test(arguments: [
        "", "javascript:alert(1)", "JavaScript://app.example/%0aalert(1)", " https://app.example", "//app.example",
        "/policy", "https:app.example", "https:///policy", "https://", "https://bank.example@evil.example/",
        "https://bank.example\\@evil.example/", "https://app.example/\u{0}", "https://app.example/a b",
        "https://b\u{430}nk.example/", "data:text/html,x", "https\u{0}://app.example/", "https://app.example/\r\nX: y",
        "https://:443/", "https://a%40b/", "httpsx://app.example",
        "https://app.example/" + String(repeating: "x", count: 8_192),
    ])
    func `anything else is no link`(uri: String) {
        #expect(WebLink(uri) == nil)
    }
}
