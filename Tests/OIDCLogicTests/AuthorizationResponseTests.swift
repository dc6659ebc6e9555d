import Testing

@testable import OIDCLogic

/// RFC 6749 §4.1.2 and §4.1.2.1, RFC 9207 §2.
struct AuthorizationResponseTests {
    private let issuer = "iss=https%3A%2F%2Flogin.example%2Foidc"

    private func code(_ uri: String, state: String? = "s", code: String = "abc") throws -> String {
        AuthorizationResponse.code(code, to: try target(uri, state), from: try .fixture()).uri
    }

    private func target(_ uri: String, _ state: String?) throws -> RedirectTarget {
        let client = try Client.fixture(metadata: ["application_type": "native", "redirect_uris": [.string(uri)]])
        return try ValidatedAuthorizationRequest.fixture(["redirect_uri": uri, "state": state], of: client).target
    }

    @Test func `a fragment stays behind what is added`() {
        for (uri, expected) in [
            ("https://app.example/a#b", "https://app.example/a?x=1#b"),
            ("https://app.example/a?c#b?d", "https://app.example/a?c&x=1#b?d"),
            ("https://app.example/a?#", "https://app.example/a?x=1#"),
        ] {
            #expect(FormEncoding.append([("x", "1")], to: uri) == expected)
        }
    }

    // RFC 6749 §3.1.2: "which MUST be retained when adding additional query parameters"
    @Test(arguments: [
        ("https://app.example/cb", "https://app.example/cb?"),
        ("https://app.example/cb?", "https://app.example/cb?"),
        ("https://app.example/cb?a=%20&b", "https://app.example/cb?a=%20&b&"),
        ("https://app.example/cb?a&", "https://app.example/cb?a&"),
        ("https://app.example", "https://app.example?"),
        ("com.example.app:/cb", "com.example.app:/cb?"),
    ])
    func `a query of the redirect URI is kept`(uri: String, begin: String) throws {
        #expect(try code(uri) == begin + "code=abc&state=s&" + issuer)
    }

    @Test func `without a state there is none`() throws {
        #expect(try code("https://app.example/cb", state: nil) == "https://app.example/cb?code=abc&" + issuer)
    }

    @Test func `values are encoded byte by byte`() throws {
        let uri = try code("https://app.example/cb", state: "a b+c&d=e#\u{E9}e\u{301}\r\n\u{0}%", code: "-._~")
        #expect(
            uri == "https://app.example/cb?code=-._~&state=a%20b%2Bc%26d%3De%23%C3%A9e%CC%81%0D%0A%00%25&" + issuer)
    }

    @Test func `an error names its code, its refusal and the issuer`() throws {
        let uri = AuthorizationResponse.error(
            .accessDenied("the user turned back"), refusal: "0123",
            to: try target("https://a.example/", "s"), from: try .fixture()
        ).uri
        #expect(
            uri == "https://a.example/?error=access_denied"
                + "&error_description=the%20user%20turned%20back%20%28refusal%200123%29&state=s&" + issuer)
    }
}
