import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// An upstream that speaks OAuth 2.0 alone (RFC 6749), such as GitHub.
struct OAuthUpstreamTests {
    private static let hub = Upstream(
        name: UpstreamName("hub"), title: "Hub", issuer: WebURI(stored: "https://hub.example/oauth"),
        clientID: "broker",
        authentication: .post, scope: Scope(names: ["read:user"]),
        mapping: UpstreamMapping(
            username: "upstream ->> 'login'",
            attributes: [
                "email": "(SELECT value ->> 'email' FROM json_each(upstream, '$.emails') WHERE value ->> 'primary')"
            ],
            verifiedDomains: [EmailDomain("hub.example")].compactMap(\.self),
            emailVerified:
                "(SELECT value ->> 'verified' FROM json_each(upstream, '$.emails') WHERE value ->> 'primary')"),
        oauth: PlainOAuth(
            authorizationEndpoint: WebURI(stored: "https://hub.example/authorize"),
            tokenEndpoint: WebURI(stored: "https://hub.example/token"),
            userinfoEndpoint: WebURI(stored: "https://api.hub.example/user"), subject: "id",
            additional: ["emails": WebURI(stored: "https://api.hub.example/user/emails")]))

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws { try self.init(straight: false) }

    private init(straight: Bool) throws {
        fixture = try HandlerFixture(
            signIn: SignInOptions(upstreams: [Self.hub], straight: straight ? Self.hub.name : nil))
        browser = HandlerBrowser(fixture)
        try fixture.add("offline", metadata: ["grant_types": ["authorization_code", "refresh_token"]])
        publish()
    }

    private func publish(
        token: String = #"{"access_token": "at-1", "token_type": "bearer", "scope": "read:user"}"#,
        user: String = #"{"id": 583231, "login": "octo", "name": "Octo Cat", "email": null, "sub": "forged"}"#,
        emails: String = #"[{"email": "o@other.example", "primary": false, "verified": false}, "#
            + #"{"email": "octo@hub.example", "primary": true, "verified": true}]"#
    ) {
        fixture.sectors.publish(token, at: "https://hub.example/token")
        fixture.sectors.publish(user, at: "https://api.hub.example/user")
        fixture.sectors.publish(emails, at: "https://api.hub.example/user/emails")
    }

    private func setOut(_ client: String = "app", _ request: Change = [:]) throws -> [String: String] {
        let page = browser.authorize(client, request)
        let redirect =
            page.status == .ok
            ? browser.send(.post, .upstream, page.hidden.fields, tail: "hub")
            : browser.send(.get, .upstream, try page.answer, tail: "hub")
        #expect(redirect.leads(to: "https://hub.example/authorize?"))
        return Dictionary(uniqueKeysWithValues: try redirect.answer)
    }

    private func callBack(_ asked: [String: String], _ changes: Change = [:]) -> Response {
        let fields = ["code": "c", "state": asked["state"] ?? ""].changed(by: changes)
        return browser.send(.get, .callback, fields.fields, tail: "hub")
    }

    private func link(_ subject: String = "583231") throws -> UpstreamLink {
        try fixture.store.upstreamLink(UpstreamLinkID(issuer: "https://hub.example/oauth", subject: subject))
            .orThrow("no link")
    }

