import JOSE
import Testing

@testable import OIDCLogic

@Suite struct RefusalTests {
    // MARK: What is written down

    private static let secrets = [
        "client_secret", "code", "code_verifier", "refresh_token", "token", "access_token", "password", "username",
        "client_assertion", "id_token_hint", "login_hint", "state", "nonce", "unheard_of",
    ].map { (name: $0, value: "s3cret-of-\($0)") }

    @Test func `of a request only the allow-list is written down`() throws {
        let fields =
            Self.secrets + [
                ("client_id", "app"),
                ("redirect_uri", "https://me:s3cret-user@app.example/cb?a=s3cret-query&s3cret-bare#s3cret-fragment"),
                ("scope", "openid clerk"), ("grant_type", "authorization_code"), ("s3cret-name", "s3cret-value"),
            ]
        let request = RefusedRequest(method: "POST", fields: fields, authorization: "Bearer s3cret-token")
        #expect(request.clientID == ClientID("app"))
        #expect(request.redirectURI?.value == "https://...@app.example/cb?a=...&...#...")
        #expect(request.scope == "openid clerk")
        #expect(request.grantType == .authorizationCode)
        #expect(request.authenticationMethod == "client_assertion")
        #expect(request.parameters.contains("client_secret") && !request.parameters.contains("unheard_of"))
        #expect(request.unknownParameters == 2)
        #expect(!request.json.text.contains("s3cret"))
        #expect(RefusedRequest(stored: request.json) == request)
    }

    @Test func `the client's id is that of the header, and not its secret`() {
        let header = "Basic " + Base64.encode(Array("an%20app:s3cret".utf8))
        let request = RefusedRequest(method: "POST", fields: [], authorization: header)
        #expect(request.clientID == ClientID("an app") && request.authenticationMethod == "client_secret_basic")
        #expect(!request.json.text.contains("s3cret"))
    }

    @Test(arguments: ["Basic", "Basic !", "Basic czNjcmV0", "Digest s3cret", ""])
    func `a header that can't be read names nobody`(header: String) {
        let request = RefusedRequest(method: "POST", fields: [], authorization: header)
        #expect(request.clientID == nil && !request.json.text.contains("s3cret"))
    }

    @Test(arguments: [
        ("redirect_uri", true), ("redirect_url", true), ("client-id", true), ("Client_Id", true), ("scopes", true),
        ("hunter2", false), ("password1", false), ("{\"client_secret\":\"x\"}", false), ("a", false), ("", false),
    ])
    func `a name is shown if it is known, or one misspelled`(name: String, isShown: Bool) {
        #expect(RefusedRequest.shown(name) == (isShown ? name : nil))
    }

    @Test func `what is written down is bounded`() {
        let long = String(repeating: "x", count: 5000)
        let fields =
            [("client_id", long), ("redirect_uri", "https://" + long), ("scope", long)]
            + (0..<3000).map { ("a\($0)", long) }
        let request = RefusedRequest(method: "GET", fields: fields, authorization: nil)
        #expect(request.json.text.utf8.count < 3000)
        #expect(request.unknownParameters == 3000)
    }

    @Test(arguments: [
        ("https://app.example/cb", "https://app.example/cb"),
        ("https://app.example/cb?", "https://app.example/cb?"),
        ("https://app.example/cb?a=1&b=", "https://app.example/cb?a=...&b=..."),
        ("https://app.example/cb?secret", "https://app.example/cb?..."),
        ("https://app.example/cb#secret?a=1", "https://app.example/cb#..."),
        ("https://me:secret@app.example", "https://...@app.example"),
        ("https://a@b@app.example/@me", "https://...@app.example/@me"),
        ("mailto:secret@app.example", "mailto:...@app.example"),
        ("https:\\\\me:secret@app.example", "https:...@app.example"),
        ("https://app.example/cb?\u{301}secret=1", "https://app.example/cb?\u{301}secret=..."),
    ])
    func `a URI loses its user, the values of its query, and its fragment`(uri: String, redacted: String) {
        #expect(RedactedURI(redacting: uri) == RedactedURI(stored: redacted))
    }

    // MARK: Where redirect URIs differ (RFC 6749 §3.1.2.3)

    @Test(arguments: [
        ("https://app.example/cb/", "differs at the end: a slash too many"),
        ("https://app.example/CB", "differs in the case of the path: /CB came, /cb is registered"),
        ("https://app.example/other", "differs in the path: /other came, /cb is registered"),
        ("https://app.example", "differs in the path: none came, /cb is registered"),
        ("http://app.example/cb", "differs in the scheme: http came, https is registered"),
        ("https://app.example:8443/cb", "differs in the port: 8443 came, none is registered"),
        ("https://APP.example/cb", "differs in the case of the host: APP.example came, app.example is registered"),
        ("https://www.app.example/cb", "differs in the host: www.app.example came, app.example is registered"),
        ("https://app.example/cb?a=1", "has a query, and none is registered"),
        ("https://app.example/cb#a", "has a fragment (#...), which no redirect URI may have"),
        ("https://me@app.example/cb", "has a user name before the host"),
        ("/cb", "it is no absolute URI of printable ASCII"),
        ("https://app.example/\u{E9}", "it is no absolute URI of printable ASCII"),
        ("https://app.example/cb", "none: it is registered by now"),
    ])
    func `a difference is named`(came: String, words: String) {
        let difference = RedirectURIDifference(RedactedURI(redacting: came), from: "https://app.example/cb")
        #expect(difference.descriptions == [words])
        #expect(difference.isOfPortAlone == words.contains("port"))
    }

