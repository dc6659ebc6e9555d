import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// OpenID Connect Core §5.3, RFC 6750 §2 and §3, RFC 9068 §4, RFC 8725 §3.
struct UserInfoHandlerTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser
    private let tokens: JSON
    private let token: String

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        tokens = try browser.token(try browser.code()).json()
        token = try tokens["access_token"]?.stringValue.orThrow("no access token") ?? ""
    }

    // RFC 6750 §3.1: "If the request lacks any authentication information …, the resource server SHOULD NOT include an
    // error code or other error information."
    @Test(arguments: [nil, "Basic YXBwOng="])
    func `without a token the challenge names no error`(authorization: String?) throws {
        let response = browser.userInfo(authorization)
        #expect(response.status == .unauthorized)
        #expect(response[.wwwAuthenticate]?.text == "Bearer realm=\"userinfo\"")
        #expect(try response.json() == [:])
    }

    @Test func `by POST, in the header or in the form`() throws {
        let header = Request(method: .post, handler: "userinfo", headers: ["Authorization": "Bearer \(token)"])
        #expect(fixture.respond(.userinfo, header).status == .ok)
        let form = post("access_token=\(token)")
        #expect(form.status == .ok)
        #expect(try form.json()["email"] == "ann@app.example")
    }

    @Test func `by POST with a body that is no form, the header counts`() {
        func send(_ headers: KeyValuePairs<String, String>) -> Status {
            fixture.respond(
                .userinfo, Request(method: .post, handler: "userinfo", body: Array("{}".utf8), headers: headers)
            ).status
        }
        #expect(send(["Authorization": "Bearer \(token)", "Content-Type": "application/json"]) == .ok)
        #expect(send(["Authorization": "Bearer \(token)"]) == .ok)
        #expect(send(["Content-Type": "application/json"]) == .badRequest)
    }

    private func post(_ body: String, authorization: String? = nil) -> Response {
        let type = "application/x-www-form-urlencoded"
        let headers: KeyValuePairs<String, String> =
            if let authorization { ["Content-Type": type, "Authorization": authorization] } else {
                ["Content-Type": type]
            }
        return fixture.respond(
            .userinfo, Request(method: .post, handler: "userinfo", body: Array(body.utf8), headers: headers))
    }

    @Test func `in header and form is invalid_request`() {
        let response = post("access_token=\(token)", authorization: "Bearer \(token)")
        #expect(response.status == .badRequest)
        #expect(response.error == "invalid_request")
    }

    @Test func `in the query it isn't looked at`() {
        let response = fixture.respond(.userinfo, Request(handler: "userinfo", query: "access_token=\(token)"))
        #expect(response.status == .unauthorized)
    }

    /// Makes a token that looks right.
    private func forge(_ header: JSON, signature: [UInt8]) -> String {
        let payload = token.split(separator: ".")[1]
        return "\(Base64URL.encode(header.serialized())).\(payload).\(Base64URL.encode(signature))"
    }

    @Test func `a token that isn't ours is invalid_token`() throws {
        let key = try fixture.store.signingKeys().first { $0.algorithm == .es256 }.orThrow("no key")
        let kid = JSON.string(key.keyID)
        let input = { (header: JSON) in
            Array((Base64URL.encode(header.serialized()) + "." + token.split(separator: ".")[1]).utf8)
        }
        // RFC 8725 §2.1: HS256 with the public key as the secret.
        let hs256: JSON = ["alg": "HS256", "kid": kid, "typ": "at+jwt"]
        let mac = Digest.hmacSHA256(key: key.publicJWK.serialized(), message: input(hs256))
        let stranger = try SigningKey.generate(.es256)
        let theirs: JSON = ["alg": "ES256", "kid": kid, "typ": "at+jwt"]
        let claims = try UnverifiedJWS(token).verified(
            by: VerificationKey(publicJWK: key.publicJWK), algorithm: .es256, type: "at+jwt"
        ).claims()
        var elsewhere = claims.objectValue ?? [:]
        elsewhere["iss"] = "https://other.example"
        let forged = [
            "abc", "a.b.c", token + "A", String(token.dropLast(4)), token + ".", "." + token,
            forge(["alg": "none", "typ": "at+jwt"], signature: []),
            forge(["alg": "none", "kid": kid, "typ": "at+jwt"], signature: []),
            forge(hs256, signature: mac), forge(theirs, signature: try stranger.sign(input(theirs))),
            try JWS.sign(header: "at+jwt", claims: claims, key: stranger),
            // Ours, but of another kind, algorithm or issuer.
            tokens["id_token"]?.stringValue ?? "", try fixture.sign(claims, type: "JWT"),
            try fixture.sign(claims, type: "JWT", .rs256), try fixture.sign(.object(elsewhere)),
        ]
        for text in forged {
            let response = browser.userInfo("Bearer \(text)")
            #expect(response.status == .unauthorized, "\(text)")
            #expect(response.error == "invalid_token", "\(text)")
            #expect(response[.wwwAuthenticate]?.text.contains("error=\"invalid_token\"") == true)
        }
        #expect(browser.userInfo("Bearer \(try fixture.sign(claims))").status == .ok, "the means of forging are good")
    }

    // RFC 9068 §4, RFC 8707 §2
    @Test(arguments: [["https://api.example/"], ["other"], ["https://login.example/oidc/"]])
    func `a token for somebody else is invalid_token`(audience: [String]) throws {
        let key = try fixture.store.signingKeys().first { $0.algorithm == .es256 }.orThrow("no key")
        var claims =
            try UnverifiedJWS(token).verified(
                by: VerificationKey(publicJWK: key.publicJWK), algorithm: .es256, type: "at+jwt"
            ).claims().objectValue ?? [:]
        claims["aud"] = .array(audience.map(JSON.string))
        #expect(browser.userInfo("Bearer \(try fixture.sign(.object(claims)))").error == "invalid_token")
        claims["aud"] = .array((audience + ["https://login.example/oidc"]).map(JSON.string))
        #expect(browser.userInfo("Bearer \(try fixture.sign(.object(claims)))").status == .ok)
    }

    // RFC 6750 §3.1 has three codes. What went wrong here is no reason to throw a token away.
    @Test func `what isn't the token's fault is no challenge`() throws {
        for error in [OAuthError.serverError(cause: "x"), .temporarilyUnavailable(cause: "x")] {
            let response = fixture.provider.bearerChallenge(error, realm: .userinfo, for: Request())
            #expect(response.error == error.code.rawValue)
            #expect(response[.wwwAuthenticate] == nil)
        }
    }

    @Test func `a token lives for an hour`() {
        fixture.now = HandlerFixture.noon + 3599
        #expect(browser.userInfo("Bearer \(token)").status == .ok)
        fixture.now = HandlerFixture.noon + 3600
        #expect(browser.userInfo("Bearer \(token)").error == "invalid_token")
    }

    @Test func `without openid it is insufficient_scope`() throws {
        let token = try browser.token(try browser.code("app", ["scope": "email"])).json()["access_token"]?.stringValue
        let response = browser.userInfo("Bearer \(token ?? "")")
        #expect(response.status == .forbidden)
        #expect(response.error == "insufficient_scope")
    }

    @Test func `a disabled user, and a removed client, end it at once`() throws {
        var user = try fixture.user("ann", "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11", isDisabled: true)
        user = try fixture.store.replace(user, ending: .nothing)
        #expect(browser.userInfo("Bearer \(token)").error == "invalid_token")
        user.isDisabled = false
        try fixture.store.replace(user, ending: .nothing)
        #expect(browser.userInfo("Bearer \(token)").status == .ok)
        _ = try fixture.store.removeClient(ClientID("app"))
        #expect(browser.userInfo("Bearer \(token)").error == "invalid_token")
    }

    @Test func `it shows the user as they are now`() throws {
        var user = try fixture.user("ann", "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11")
        user.attributes["email"] = "new@app.example"
        user.attributes["email_verified"] = true
        try fixture.store.replace(user, ending: .nothing)
        let claims = try browser.userInfo("Bearer \(token)").json()
        #expect(claims["email"] == "new@app.example")
        #expect(claims["email_verified"] == true)
    }
}