    @Test func `whom userinfo names is signed in, with what the other endpoints say of them`() throws {
        let asked = try setOut()
        #expect(asked["scope"] == "read:user" && asked["code_challenge_method"] == "S256")
        for name in ["nonce", "prompt", "max_age", "acr_values"] { #expect(asked[name] == nil) }
        #expect(callBack(asked).leads(to: "https://app.example/callback?"))
        let session = try fixture.session()
        #expect(session.authTime == nil && session.acr == nil && session.upstream?.sid == nil)
        let user = try fixture.store.user(session.userID).orThrow("no user")
        #expect(user.username == Username("octo"))
        #expect(user.attributes == ["name": "Octo Cat", "email": "octo@hub.example", "email_verified": true])
        #expect(try link().userID == user.id)
        #expect(fixture.sectors.posted.first?.fields["client_secret"] == "its secret")
    }

    @Test func `a token that isn't a bearer's is given to nobody`() throws {
        let asked = try setOut()
        publish(token: #"{"access_token": "at-1", "token_type": "mac"}"#)
        #expect(!callBack(asked).leads(to: "https://app.example/callback?"))
        #expect(!fixture.sectors.calls.contains { $0.hasPrefix("https://api.hub.example") })
    }

    @Test(arguments: [
        #"[{"email": "octo@hub.example", "primary": true, "verified": false}]"#,
        #"[{"email": "octo@elsewhere.example", "primary": true, "verified": true}]"#,
    ])
    func `an address that isn't verified, or of a domain that isn't trusted, is not verified`(emails: String) throws {
        publish(emails: emails)
        _ = callBack(try setOut())
        let user = try fixture.store.user(try fixture.session().userID).orThrow("no user")
        #expect(user.attributes["email"] != nil && user.attributes["email_verified"] == nil)
    }

    @Test(arguments: [
        ("token", #"{"error": "bad_verification_code"}"#), ("token", "access_token=at-1&token_type=bearer"),
        ("token", "{}"), ("token", #"{"access_token": ""}"#), ("user", "[]"), ("user", "{}"), ("user", "x"),
        ("user", #"{"id": null}"#), ("user", #"{"id": true}"#), ("user", #"{"id": ""}"#), ("user", #"{"id": 1.5}"#),
        ("user", #"{"sub": "octo"}"#), ("emails", "x"),
    ])
    func `what doesn't say who they are begins no session`(endpoint: String, answer: String) throws {
        switch endpoint {
        case "token": publish(token: answer)
        case "user": publish(user: answer)
        default: publish(emails: answer)
        }
        let asked = try setOut()
        let before = try fixture.rows().filter { !$0.hasPrefix("spent_attempt") }
        #expect(callBack(asked).status == .badGateway)
        #expect(try fixture.rows().filter { !$0.hasPrefix("spent_attempt") } == before)
    }

    @Test(arguments: ["https://api.hub.example/user", "https://api.hub.example/user/emails"])
    func `nor does an endpoint that refuses the token`(uri: String) throws {
        fixture.sectors.publish("{}", status: 403, at: uri)
        #expect(callBack(try setOut()).status == .badGateway)
        fixture.sectors.publish("{}", status: 500, at: uri)
        #expect(callBack(try setOut()).status == .serviceUnavailable)
    }

    @Test func `an iss that comes is compared, and none needs to come`() throws {
        #expect(callBack(try setOut(), ["iss": "https://evil.example"]).status == .badGateway)
        #expect(callBack(try setOut(), ["iss": "https://hub.example/oauth"]).leads(to: "https://app.example/callback?"))
    }

    @Test(arguments: [["prompt": "none"], ["prompt": "login"], ["max_age": "60"]] as [Change])
    func `what it can't prove is said to the app at once`(request: Change) throws {
        let test = try OAuthUpstreamTests(straight: true)
        var answer = test.browser.authorize("app", request)
        if answer.leads(to: "https://login.example/oidc/upstream/hub?") {
            answer = test.browser.send(.get, .upstream, try answer.answer, tail: "hub")
        }
        #expect(answer.leads(to: "https://app.example/callback?"))
        #expect(answer.error == "login_required")
    }

    // MARK: While they are away

    private func refreshToken() throws -> String {
        let back = callBack(try setOut("offline", ["scope": "openid offline_access"]))
        let tokens = try browser.token(try back.parameter("code").orThrow("no code"), of: "offline").json()
        fixture.now = fixture.now + 301
        return try tokens["refresh_token"]?.stringValue.orThrow("no refresh token") ?? ""
    }

    private func refresh(_ token: String) -> Response {
        browser.token(
            "", of: "offline",
            [
                "grant_type": "refresh_token", "refresh_token": token, "code": nil, "redirect_uri": nil,
                "code_verifier": nil,
            ])
    }

    private var isSignedIn: Bool { (try? fixture.session()) != nil }

    @Test func `it is asked with the access token, and nothing changes while that serves`() throws {
        let token = try refreshToken()
        let calls = fixture.sectors.calls.filter { $0 == "https://api.hub.example/user" }.count
        #expect(refresh(token).status == .ok)
        #expect(fixture.sectors.calls.filter { $0 == "https://api.hub.example/user" }.count == calls + 1)
        #expect(try link().check.at == fixture.now)
    }

    @Test func `a token that it takes no more is the end of its user`() throws {
        let token = try refreshToken()
        fixture.sectors.publish("{}", status: 401, at: "https://api.hub.example/user")
        #expect(refresh(token).error == "invalid_grant")
        #expect(!isSignedIn)
    }

    @Test(arguments: [(403, "{}"), (200, #"{"id": 1}"#)])
    func `one that is refused for want of a right, or another's, wants a sign-in`(status: Int, body: String) throws {
        let token = try refreshToken()
        fixture.sectors.publish(body, status: status, at: "https://api.hub.example/user")
        #expect(refresh(token).error == "invalid_grant")
        #expect(isSignedIn)
        #expect(try link().check.needsSignIn)
    }

    @Test func `nor does one that has been asked too much say anything of its user`() throws {
        let token = try refreshToken()
        fixture.sectors.publish("{}", status: 403, isRateLimited: true, at: "https://api.hub.example/user")
        #expect(refresh(token).status == .ok)
        #expect(try isSignedIn && !link().check.needsSignIn)
    }

    @Test(arguments: [(500, "{}"), (429, "{}"), (404, "{}"), (302, ""), (200, "x")])
    func `what says nothing changes nothing within the grace`(status: Int, body: String) throws {
        let token = try refreshToken()
        fixture.sectors.publish(body, status: status, at: "https://api.hub.example/user")
        #expect(refresh(token).status == .ok)
        #expect(try isSignedIn && !link().check.needsSignIn)
    }

    @Test func `a token that has ended by itself is renewed, and without a refresh token wants a sign-in`() throws {
        publish(token: #"{"access_token": "at-1", "expires_in": 200, "refresh_token": "rt-1"}"#)
        let token = try refreshToken()
        fixture.sectors.publish("{}", status: 401, at: "https://api.hub.example/user")
        publish(token: #"{"access_token": "at-2", "expires_in": 200, "refresh_token": "rt-2"}"#)
        let answer = refresh(token)
        #expect(answer.status == .ok && fixture.sectors.posted.last?.fields["refresh_token"] == "rt-1")
        fixture.now = fixture.now + 301
        publish(token: #"{"error": "bad_refresh_token"}"#)
        #expect(refresh(try answer.json()["refresh_token"]?.stringValue ?? "").error == "invalid_grant")
        #expect(fixture.sectors.posted.last?.fields["refresh_token"] == "rt-2", "it was rotated there")
        #expect(isSignedIn)
    }

    @Test func `where it takes neither token before its time, its user is gone`() throws {
        publish(token: #"{"access_token": "at-1", "expires_in": 3600, "refresh_token": "rt-1"}"#)
        let token = try refreshToken()
        fixture.sectors.publish("{}", status: 401, at: "https://api.hub.example/user")
        fixture.sectors.publish(#"{"error": "invalid_grant"}"#, status: 400, at: "https://hub.example/token")
        #expect(refresh(token).error == "invalid_grant")
        #expect(!isSignedIn)
    }
}
