import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// A sign-in at an upstream: OpenID Connect Core §3.1, as its client.
struct UpstreamSignInTests {
    private static let corp = Upstream(
        name: UpstreamName("corp"), title: "Corp", issuer: WebURI(stored: "https://corp.example/realm"),
        clientID: "broker",
        authentication: .basic, scope: Scope(names: ["openid", "profile"]), algorithms: [.es256],
        mapping: UpstreamMapping(
            attributes: ["department": "upstream ->> 'dept'"],
            roles: [RoleID("editor"): "EXISTS (SELECT 1 FROM json_each(upstream, '$.groups') WHERE value = 'editors')"])
    )

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser
    private let key: SigningKey

    init() throws { try self.init(straight: false) }

    private init(straight: Bool, admission: UpstreamAdmission = .everyone) throws {
        let corp = Self.corp
        let upstream = Upstream(
            name: corp.name, title: corp.title, issuer: corp.issuer, clientID: corp.clientID,
            authentication: corp.authentication, scope: corp.scope, algorithms: corp.algorithms, domains: corp.domains,
            admission: admission, mapping: corp.mapping)
        fixture = try HandlerFixture(
            signIn: SignInOptions(upstreams: [upstream], straight: straight ? upstream.name : nil))
        browser = HandlerBrowser(fixture)
        key = try SigningKey.generate(.es256)
        try fixture.store.add(Role(RoleID("editor")))
        try fixture.published.publish([key.publicKey.publicJWK], at: "https://corp.example/keys")
        fixture.sectors.publish(Self.discovery, at: "https://corp.example/realm/.well-known/openid-configuration")
    }

    private static let discovery = """
        {"issuer": "https://corp.example/realm", "authorization_endpoint": "https://corp.example/authorize",
        "token_endpoint": "https://corp.example/token", "jwks_uri": "https://corp.example/keys"}
        """

    /// From the login page's button to the upstream's authorization endpoint.
    private func setOut(_ request: Change = [:]) throws -> [String: String] {
        let page = browser.authorize("app", request)
        let redirect =
            page.status == .ok
            ? browser.send(.post, .upstream, page.hidden.fields, tail: "corp")
            : browser.send(.get, .upstream, try page.answer, tail: "corp")
        #expect(redirect.leads(to: "https://corp.example/authorize?"))
        return Dictionary(uniqueKeysWithValues: try redirect.answer)
    }

    /// Publishes what the token endpoint answers, for the nonce that it was sent.
    private func sign(
        _ asked: [String: String], _ changes: [String: JSON?] = [:], by other: SigningKey? = nil, type: String = "JWT",
        tokenType: JSON? = "Bearer"
    ) throws {
        var claims: [String: JSON?] = [
            "iss": "https://corp.example/realm", "sub": "amy-1", "aud": "broker",
            "nonce": .string(asked["nonce"] ?? ""),
            "exp": .integer(fixture.now.seconds + 300), "iat": .integer(fixture.now.seconds), "sid": "s-1",
            "auth_time": .integer(fixture.now.seconds - 30), "amr": ["mfa"], "acr": "gold", "name": "Amy",
            "preferred_username": "amy", "groups": ["editors", "readers"], "dept": "Sales",
        ]
        claims.merge(changes) { _, new in new }
        let token = try JWS.sign(
            header: type, claims: .object(claims.compactMapValues { $0 }), key: other ?? key)
        var answer: [String: JSON] = ["access_token": "at", "id_token": .string(token)]
        answer["token_type"] = tokenType
        fixture.sectors.publish(JSON.object(answer).text, at: "https://corp.example/token")
    }

    private func callBack(_ asked: [String: String], _ changes: Change = [:], tail: String = "corp") -> Response {
        let fields = ["code": "c", "state": asked["state"] ?? ""].changed(by: changes)
        return browser.send(.get, .callback, fields.fields, tail: tail)
    }