    @Test func `a slash that is missing, and differences of queries, are named`() {
        func words(_ came: String, _ registered: String) -> [String] {
            RedirectURIDifference(RedactedURI(redacting: came), from: registered).descriptions
        }
        #expect(words("https://a.example/cb", "https://a.example/cb/") == ["differs at the end: a slash is missing"])
        #expect(words("https://a.example/cb", "https://a.example/cb?a=1") == ["lacks the query that is registered"])
        #expect(
            words("https://a.example/?b=1", "https://a.example/?a=1")
                == ["differs in the query: ?b=... came, ?a=... is registered"])
        #expect(
            words("https://a.example/?a=2", "https://a.example/?a=1")
                == ["differs in the query, if at all: its values are not written down"])
        #expect(words("http://a.example:1/x", "https://a.example/cb").count == 3)
    }

    // MARK: Records

    @Test func `a record comes back as it was stored`() throws {
        for detail in RefusalDetail.samples + [nil] {
            var request = RefusedRequest(method: "GET")
            request.clientID = ClientID("app \"\u{301}")
            let record = RefusalRecord(
                id: RefusalID("3f9a1c2277de"), at: Timestamp(5), endpoint: "token", error: "invalid_grant",
                text: "a text", request: request, detail: detail)
            #expect(RefusalRecord(id: record.id, at: record.at, stored: record.content) == record)
        }
        #expect(RefusalDetail(stored: ["kind": "of a newer release"]) == nil)
        #expect(RefusalRecord(id: RefusalID("3f9a1c2277de"), at: Timestamp(5), stored: [:]) == nil)
    }

    @Test(arguments: ["3f9a1c2277de", "3f9a-1c22-77de", "3F9A-1C22-77DE", " 3f9a 1c22 77de "])
    func `an id is read as it is shown`(text: String) {
        #expect(RefusalID(typed: text) == RefusalID("3f9a1c2277de"))
        #expect(RefusalID(typed: text)?.grouped == "3f9a-1c22-77de")
    }

    @Test(arguments: ["", "3f9a1c2277d", "3f9a1c2277dee", "3f9a1c2277dg", "3f9a_1c22_77de", "\u{FF11}f9a1c2277de"])
    func `what is no id is none`(text: String) { #expect(RefusalID(typed: text) == nil) }

    @Test func `of a flood the first of each second are kept`() {
        var sampling = RefusalSampling()
        let now = Timestamp(1_800_000_000)
        let kept = (0..<1000).filter { _ in sampling.admits(at: now) }
        #expect(kept.count == RefusalSampling.perSecond)
        let (next, before) = (sampling.admits(at: now + 1), sampling.admits(at: now))
        #expect(next && before, "also after a clock was set back")
    }
}

extension RefusalDetail {
    static let samples: [RefusalDetail] = [
        .namedParameter(nil, .repeated), .parameter("scope", .tooLong), .unknownClient, .unregisteredRedirectURI,
        .redirectURIOfCode(RedactedURI(redacting: "https://a.example/?a=1")),
        .clientAuthentication(.otherMethod, registered: "client_secret_post"),
        .clientAuthentication(.mismatch, registered: nil), .pkce(.verifier, .mismatch),
        .credential(.code, .usedBefore), .credential(.refreshToken, .ofAnotherClient(ClientID("other"))),
        .credential(.accessToken, .foreign), .scope(.nothingAllowed), .grantType, .resource, .policy("office"),
        .requestObject(.unsigned), .requestObject(.elsewhere(RedactedURI(redacting: "https://a.example/r?a=1#b"))),
        .requestObject(.fetch(.status(404))), .requestObject(.fetch(.tooLong)),
        .requestObject(.algorithm(came: nil, expected: ["RS256", "ES256"])),
        .requestObject(.claim(ClaimMismatch("aud", came: nil, expected: "x"))), .requestObject(.unknownKey),
        .silentRequest, .throttled, .redirectLoop, .signIn(.wrongCredentials), .awaitedApproval,
        .ciToken(rule: CIRuleName("shop"), .usedBefore), .ciToken(rule: CIRuleName("shop"), .livesTooLong),
        .ciToken(
            rule: CIRuleName("shop"),
            .claims([
                ClaimMismatch("ref", came: nil, expected: #""main""#),
                ClaimMismatch("id", came: "7", expected: #""7""#),
            ])),
    ]
}
