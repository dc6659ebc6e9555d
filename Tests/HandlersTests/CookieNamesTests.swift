import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

@Suite struct CookieNamesTests {
    private let token = SessionToken(random: SystemRandom())

    @Test(arguments: [
        ("https://login.example.com/oidc", false, "__Host-postern", "Path=/; Secure"),
        ("https://www.example.com/oidc", true, "__Secure-postern", "Path=/oidc; Secure"),
        ("http://localhost:8080/oidc", false, "postern", "Path=/oidc; HttpOnly"),
    ])
    func `the cookie is as narrow as the issuer lets it be`(
        issuer: String, sharesHost: Bool, name: String, attributes: String
    ) throws {
        let names = CookieNames(for: try Issuer(issuer), sharesHost: sharesHost)
        #expect(names.session == name)
        var response = Response(status: .ok)
        response.set(names.setting(token))
        let header = try #require(response[.setCookie]?.text)
        #expect(header.contains("; \(attributes)"))
        #expect(header.contains("; HttpOnly; SameSite=Lax"))
        #expect(!header.contains("Domain"))
    }

    @Test func `a session cookie that came twice is none, and is cleared`() throws {
        let names = CookieNames(for: try Issuer("http://localhost/oidc"), sharesHost: false)
        let once = Request(method: .get, handler: "authorize", headers: ["Cookie": "postern=\(token.text)"])
        #expect(names.sessionToken(in: once)?.text == token.text)
        #expect(!names.hasUselessSession(once))
        let twice = Request(
            method: .get, handler: "authorize", headers: ["Cookie": "postern=\(token.text); postern=\(token.text)"])
        #expect(names.sessionToken(in: twice) == nil)
        #expect(names.hasUselessSession(twice))
    }
}