    @Test func `who signs in there is signed in here, and the app gets its code`() throws {
        let asked = try setOut()
        #expect(asked["client_id"] == "broker" && asked["response_type"] == "code")
        #expect(asked["redirect_uri"] == "https://login.example/oidc/callback/corp")
        #expect(asked["scope"] == "openid profile" && asked["code_challenge_method"] == "S256")
        try sign(asked)
        let redirect = callBack(asked)
        #expect(redirect.leads(to: "https://app.example/callback?"))
        #expect(try redirect.parameter("state") == "the state")

        let posted = try fixture.sectors.posted.first.orThrow("nothing was posted").fields
        #expect(posted["code"] == "c" && posted["grant_type"] == "authorization_code")
        let verifier = try CodeVerifier(posted["code_verifier"] ?? "")
        #expect(try CodeChallenge(asked["code_challenge"] ?? "", method: "S256").accepts(verifier))

        let session = try fixture.session()
        #expect(session.authTime == fixture.now - 30 && session.signedInAt == fixture.now)
        #expect(session.amr == ["mfa"] && session.acr == "gold" && session.upstream?.sid == "s-1")
        let user = try fixture.store.user(session.userID).orThrow("no user")
        #expect(user.username == Username("amy") && user.passwordHash == nil)
        #expect(user.attributes == ["name": "Amy", "department": "Sales"])
        #expect(user.roles == [RoleID("editor")])
    }

