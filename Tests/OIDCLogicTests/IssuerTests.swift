import Testing

@testable import OIDCLogic

/// OpenID Connect Discovery §3, RFC 8414 §2.
struct IssuerTests {
    @Test(
        arguments: [
            ("https://login.example/oidc", "https://login.example", "login.example", nil, "/oidc", true),
            ("https://login.example", "https://login.example", "login.example", nil, "", true),
            ("https://login.example:8443/a/b", "https://login.example:8443", "login.example", 8443, "/a/b", true),
            ("http://localhost:8080/oidc", "http://localhost:8080", "localhost", 8080, "/oidc", false),
            ("http://[::1]:1/x", "http://[::1]:1", "[::1]", 1, "/x", false),
        ] as [(String, String, String, Int?, String, Bool)])
    func `a good issuer has these parts`(
        text: String, origin: String, host: String, port: Int?, path: String, isTLS: Bool
    ) throws {
        let issuer = try Issuer(text)
        #expect(issuer.value == text)
        #expect(issuer.origin == origin)
        #expect(issuer.host == host)
        #expect(issuer.port == port)
        #expect(issuer.path == path)
        #expect(issuer.isTLS == isTLS)
        #expect(issuer.endpoint("token") == text + "/token")
    }

    @Test(
        arguments: [
            ("", .notAbsolute), ("login.example", .notAbsolute), ("https:/oidc", .notAbsolute),
            ("https://", .notAbsolute),
            ("https://login.example/ü", .notAbsolute), ("http://login.example/oidc", .insecure),
            ("http://127.0.0.1.example/", .insecure), ("ftp://login.example", .insecure),
            ("https://login.example/", .extra), ("https://login.example/oidc/", .extra),
            ("https://login.example/oidc?", .extra), ("https://login.example/oidc?a=b", .extra),
            ("https://login.example/oidc#", .extra), ("https://user@login.example/oidc", .extra),
            ("https://Login.example/oidc", .host), ("https://login_example/oidc", .host),
            ("https://login.example/a//b", .path), ("https://login.example/a/../b", .path),
            ("https://login.example/%41", .path), ("https://login.example/a;b", .path),
        ] as [(String, IssuerFault)])
    func `what is no issuer is refused with its reason`(text: String, fault: IssuerFault) {
        #expect(throws: fault) { try Issuer(text) }
    }
}
