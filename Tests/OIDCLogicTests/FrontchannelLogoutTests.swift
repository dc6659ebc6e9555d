import Testing

@testable import OIDCLogic

/// OpenID Connect Front-Channel Logout 1.0 §2 and §3.
struct FrontchannelLogoutTests {
    private func logout(_ uri: String) throws -> FrontchannelLogout {
        FrontchannelLogout(clientID: ClientID("app"), sid: "a-sid", uri: try #require(WebURI(uri)))
    }

    @Test(arguments: [
        ("https://app.example/out", "https://app.example/out?"), ("https://app.example", "https://app.example?"),
        ("https://app.example/out?a=b%20c", "https://app.example/out?a=b%20c&"),
        ("https://app.example/out?", "https://app.example/out?"),
    ])
    func `a frame says of whom and of which session, and keeps the query`(uri: String, start: String) throws {
        let issuer = try Issuer.fixture()
        #expect(
            try logout(uri).frame(from: issuer) == start + "iss=https%3A%2F%2Flogin.example%2Foidc&sid=a-sid")
    }

    @Test(arguments: [
        ("https://app.example/out?a=b", "https://app.example/out"),
        ("https://app.example:8443", "https://app.example:8443"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("https://app.example/a;b,c/'d'%20\"/$&!", "https://app.example/a%3Bb%2Cc/'d'%20%22/$&!"),
        // Content Security Policy Level 3 §2.3.1 knows no such host.
        ("http://[::1]:8080/x", "http:"),
    ])
    func `a page may load its frames and nothing else`(uri: String, source: String) throws {
        #expect(try [logout(uri)].frameSources == source)
    }

    @Test func `each address is named once`() throws {
        let all = try ["https://b.example/out?1", "https://a.example/out", "https://b.example/out?2"].map(logout)
        #expect(all.frameSources == "https://a.example/out https://b.example/out")
    }

    @Test func `what no header can hold is named there by its schemes`() throws {
        let many = try (1...60).map { try logout("https://app-\($0).example/sign/out/of/this/application") }
        #expect(many.frameSources.split(separator: " ").count == 60)
        #expect(many.headerFrameSources == "https:")
        #expect(try (many + [logout("http://localhost/x")]).headerFrameSources == "http: https:")
        let some = many.prefix(30).map(\.self)
        #expect(some.headerFrameSources == some.frameSources && some.frameSources.utf8.count < 2000)
    }
}