    @Test func `what it doesn't say of the sign-in nobody is told`() throws {
        let asked = try setOut()
        try sign(asked, ["auth_time": 0, "acr": nil])
        let code = try callBack(asked).parameter("code").orThrow("no code")
        let session = try fixture.session()
        #expect(session.authTime == nil && session.acr == nil && session.signedInAt == fixture.now)
        let token = try browser.token(code).json()["id_token"]?.stringValue.orThrow("no ID token") ?? ""
        let claims = try JSON(parsing: try UnverifiedJWS(token).unverifiedPayload)
        #expect(claims["sub"] != nil && claims["auth_time"] == nil && claims["acr"] == nil)

        #expect(try browser.authorize("app", ["prompt": "none"]).parameter("code") != nil)
        let silent = browser.authorize("app", ["prompt": "none", "max_age": "60"])
        #expect(silent.error == "login_required")
        let wants = try setOut(["claims": #"{"id_token": {"auth_time": {"essential": true}}}"#])
        try sign(wants, ["auth_time": nil])
        #expect(callBack(wants).error == "login_required", "an app that needs the time isn't told another")
        let again = try setOut(["claims": #"{"id_token": {"auth_time": {"essential": true}}}"#])
        try sign(again)
        #expect(try callBack(again).parameter("code") != nil, "nor refused where the upstream says it")
    }

    @Test func `what was taken away there is taken away here, and what was given here stays`() throws {
        var asked = try setOut()
        try sign(asked)
        _ = callBack(asked)
        var user = try fixture.store.user(try fixture.session().userID).orThrow("no user")
        user.attributes["phone_number"] = "1"
        user.roles.insert(RoleID("auditor"))
        try fixture.store.add(Role(RoleID("auditor")))
        try fixture.store.replace(user, ending: .nothing)
        asked = try setOut(["prompt": "login"])
        #expect(asked["prompt"] == "login" && asked["max_age"] == "31536000", "so that it says when")
        try sign(
            asked,
            ["groups": ["readers"], "dept": nil, "name": "Amelia", "auth_time": .integer(fixture.now.seconds)])
        #expect(callBack(asked).leads(to: "https://app.example/callback?"))
        let changed = try fixture.store.user(user.id).orThrow("no user")
        #expect(changed.attributes == ["name": "Amelia", "phone_number": "1"])
        #expect(changed.roles == [RoleID("auditor")] && changed.username == Username("amy"))
    }

    @Test func `a state serves once, and whoever reloads goes on with their session`() throws {
        let asked = try setOut()
        try sign(asked)
        #expect(callBack(asked).leads(to: "https://app.example/callback?"))
        let posts = fixture.sectors.posted.count
        #expect(callBack(asked, ["code": "another"]).leads(to: "https://app.example/callback?"))
        #expect(fixture.sectors.posted.count == posts, "the second code is not redeemed")
    }

    @Test func `an answer that comes when the page is too old begins no session, and asks nobody`() throws {
        let asked = try setOut()
        try sign(asked)
        fixture.now = fixture.now + 30 * 60 + 1
        let page = callBack(asked)
        #expect(!page.leads(to: "https://app.example/callback?") && page.hidden["attempt"] != nil)
        #expect(fixture.sectors.posted.isEmpty)
    }

    @Test(
        arguments: [
            String(repeating: "z", count: 255), String(repeating: "é", count: 100), " amy", "amy\u{0}", "a\u{202E}b",
            String(repeating: "y", count: 124),
        ])
    func `whose sub can be in no user name is called by its digest`(sub: String) throws {
        let nameless: [String: JSON?] = ["preferred_username": nil, "sub": .string(sub)]
        for _ in 0..<2 {
            browser.cookies = [:]
            let asked = try setOut()
            try sign(asked, nameless)
            #expect(callBack(asked).leads(to: "https://app.example/callback?"))
        }
        let users = try fixture.store.users(after: nil, limit: 9).filter { $0.username.value.hasPrefix("user-") }
        #expect(users.count == 1 && users[0].username.value.utf8.count == 21, "\(users.map(\.username))")
        let link = UpstreamLinkID(issuer: "https://corp.example/realm", subject: sub)
        #expect(try fixture.store.upstreamLink(link)?.userID == users.first?.id)
    }

    @Test func `a sub that can be in a user name is, and so is another name`() throws {
        var asked = try setOut()
        try sign(asked, ["preferred_username": nil])
        #expect(callBack(asked).leads(to: "https://app.example/callback?"))
        #expect(try fixture.store.user(named: Username("amy-1@corp")) != nil)
        browser.cookies = [:]
        asked = try setOut()
        try sign(asked, ["preferred_username": "eve", "sub": " eve"])
        #expect(callBack(asked).leads(to: "https://app.example/callback?"))
        #expect(try fixture.store.user(named: Username("eve")) != nil)
    }

    @Test func `an account of the same name or address is never taken for theirs`() throws {
        let asked = try setOut()
        try sign(asked, ["preferred_username": "ann", "email": "ann@app.example", "email_verified": true])
        #expect(callBack(asked).leads(to: "https://app.example/callback?"))
        let user = try fixture.store.user(try fixture.session().userID).orThrow("no user")
        #expect(user.username == Username("ann@app.example"))
        #expect(user.attributes["email_verified"] == nil, "the upstream isn't trusted for that domain")
    }

    @Test(
        arguments: [
            ["iss": "https://evil.example"], ["iss": nil], ["aud": "other"], ["aud": ["broker", "other"]], ["aud": nil],
            ["azp": "other"], ["nonce": "another"], ["nonce": nil], ["exp": 1_799_999_900], ["exp": nil], ["iat": nil],
            ["iat": 1_800_000_100], ["nbf": 1_800_000_100], ["sub": nil], ["sub": ""], ["sub": 7],
            ["sub": .string(String(repeating: "s", count: 256))], ["at_hash": "another"],
        ] as [[String: JSON?]])
    func `an ID token that isn't of this sign-in begins no session`(changes: [String: JSON?]) throws {
        let asked = try setOut()
        try sign(asked, changes)
        let before = try fixture.rows().filter { !$0.hasPrefix("spent_attempt") }
        expectRefusal(callBack(asked), .badGateway)
        #expect(try fixture.rows().filter { !$0.hasPrefix("spent_attempt") } == before)
    }

    @Test func `one that another key signed, or none, begins no session`() throws {
        var asked = try setOut()
        try sign(asked, by: .generate(.es256))
        expectRefusal(callBack(asked), .badGateway)
        asked = try setOut()
        let none = "\(Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))).\(Base64URL.encode(Array("{}".utf8)))."
        fixture.sectors.publish(#"{"access_token": "at", "id_token": "\#(none)"}"#, at: "https://corp.example/token")
        expectRefusal(callBack(asked), .badGateway)
        asked = try setOut()
        try sign(asked, by: .generate(.rs256))
        expectRefusal(callBack(asked), .badGateway)
        asked = try setOut()
        fixture.sectors.publish(#"{"access_token": "at"}"#, at: "https://corp.example/token")
        expectRefusal(callBack(asked), .badGateway)
    }

    /// What the administrator is told of the last sign-in that came to nothing.
    private func reason() throws -> String {
        fixture.store.settleObservations()
        return try fixture.store.upstreamHealth(at: fixture.now)[UpstreamName("corp")]?.failure?.reason ?? ""
    }

    @Test func `what is wrong with an ID token is told as it is`() throws {
        var asked = try setOut()
        try sign(asked, ["groups": .string(String(repeating: "g", count: 16 * 1024))])
        expectRefusal(callBack(asked), .badGateway)
        #expect(try reason().contains("more than 16384 bytes"))
        asked = try setOut()
        try sign(asked, type: "at+jwt")
        expectRefusal(callBack(asked), .badGateway)
        #expect(try reason().contains("its typ is at+jwt"))
        asked = try setOut()
        try sign(asked, by: .generate(.es256))
        expectRefusal(callBack(asked), .badGateway)
        #expect(try reason().contains("no key that the upstream publishes"))
    }

    @Test(arguments: ["Bearer", "bearer", "BEARER", nil, .null] as [JSON?])
    func `a bearer token is one however it is written`(type: JSON?) throws {
        let asked = try setOut()
        try sign(asked, tokenType: type)
        #expect(callBack(asked).leads(to: "https://app.example/callback?"))
    }

    @Test(arguments: ["DPoP", "mac", "", 7, .string(String(repeating: "x", count: 999))] as [JSON])
    func `a token of another type isn't used`(type: JSON) throws {
        let asked = try setOut()
        try sign(asked, tokenType: type)
        expectRefusal(callBack(asked), .badGateway)
        let said = try reason()
        #expect(said.contains("token_type is \(type.text.prefix(64))") && said.utf8.count < 200)
        #expect(try fixture.rows().allSatisfy { !$0.hasPrefix("upstream_link") })
    }

    @Test(
        arguments: [
            (["state": nil], Status.badRequest), (["state": "x"], .badRequest), (["code": nil], .badGateway),
            (["error": "server_error"], .badGateway), (["code": nil, "error": "server_error"], .serviceUnavailable),
            (["iss": "https://evil.example"], .badGateway),
        ] as [(Change, Status)])
    func `an answer that can't be read is a page that leads on`(changes: Change, status: Status) throws {
        let asked = try setOut()
        try sign(asked)
        expectRefusal(callBack(asked, changes), status)
    }

    @Test func `an answer of another upstream, or in another browser, begins no session`() throws {
        let asked = try setOut()
        try sign(asked)
        expectRefusal(callBack(asked, tail: "other"), .notFound)
        let stranger = HandlerBrowser(fixture)
        expectRefusal(
            stranger.send(.get, .callback, ["code": "c", "state": asked["state"] ?? ""].fields, tail: "corp"),
            .badRequest)
        _ = stranger.authorize()
        expectRefusal(
            stranger.send(.get, .callback, ["code": "c", "state": asked["state"] ?? ""].fields, tail: "corp"),
            .forbidden)
        #expect(callBack(asked).leads(to: "https://app.example/callback?"), "and the right one still serves")
    }

    @Test func `a user who turns back there is told of as one who turns back here`() throws {
        let asked = try setOut()
        let answer = callBack(asked, ["code": nil, "error": "access_denied"])
        #expect(answer.leads(to: "https://app.example/callback?"))
        #expect(try answer.parameter("error") == "access_denied")
    }

    // MARK: Userinfo

    private func publishUserinfo(
        _ asked: [String: String], _ changes: [String: JSON?] = [:], by other: SigningKey? = nil,
        type: String = "application/jwt"
    ) throws {
        var claims: [String: JSON?] = [
            "iss": "https://corp.example/realm", "aud": "broker", "sub": "amy-1", "nickname": "A",
        ]
        claims.merge(changes) { _, new in new }
        let token = try JWS.sign(header: "JWT", claims: .object(claims.compactMapValues { $0 }), key: other ?? key)
        fixture.sectors.publish(token, type: type, at: "https://corp.example/userinfo")
        try sign(asked)
    }

    private func setOutWithUserinfo() throws -> [String: String] {
        let document = Self.discovery.dropLast() + #", "userinfo_endpoint": "https://corp.example/userinfo"}"#
        fixture.sectors.publish(
            String(document), at: "https://corp.example/realm/.well-known/openid-configuration")
        return try setOut()
    }

    @Test func `userinfo may be signed`() throws {
        let asked = try setOutWithUserinfo()
        try publishUserinfo(asked, type: "application/jwt; charset=utf-8")
        #expect(callBack(asked).leads(to: "https://app.example/callback?"))
        let user = try fixture.store.user(try fixture.session().userID).orThrow("no user")
        #expect(user.attributes["nickname"] == "A" && user.attributes["name"] == "Amy")
    }

    @Test(
        arguments: [
            ["iss": "https://evil.example"], ["iss": nil], ["aud": "other"], ["aud": nil], ["aud": []], ["sub": "bob"],
            ["sub": nil], ["nonce": "n"], ["events": [:]],
        ] as [[String: JSON?]])
    func `signed userinfo that isn't of this upstream, for us, about this user begins no session`(
        changes: [String: JSON?]
    ) throws {
        let asked = try setOutWithUserinfo()
        try publishUserinfo(asked, changes)
        expectRefusal(callBack(asked), .badGateway)
    }

    @Test(
        arguments: [
            (["exp": 59], true), (["exp": -59], true), (["exp": -60], false), (["exp": -86_400], false),
            (["nbf": 60, "iat": 86_400], true), (["nbf": 61], false), (["nbf": 86_400, "exp": 90_000], false),
        ] as [([String: Int64], Bool)])
    func `signed userinfo counts in its time, give or take a minute`(times: [String: Int64], counts: Bool) throws {
        let asked = try setOutWithUserinfo()
        try publishUserinfo(asked, times.mapValues { .integer(fixture.now.seconds + $0) })
        let answer = callBack(asked)
        if counts {
            #expect(answer.leads(to: "https://app.example/callback?"))
        } else {
            expectRefusal(answer, .badGateway)
        }
    }

    @Test(arguments: [["exp": "tomorrow"], ["nbf": .null], ["exp": -1]] as [[String: JSON?]])
    func `nor does one whose times are none`(changes: [String: JSON?]) throws {
        let asked = try setOutWithUserinfo()
        try publishUserinfo(asked, changes)
        expectRefusal(callBack(asked), .badGateway)
    }

    @Test func `nor does one of another key or algorithm, an unsigned one, or one that says it is JSON`() throws {
        var asked = try setOutWithUserinfo()
        try publishUserinfo(asked, by: .generate(.es256))
        expectRefusal(callBack(asked), .badGateway)
        asked = try setOut()
        try publishUserinfo(asked, by: .generate(.rs256))
        expectRefusal(callBack(asked), .badGateway)
        asked = try setOut()
        try publishUserinfo(asked, type: "application/json")
        expectRefusal(callBack(asked), .badGateway)
        for body in [#"{"sub": "amy-1"}"#, "x.y.z", "a.b.c.d.e", ""] {
            asked = try setOut()
            try sign(asked)
            fixture.sectors.publish(body, type: "application/jwt", at: "https://corp.example/userinfo")
            expectRefusal(callBack(asked), .badGateway)
        }
        let none = "\(Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))).\(Base64URL.encode(Array("{}".utf8)))."
        asked = try setOut()
        try sign(asked)
        fixture.sectors.publish(none, type: "application/jwt", at: "https://corp.example/userinfo")
        expectRefusal(callBack(asked), .badGateway)
    }

    @Test func `claims that are to be fetched elsewhere are missed where something depends on them`() throws {
        var asked = try setOut()
        try sign(asked, ["groups": nil, "_claim_names": ["groups": "src1"]])
        expectRefusal(callBack(asked), .badGateway)
        asked = try setOut()
        try sign(asked, ["_claim_names": ["cars": "src1"]])
        #expect(callBack(asked).leads(to: "https://app.example/callback?"))
    }

    @Test func `an upstream that is down is said so on a page with a way on`() throws {
        let asked = try setOut()
        fixture.sectors.fail(.unreachable("down"), at: "https://corp.example/token")
        let answer = callBack(asked)
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.text.contains("does not answer at the moment"))
        fixture.sectors.publish("busy", status: 503, at: "https://corp.example/token")
        #expect(callBack(try setOut()).status == .serviceUnavailable)
    }

    @Test func `who is disabled here stays out`() throws {
        var asked = try setOut()
        try sign(asked)
        _ = callBack(asked)
        var user = try fixture.store.user(try fixture.session().userID).orThrow("no user")
        user.isDisabled = true
        try fixture.store.replace(user, ending: .everything)
        asked = try setOut()
        try sign(asked)
        let answer = callBack(asked)
        expectRefusal(answer, .forbidden)
        #expect(answer.text.contains("Your account here is disabled") && !answer.text.contains("no account here"))
    }

    @Test(arguments: [
        (UpstreamAdmission.nobody, false), (.whoever("upstream ->> 'dept' = 'Sales'"), true),
        (.whoever("upstream ->> 'dept' = 'Board'"), false), (.whoever("upstream ->> 'none' != 'x'"), false),
    ])
    func `a rule says who becomes a user`(admission: UpstreamAdmission, comesIn: Bool) throws {
        let test = try UpstreamSignInTests(straight: false, admission: admission)
        let asked = try test.setOut()
        try test.sign(asked)
        let answer = test.callBack(asked)
        if comesIn {
            #expect(answer.leads(to: "https://app.example/callback?"))
        } else {
            expectRefusal(answer, .forbidden)
            #expect(try test.fixture.store.users(after: nil, limit: 9).count == 1)
        }
    }

    @Test func `straight to the only upstream nobody sees a page, prompt none included`() throws {
        let test = try UpstreamSignInTests(straight: true)
        let asked = try test.setOut(["prompt": "none"])
        #expect(asked["prompt"] == "none")
        let answer = test.callBack(asked, ["code": nil, "error": "login_required"])
        #expect(answer.leads(to: "https://app.example/callback?"))
        #expect(try answer.parameter("error") == "login_required")
        let silent = try test.setOut(["prompt": "none"])
        try test.sign(silent)
        #expect(try test.callBack(silent).parameter("code") != nil)
        let again = test.browser.authorize("app", ["prompt": "none"])
        #expect(try again.parameter("code") != nil, "our own session answers from then on")
    }

    // A frame of another site's page brings no cookie of ours, and keeps none.
    @Test func `in a frame without cookies prompt none is told to the app`() throws {
        let test = try UpstreamSignInTests(straight: true)
        let asked = try test.setOut(["prompt": "none"])
        try test.sign(asked)
        let answer = HandlerBrowser(test.fixture).send(
            .get, .callback, ["code": "c", "state": asked["state"] ?? ""].fields, tail: "corp")
        #expect(answer.leads(to: "https://app.example/callback?"))
        #expect(try answer.parameter("error") == "login_required")
    }

    @Test(
        arguments: [
            (["prompt": "login"], JSON.integer(1_799_999_000), false), (["prompt": "login"], nil, false),
            (["prompt": "login"], .integer(0), false), (["max_age": "3600"], .integer(0), false),
            (["prompt": "login"], .integer(1_800_000_000), true), (["max_age": "60"], .integer(1_799_999_000), false),
            (["max_age": "60"], nil, false), (["max_age": "3600"], .integer(1_799_999_000), true),
            ([:], .integer(1_700_000_000), true), ([:], nil, true),
        ] as [(Change, JSON?, Bool)])
    func `a proof that was to be new must be`(request: Change, authTime: JSON?, isTaken: Bool) throws {
        let asked = try setOut(request)
        try sign(asked, ["auth_time": authTime])
        let answer = callBack(asked)
        if isTaken {
            #expect(answer.leads(to: "https://app.example/callback?"))
        } else {
            expectRefusal(answer, .badGateway)
        }
    }

    private func expectRefusal(_ answer: Response, _ status: Status) {
        #expect(answer.status == status)
        #expect(answer[.contentType]?.text.hasPrefix("text/html") ?? false)
    }
}
