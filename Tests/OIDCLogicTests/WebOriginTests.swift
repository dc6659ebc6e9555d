import Testing

@testable import OIDCLogic

/// RFC 6454 §6.2.
struct WebOriginTests {
    @Test(arguments: [
        ("https://app.example/callback?a=b", "https://app.example"),
        ("https://app.example:443/", "https://app.example"),
        ("https://app.example:8443", "https://app.example:8443"),
        ("http://localhost:8080/cb", "http://localhost:8080"),
        ("http://[::1]:80/cb", "http://[::1]"),
        ("HTTPS://App.Example/", "https://app.example"),
    ])
    func `a page's origin is scheme, host and an unusual port`(uri: String, origin: String) {
        #expect(WebOrigin(of: uri)?.value == origin)
        #expect(WebOrigin(header: origin)?.value == origin)
    }

    @Test(arguments: ["com.example.app:/callback", "urn:a", "", "app.example"])
    func `what is no web page has none`(uri: String) {
        #expect(WebOrigin(of: uri) == nil)
    }

    @Test(arguments: [
        "null", "https://app.example/", "https://app.example:443", "https://App.example", "app.example",
        "https://user@app.example", "https://app.example https://other.example",
    ])
    func `what no browser sends is none`(header: String) {
        #expect(WebOrigin(header: header) == nil)
    }

    @Test func `a client's are those of its redirect URIs`() throws {
        let metadata = try Client.native().metadata
        #expect(Set(metadata.webOrigins.map(\.value)) == ["http://127.0.0.1", "https://app.example"])
    }
}
