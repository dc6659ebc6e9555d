import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// Somebody signed in at an upstream that wants them to sign in again: they come back by it without a page, or choose anew.
struct UpstreamReturnTests {
    private static func upstream(
        _ name: String, _ parameters: [String: String], _ admission: UpstreamAdmission
    ) -> Upstream {
        Upstream(
            name: UpstreamName(name), title: "At \(name)", issuer: WebURI(stored: "https://\(name).example"),
            clientID: "broker", authentication: .post, scope: Scope(names: ["openid"]), algorithms: [.es256],
            domains: [EmailDomain("\(name).example")].compactMap(\.self), admission: admission,
            parameters: parameters)
    }

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser
    private let key: SigningKey

    init() throws { try self.init(hasPassword: true) }

    private init(
        hasPassword: Bool, straight: String? = nil, names: [String] = ["corp", "partner"],
        parameters: [String: String] = [:], admission: UpstreamAdmission = .everyone, isLocal: Bool = false
    ) throws {
        fixture = try HandlerFixture(
            signIn: SignInOptions(
                upstreams: names.map { Self.upstream($0, parameters, admission) }, hasPassword: hasPassword,
                straight: straight.map { UpstreamName($0) }, isLocal: isLocal))
        browser = HandlerBrowser(fixture)
        key = try SigningKey.generate(.es256)
        try fixture.add("one", metadata: ["upstreams": ["corp"]])
        try fixture.published.publish([key.publicKey.publicJWK], at: "https://corp.example/keys")
        for name in names {
            fixture.sectors.publish(
                """
                {"issuer": "https://\(name).example", "authorization_endpoint": "https://\(name).example/authorize",
                "token_endpoint": "https://\(name).example/token", "jwks_uri": "https://\(name).example/keys",
                "userinfo_endpoint": "https://\(name).example/userinfo"}
                """, at: "https://\(name).example/.well-known/openid-configuration")
        }
    }

