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
        let names = try CookieNames(for: Issuer(issuer), sharesHost: sharesHost)
        #expect(names.session == name)
        var response = Response(status: .ok)
        response.setCookie(names.setting(token))
        let header = try #require(response[.setCookie]?.text)
        #expect(header.contains("; \(attributes)"))
        #expect(header.contains("; HttpOnly; SameSite=Lax"))
        #expect(!header.contains("Domain"))
    }

    // Session Management 1.0 §3.1: a frame on another site's page reads it.
    @Test(arguments: [
        ("https://login.example.com/oidc", false, "__Host-postern-state", "; Path=/; Secure; SameSite=None"),
        ("https://www.example.com/oidc", true, "__Secure-postern-state", "; Path=/oidc; Secure; SameSite=None"),
        // RFC 6265bis §5.6: without Secure no browser keeps SameSite=None.
        ("http://localhost:8080/oidc", false, "postern-state", "; Path=/oidc; SameSite=Lax"),
    ])
    func `what scripts may see is a cookie of its own`(
        issuer: String, sharesHost: Bool, name: String, attributes: String
    ) throws {
        let names = try CookieNames(for: Issuer(issuer), sharesHost: sharesHost)
        #expect(names.state == name)
        var response = Response(status: .ok)
        response.setCookie(names.setting(BrowserState(of: nil)))
        #expect(response[.setCookie]?.text == "\(name)=none\(attributes)")
    }

    @Test(arguments: ["postern", "postern-browser"])
    func `a cookie that came twice, or was never ours, is none, and is cleared`(name: String) throws {
        let names = try CookieNames(for: Issuer("http://localhost/oidc"), sharesHost: false)
        let value = name == "postern" ? token.text : BrowserToken(random: SystemRandom()).text
        func useless(_ header: String) -> [String] {
            let request = Request(method: .get, handler: "authorize", headers: ["Cookie": header])
            let isRead = names.sessionToken(in: request) != nil || names.browserToken(in: request) != nil
            let useless = names.useless(in: request).map(\.name)
            #expect(isRead == useless.isEmpty)
            return useless
        }
        #expect(useless("\(name)=\(value)") == [])
        #expect(useless("\(name)=\(value); \(name)=\(value)") == [name])
        #expect(useless("\(name)=short") == [name])
    }

    // RFC 6265 §5.3: a cookie of another path is another cookie.
    @Test func `it is cleared at our path, and where the host's other apps put theirs`() throws {
        let names = try CookieNames(for: Issuer("https://www.example.com/oidc"), sharesHost: true)
        let request = Request(headers: ["Cookie": "__Secure-postern=a; __Secure-postern=b"])
        var response = Response(status: .ok)
        response.clear(names.useless(in: request))
        #expect(
            response.headers.map(\.value.text) == [
                "__Secure-postern=; Path=/oidc; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
                "__Secure-postern=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
            ])
    }
}
