import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// RFC 6749 §4.1.3, §5.1 and §5.2, RFC 7636 §4.6.
struct TokenHandlerTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
    }

    @Test(
        arguments: [
            (["client_secret": "wrong"], 401, "invalid_client"),
            (["client_secret": nil], 401, "invalid_client"),
            (["client_id": nil], 401, "invalid_client"),
            (["client_id": "nobody"], 401, "invalid_client"),
            (["client_id": "other", "client_secret": "the secret of other"], 400, "invalid_grant"),
            (["redirect_uri": "https://evil.example/"], 400, "invalid_grant"),
            (["redirect_uri": nil], 400, "invalid_request"),
            (["code_verifier": nil], 400, "invalid_grant"),
            (["code_verifier": "short"], 400, "invalid_grant"),
            (["code_verifier": HandlerBrowser.challenge], 400, "invalid_grant"),
            (["code": nil], 400, "invalid_request"),
            (["code": "~unknown"], 400, "invalid_grant"),
            (["code": "AAAA"], 400, "invalid_grant"),
            (["grant_type": nil], 400, "invalid_request"),
            (["grant_type": "password"], 400, "unsupported_grant_type"),
            (["grant_type": "client_credentials"], 400, "unauthorized_client"),
            (["client_assertion": "a.b.c"], 400, "invalid_request"),
            (["client_secret": nil, "client_assertion": "a.b.c"], 400, "invalid_request"),
        ] as [(Change, Int, String)])
    func `a faulty request gets its error, and the code stays good`(
        change: Change, status: Int, error: String
    ) throws {
        let code = try browser.code()
        let before = try fixture.rows()
        let response = browser.token(code, change)
        #expect(response.status.code == status)
        #expect(response.error == error)
        #expect(response[.cacheControl]?.text == "no-store")
        #expect(response[.xContentTypeOptions]?.text == "nosniff")
        #expect(response[.contentType]?.text == "application/json")
        #expect(try response.json()["error_description"]?.stringValue?.contains("(refusal 000000000000)") == true)
        #expect(try fixture.rows() == before)
        #expect(try lastUse() == nil, "a client that is refused isn't used")
        #expect(browser.token(code).status == .ok)
        #expect(try lastUse() == fixture.now)
    }

    private func lastUse() throws -> Timestamp? {
        fixture.store.settleObservations()
        return try fixture.store.lastUse(of: ClientID("app"))
    }

    @Test(arguments: ["grant_type", "code", "client_id", "client_secret", "redirect_uri", "code_verifier"])
    func `a parameter sent twice is invalid_request`(name: String) throws {
        let code = try browser.code()
        #expect(browser.token(code, repeating: name).error == "invalid_request")
        #expect(browser.token(code).status == .ok)
    }

    @Test(arguments: ["application/json", "text/plain", "multipart/form-data; boundary=a", ""])
    func `another content type is invalid_request`(contentType: String) throws {
        let code = try browser.code()
        #expect(browser.token(code, contentType: contentType).error == "invalid_request")
        #expect(browser.token(code).status == .ok)
    }

    // RFC 6749 §4.1.2: "If an authorization code is used more than once, the authorization server MUST deny the request
    // and SHOULD revoke (when possible) all tokens previously issued based on that authorization code."
    @Test func `a code used twice is refused, and ends what it gave`() throws {
        let code = try browser.code()
        let token = try browser.token(code).json()["access_token"]?.stringValue ?? ""
        #expect(browser.userInfo("Bearer \(token)").status == .ok)
        #expect(browser.token(code).error == "invalid_grant")
        #expect(browser.userInfo("Bearer \(token)").error == "invalid_token")
        #expect(browser.token(code).error == "invalid_grant", "and the third time too")
    }

    @Test func `a replay counts after the code's minute, and when the user has signed out`() throws {
        let code = try browser.code()
        let token = try browser.token(code).json()["access_token"]?.stringValue ?? ""
        fixture.now = fixture.now + 600
        #expect(browser.token(code).error == "invalid_grant")
        #expect(browser.userInfo("Bearer \(token)").error == "invalid_token")
    }

    // Whoever merely saw a code must not be able to end what its client got.
    @Test(
        arguments: [
            ["client_id": "other", "client_secret": "the secret of other"], ["code_verifier": nil],
            ["redirect_uri": "x:y"],
            ["client_secret": "wrong"],
        ] as [Change])
    func `a replay by someone else ends nothing`(change: Change) throws {
        let code = try browser.code()
        let token = try browser.token(code).json()["access_token"]?.stringValue ?? ""
        #expect(browser.token(code, change).status != .ok)
        #expect(browser.userInfo("Bearer \(token)").status == .ok)
    }

    @Test(arguments: [60, 3600, -1] as [Int64])
    func `a code lives for a minute, and not at all if the clock was set back`(seconds: Int64) throws {
        let code = try browser.code()
        let before = try fixture.rows()
        fixture.now = fixture.now + seconds
        #expect(browser.token(code).error == "invalid_grant")
        #expect(try fixture.rows() == before)
    }

    @Test func `a user who was disabled meanwhile gets nothing`() throws {
        let code = try browser.code()
        let user = try fixture.user("ann", "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11", isDisabled: true)
        try fixture.store.replace(user, ending: .everything)
        #expect(browser.token(code).error == "invalid_grant")
    }

    @Test func `a scope that the client lost meanwhile is not given`() throws {
        let code = try browser.code()
        var client = try fixture.store.client(ClientID("app")).orThrow("no client")
        client.metadata.scope = Scope(names: ["openid"])
        try fixture.store.replace(client)
        #expect(browser.token(code).error == "invalid_grant")
    }

    @Test func `a code isn't spent where its tokens can't be signed`() throws {
        try fixture.add("ed", metadata: ["id_token_signed_response_alg": "EdDSA"])
        let code = try browser.code("ed")
        let before = try fixture.rows()
        let refused = browser.token(code, of: "ed")
        #expect(refused.status == .internalServerError)
        #expect(refused.error == "server_error")
        #expect(try fixture.rows() == before)
        try fixture.store.add([HandlerFixture.key(.edDSA)])
        #expect(browser.token(code, of: "ed").status == .ok)
    }

    @Test func `a key that can't be opened fails its own algorithm alone`() throws {
        let stranger = Seal(current: .generate(), context: "https://login.example/oidc")
        try fixture.store.add([HandlerFixture.key(.edDSA, sealedBy: stranger)])
        try fixture.add("ed", metadata: ["id_token_signed_response_alg": "EdDSA"])
        let token = try browser.token(try browser.code()).json()["access_token"]?.stringValue ?? ""
        #expect(browser.userInfo("Bearer \(token)").status == .ok)
        let code = try browser.code("ed")
        #expect(browser.token(code, of: "ed").error == "server_error")
        #expect(throws: OAuthError.self) {
            try fixture.provider.keys.signingKey(.edDSA, from: fixture.store)
        }
    }

    @Test func `a code of a removed client is worth nothing`() throws {
        let code = try browser.code()
        _ = try fixture.store.removeClient(ClientID("app"))
        #expect(browser.token(code).error == "invalid_client")
    }

    @Test func `without openid there is no ID token`() throws {
        let code = try browser.code("app", ["scope": "email"])
        let answer = try browser.token(code).json()
        #expect(answer["id_token"] == nil)
        #expect(answer["scope"] == "email")
    }

    @Test func `nothing granted is an empty scope for preset mendix`() throws {
        try fixture.add("mendix", preset: .mendix)
        let code = try browser.code("mendix", ["scope": "clerk"])
        let answer = try browser.token(code, of: "mendix").json()
        #expect(answer["scope"] == "")
        #expect(answer["id_token"] == nil)
    }

    // RFC 6749 §5.2: a client that used the header is told how to use it.
    @Test func `a wrong secret in the header is answered with a challenge`() throws {
        let request = Request(
            method: .post, handler: "token", body: Array("grant_type=authorization_code".utf8),
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic YXBwOndyb25n"])
        let response = fixture.respond(.token, request)
        #expect(response.status == .unauthorized)
        #expect(response[.wwwAuthenticate]?.text.hasPrefix("Basic ") == true)
    }

    // RFC 9110 §15.5.2. A page's script would have its browser ask for a password.
    @Test(arguments: [(nil, true), ("https://app.example", false)] as [(String?, Bool)])
    func `a wrong secret in the body is answered with a challenge, but to no page`(
        origin: String?, isChallenged: Bool
    ) throws {
        let type = "application/x-www-form-urlencoded"
        let headers: KeyValuePairs<String, String> =
            if let origin { ["Content-Type": type, "Origin": origin] } else { ["Content-Type": type] }
        let request = Request(
            method: .post, handler: "token",
            body: Array("grant_type=authorization_code&client_id=app&client_secret=wrong".utf8), headers: headers)
        let response = fixture.respond(.token, request)
        #expect(response.status == .unauthorized)
        #expect((response[.wwwAuthenticate] != nil) == isChallenged)
    }

    @Test func `who guesses a secret waits`() throws {
        let code = try browser.code()
        for _ in 0..<21 { #expect(browser.token(code, ["client_secret": "wrong"]).error == "invalid_client") }
        let refused = browser.token(code)
        #expect(refused.status == .tooManyRequests)
        #expect(refused.error == "temporarily_unavailable", "as nginx says for the same")
        #expect(refused[.retryAfter]?.text == "1")
        fixture.now = fixture.now + 1
        #expect(browser.token(code).status == .ok)
    }

    @Test func `who makes up clients waits as well, and leaves one row`() throws {
        let code = try browser.code()
        for number in 0..<21 {
            #expect(browser.token(code, ["client_id": "client \(number)"]).error == "invalid_client")
        }
        #expect(browser.token(code, ["client_id": "another"]).status == .tooManyRequests)
        let rows = try fixture.store.reader.first("SELECT count(*) FROM failed_attempt", read: { $0.integer(0) })
        #expect(rows == 1)
        #expect(browser.token(code).status == .ok, "a client that there is isn't kept out by it")
    }

    // A store that can't answer never becomes a 4xx, and nothing is given without a row on disk.
    @Test func `a store that can't write is 503, with Retry-After`() throws {
        let code = try browser.code()
        let page = HandlerBrowser(fixture).authorize()
        fixture.database.close()
        let token = browser.token(code)
        #expect(token.status == .serviceUnavailable)
        #expect(token.error == "temporarily_unavailable")
        #expect(token[.retryAfter] != nil)
        let stranger = HandlerBrowser(fixture)
        let fresh = stranger.authorize()
        #expect(page.status == .ok && fresh.status == .ok)
        let login = stranger.login(on: fresh)
        #expect(login.status == .serviceUnavailable)
        #expect(login[.retryAfter] != nil)
        #expect(login[.contentType]?.text == "text/html; charset=utf-8")
        #expect(stranger.cookies["__Host-postern"] == nil)
    }
}