    /// What corp's answer to that comes to.
    private func comeBack(_ away: Response, as subject: String = "amy-1") throws -> Response {
        let token = try JWS.sign(
            header: "JWT",
            claims: [
                "iss": "https://corp.example", "sub": .string(subject), "aud": "broker",
                "nonce": .string(try away.parameter("nonce") ?? ""), "exp": .integer(fixture.now.seconds + 60),
                "iat": .integer(fixture.now.seconds),
            ], key: key)
        let answer: JSON = [
            "id_token": .string(token), "access_token": "at-1", "expires_in": 3600, "refresh_token": "rt-1",
        ]
        fixture.sectors.publish(answer.text, at: "https://corp.example/token")
        fixture.sectors.publish(#"{"sub": "\#(subject)"}"#, at: "https://corp.example/userinfo")
        return callBack(away, ["code": "c"])
    }

    private func callBack(_ away: Response, _ answer: [String: String]) -> Response {
        let state = (try? away.parameter("state")) ?? ""
        return browser.send(.get, .callback, answer.merging(["state": state]) { $1 }.fields, tail: "corp")
    }

    /// Signs in at corp, which wants a new sign-in by now.
    private func signInOnce(_ status: Int = 400) throws {
        let start = browser.authorize("app", ["idp_hint": "corp"])
        _ = try comeBack(browser.send(.get, .upstream, try start.answer, tail: "corp"))
        fixture.now = fixture.now + 301
        fixture.sectors.publish(#"{"error": "invalid_grant"}"#, status: status, at: "https://corp.example/token")
    }

    /// From the app's request to what corp is asked, or the page that there is.
    private func arrive(_ client: String = "app", _ change: Change = [:]) throws -> Response {
        let asked = browser.authorize(client, change)
        #expect(asked.leads(to: "https://login.example/oidc/upstream/corp?"))
        return browser.send(.get, .upstream, try asked.answer, tail: "corp")
    }

    private static let there = "https://corp.example/authorize?"

    private func isSilent(_ response: Response) throws -> Bool {
        guard response.leads(to: Self.there) else { return false }
        return try response.parameter("prompt") == "none"
    }

    @Test func `whoever is signed in there still comes back without a page`() throws {
        try signInOnce()
        let away = try arrive()
        #expect(try isSilent(away))
        #expect(try comeBack(away).parameter("code") != nil)
        #expect(try browser.authorize().parameter("code") != nil, "and is asked no more")
    }

    @Test(arguments: ["login_required", "interaction_required", "access_denied", "invalid_request"])
    func `whoever isn't chooses where they sign in`(error: String) throws {
        try signInOnce()
        let page = callBack(try arrive(), ["error": error])
        #expect(page.status == .ok && page.shows("password"))
        #expect(page.text.contains("At corp") && page.text.contains("At partner"))
        #expect(browser.login(on: page).leads(to: "https://app.example/callback?"), "by a password of here")
    }

    @Test func `by the button they are asked there as usual`() throws {
        try signInOnce()
        let page = callBack(try arrive(), ["error": "login_required"])
        let away = browser.send(.post, .upstream, page.hidden.fields, tail: "corp")
        #expect(try away.leads(to: Self.there) && away.parameter("prompt") == nil)
        #expect(try comeBack(away).parameter("code") != nil)
    }

    @Test(arguments: [["idp_hint": "partner"], ["login_hint": "amy@partner.example"]])
    func `a hint counts as it does for anybody`(hint: [String: String]) throws {
        try signInOnce()
        let onward = try arrive("app", hint.mapValues { $0 })
        #expect(onward.leads(to: "https://login.example/oidc/upstream/partner?"))
        let away = browser.send(.get, .upstream, try onward.answer, tail: "partner")
        #expect(try away.leads(to: "https://partner.example/authorize?") && away.parameter("prompt") == nil)
    }

    @Test(
        arguments: [
            ["prompt": "login"], ["prompt": "select_account"], ["max_age": "60"],
            ["claims": #"{"id_token": {"sub": {"value": "another"}}}"#],
            ["claims": #"{"id_token": {"acr": {"essential": true, "values": ["gold"]}}}"#],
            ["claims": #"{"id_token": {"auth_time": {"essential": true}}}"#],
        ])
    func `who is to prove themselves anew is asked at once where`(request: [String: String]) throws {
        try signInOnce()
        let page = try arrive("app", request.mapValues { $0 })
        #expect(page.status == .ok && page.shows("password") && page.text.contains("At corp"))
    }

    // By prompt=none it would give no refresh token, and want a sign-in again after each interval.
    @Test func `one that gives what it is asked with by a page alone is not asked silently`() throws {
        let test = try UpstreamReturnTests(hasPassword: true, parameters: ["prompt": "consent"])
        try test.signInOnce()
        let page = try test.arrive()
        #expect(page.status == .ok && page.shows("password"))
        let away = test.browser.send(.post, .upstream, page.hidden.fields, tail: "corp")
        #expect(try away.leads(to: Self.there) && away.parameter("prompt") == "consent")
    }

    @Test func `what goes wrong while it is asked silently leads on as well`() throws {
        try signInOnce()
        let away = try arrive()
        fixture.sectors.publish(#"{"error": "invalid_client"}"#, status: 401, at: "https://corp.example/token")
        let page = callBack(away, ["code": "c"])
        #expect(page.status == .ok && page.shows("password") && page.text.contains("At partner"))
        #expect(browser.login(on: page).leads(to: "https://app.example/callback?"))
    }

    @Test func `who is signed in there and may not come in here is told so, and may choose`() throws {
        let test = try UpstreamReturnTests(hasPassword: true, admission: .whoever("upstream ->> 'sub' = 'amy-1'"))
        try test.signInOnce()
        let page = try test.comeBack(test.arrive(), as: "bob-1")
        #expect(page.status == .forbidden && page.text.contains("may not be used here"))
        #expect(page.shows("password") && page.text.contains("At partner"))
        #expect(test.browser.login(on: page).leads(to: "https://app.example/callback?"))
    }

    @Test func `where everybody signs in here, whoever was led elsewhere and took too long finds it`() throws {
        let test = try UpstreamReturnTests(hasPassword: true, isLocal: true)
        let start = test.browser.authorize("app", ["idp_hint": "corp"])
        let away = test.browser.send(.get, .upstream, try start.answer, tail: "corp")
        test.fixture.now = test.fixture.now + test.fixture.provider.lifetimes.attempt
        let page = try test.comeBack(away)
        #expect(page.text.contains("At corp") && !page.text.contains("At partner"))
    }

    @Test func `whoever has signed in otherwise meanwhile goes on as whom they are`() throws {
        try signInOnce()
        let asked = browser.authorize()
        #expect(browser.login(on: try arrive("app", ["prompt": "login"])).leads(to: "https://app.example/callback?"))
        let back = browser.send(.get, .upstream, try asked.answer, tail: "corp")
        #expect(try back.parameter("code") != nil, "and isn't asked at the other place")
    }

    @Test func `a silent request asks there as it did, and shows nothing`() throws {
        try signInOnce()
        let away = try arrive("app", ["prompt": "none"])
        #expect(try isSilent(away))
        let answer = callBack(away, ["error": "login_required"])
        #expect(answer.leads(to: "https://app.example/callback?") && answer.error == "login_required")
    }

    @Test func `where there is one place alone they go straight there`() throws {
        try signInOnce()
        let own = try arrive("one")
        #expect(try own.leads(to: Self.there) && own.parameter("prompt") == nil)
        let only = try UpstreamReturnTests(hasPassword: false, names: ["corp"])
        try only.signInOnce()
        let away = try only.arrive()
        #expect(try away.leads(to: Self.there) && away.parameter("prompt") == nil)
    }

    @Test func `where everybody goes they go too`() throws {
        let test = try UpstreamReturnTests(hasPassword: true, straight: "partner")
        try test.signInOnce()
        #expect(try test.arrive().leads(to: "https://login.example/oidc/upstream/partner?"))
        let own = try UpstreamReturnTests(hasPassword: true, straight: "corp")
        try own.signInOnce()
        let onward = try own.arrive()
        let away = own.browser.send(.get, .upstream, try onward.answer, tail: "corp")
        #expect(try away.leads(to: Self.there) && away.parameter("prompt") == nil)
    }

    @Test func `who is gone there chooses at once`() throws {
        try signInOnce()
        fixture.sectors.publish("", status: 401, at: "https://corp.example/userinfo")
        let page = try arrive()
        #expect(page.status == .ok && page.shows("password") && page.text.contains("At partner"))
        #expect(throws: Missing.self) { try fixture.session() }
    }

    @Test func `one that has not answered for too long is said not to`() throws {
        try signInOnce()
        fixture.now = fixture.now + UpstreamRhythm().grace
        for path in ["/token", "/userinfo", "/.well-known/openid-configuration"] {
            fixture.sectors.fail(.unreachable("down"), at: "https://corp.example" + path)
        }
        let breaker = fixture.provider.upstreams.breaker
        for _ in 0..<CircuitBreaker.limit { breaker.note(UpstreamName("corp"), answered: false) }
        let page = try arrive()
        #expect(page.status == .serviceUnavailable && page.text.contains("does not answer"))
        #expect(page.text.contains("At partner") && page.shows("password"))
    }

    @Test func `an outage while it is looked is said to be one`() throws {
        try signInOnce()
        let page = callBack(try arrive(), ["error": "temporarily_unavailable"])
        #expect(page.status == .serviceUnavailable && page.text.contains("does not answer"))
    }

    @Test func `pages of our own lead to the same`() throws {
        try signInOnce()
        let start = browser.send(.get, .account, [])
        let asked = browser.send(.get, .authorize, try start.answer)
        let away = browser.send(.get, .upstream, try asked.answer, tail: "corp")
        #expect(try isSilent(away))
        let page = callBack(away, ["error": "login_required"])
        #expect(browser.login(on: page).leads(to: "https://login.example/oidc/account/signed-in?"))
        #expect(browser.send(.get, .account, []).status == .ok)
    }

    @Test func `an address of another browser's leads to the login page`() throws {
        try signInOnce()
        let asked = browser.authorize()
        let other = HandlerBrowser(fixture)
        let page = other.send(.get, .upstream, try asked.answer, tail: "corp")
        #expect(page.status == .ok && page.shows("password"))
    }
}
