import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// Rules and custom claims along a sign-in, from the request to the tokens.
struct PolicyHandlerTests {
    private func rule(
        _ expression: String, scope: String? = nil, effect: PolicyRule.Effect = .require
    ) throws -> PolicyRule {
        PolicyRule(name: "rule", scope: try scope.map { try Scope($0) }, effect: effect, expression: expression)
    }

    private func claim(
        _ name: String, _ source: ClaimSource, scope: String? = nil, isRequired: Bool = false
    ) throws -> CustomClaim {
        CustomClaim(
            id: ClaimID(name), name: try #require(ClaimName(name)), clientID: nil, source: source, scope: scope,
            destinations: nil, isRequired: isRequired, createdAt: HandlerFixture.noon, updatedAt: HandlerFixture.noon)
    }

    /// What the app is told after a sign-in.
    private func answer(_ browser: HandlerBrowser, _ change: Change = [:]) throws -> [String: String] {
        try answer(of: browser.login(on: browser.authorize("app", change)))
    }

    private func answer(of response: Response) throws -> [String: String] {
        Dictionary(try response.answer.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `a rule about the whole request refuses with access_denied, and the log says which`() throws {
        let fixture = try HandlerFixture(rules: [rule("in_network(request ->> 'address', '10.0.0.0/8')")])
        let answer = try answer(HandlerBrowser(fixture))
        #expect(answer["error"] == "access_denied")
        #expect(answer["error_description"]?.contains("rule\"") == false, "the client isn't told which")
        #expect(fixture.logged.contains { $0.contains("cause=rule: \"rule\": it gave 0, not 1") })
    }

    @Test(arguments: ["json(user ->> 'name')", "user ->> 'none'", "hex(hex(hex(hex(hex(hex(hex(hex(hex(user)))))))))"])
    func `a rule that fails for a user leaves its scope out, and the log says so`(expression: String) throws {
        let fixture = try HandlerFixture(rules: [rule(expression, scope: "email")])
        let browser = HandlerBrowser(fixture)
        let tokens = try browser.token(try browser.code()).json()
        #expect(tokens["scope"] == "openid")
        #expect(fixture.logged.contains { $0.contains("rules narrowed what is granted") })
    }

    // The sign-in's own address decides, not that of the client's server.
    @Test func `a rule holds at the code exchange by the sign-in's request`() throws {
        let fixture = try HandlerFixture(rules: [
            rule("request ->> 'address' IS NOT NULL AND request ->> '$.untrusted.login_hint' = 'ann'", scope: "email")
        ])
        let browser = HandlerBrowser(fixture)
        let tokens = try browser.token(try browser.code("app", ["login_hint": "ann"])).json()
        #expect(tokens["scope"] == "openid email")
        #expect(try HandlerBrowser(fixture).token(HandlerBrowser(fixture).code()).json()["scope"] == "openid")
    }

    @Test func `what a user lost since the code was made is not exchanged`() throws {
        let fixture = try HandlerFixture(rules: [rule("user ->> 'email' = 'ann@app.example'", scope: "email")])
        let browser = HandlerBrowser(fixture)
        let code = try browser.code()
        var ann = try #require(try fixture.store.user(named: Username("ann")))
        ann.attributes["email"] = "other@app.example"
        try fixture.store.replace(ann, ending: .nothing)
        #expect(browser.token(code).error == "invalid_grant")
        #expect(fixture.logged.contains { $0.contains("\"rule\": it gave 0, not 1") })
    }

    @Test func `custom claims are where they go, and an optional one that fails is left out with a line in the log`()
        throws
    {
        let fixture = try HandlerFixture()
        for new in try [
            claim("https://example.com/x", .constant(["a": 1])),
            claim("/nested/mail", .attribute("email"), scope: "email"),
            claim("asked", .expression("request ->> '$.untrusted.scope'")),
            claim("broken", .expression("json(user ->> 'name')")),
            claim("none", .expression("NULL")), claim("hidden", .constant(1), scope: "profile"),
        ] {
            try fixture.store.add(new)
        }
        let browser = HandlerBrowser(fixture)
        let tokens = try browser.token(try browser.code()).json()
        let access = try claims(tokens["access_token"])
        #expect(access["https://example.com/x"] == ["a": 1])
        #expect(access["nested"] == ["mail": "ann@app.example"])
        #expect(access["asked"] == "openid email")
        for name in ["broken", "none", "hidden"] { #expect(access[name] == nil) }
        #expect(try claims(tokens["id_token"])["nested"] == nil)
        let userInfo = try browser.userInfo("Bearer \(tokens["access_token"]?.stringValue ?? "")").json()
        #expect(userInfo["nested"] == ["mail": "ann@app.example"])
        #expect(
            fixture.logged.contains {
                $0.hasPrefix("warning a claim was left out") && $0.contains("claim=broken")
                    && $0.contains("malformed JSON")
            })
    }

    @Test func `a required claim fails the sign-in, and whoever has it gets in`() throws {
        let fixture = try HandlerFixture()
        try fixture.store.add(claim("department", .attribute("department"), isRequired: true))
        #expect(try answer(HandlerBrowser(fixture))["error"] == "access_denied")
        #expect(fixture.logged.contains { $0.contains("the required claim department has no value for this user") })
        var ann = try #require(try fixture.store.user(named: Username("ann")))
        ann.attributes["department"] = "sales"
        try fixture.store.replace(ann, ending: .nothing)
        let browser = HandlerBrowser(fixture)
        let code = try browser.code()
        #expect(try claims(browser.token(code).json()["access_token"])["department"] == "sales")
    }

    @Test func `a required claim that fails meanwhile spends no code`() throws {
        let fixture = try HandlerFixture()
        let browser = HandlerBrowser(fixture)
        let code = try browser.code()
        let broken = try claim("x", .expression("json(user ->> 'name')"), isRequired: true)
        try fixture.store.add(broken)
        #expect(browser.token(code).error == "server_error")
        #expect(try answer(HandlerBrowser(fixture))["error"] == "server_error")
        _ = try fixture.store.removeCustomClaim(broken.id)
        #expect(browser.token(code).status == .ok, "it can be used when the claim is mended")
    }

    private func text(_ count: Int) -> JSON { .string(String(repeating: "a", count: count)) }

    // A header line of nginx has 8 KiB: a longer token would be good nowhere.
    @Test(arguments: ["jwt", "opaque"])
    func `an access token that could not be sent is not issued, spends nothing, and the log says why`(format: String)
        throws
    {
        let fixture = try HandlerFixture()
        try fixture.add(
            "api",
            metadata: [
                "access_token_format": .string(format), "grant_types": ["authorization_code", "refresh_token"],
                "scope": "openid offline_access",
            ])
        let large = try claim("groups", .constant(text(5_500)))
        try fixture.store.add(large)
        let browser = HandlerBrowser(fixture)
        let code = try browser.code("api", ["scope": "openid offline_access"])
        #expect(browser.token(code, of: "api").error == "server_error")
        #expect(fixture.logged.contains { $0.contains("the largest are groups (5502), ") })
        _ = try fixture.store.removeCustomClaim(large.id)
        let tokens = try browser.token(code, of: "api").json()
        let refreshing: Change = [
            "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]?.stringValue, "code": nil,
            "redirect_uri": nil, "code_verifier": nil,
        ]
        try fixture.store.add(large)
        let before = try fixture.rows()
        #expect(browser.token("", of: "api", refreshing).error == "server_error")
        #expect(try fixture.rows() == before, "nor is the refresh token spent")
        _ = try fixture.store.removeCustomClaim(large.id)
        try fixture.store.add(try claim("groups", .constant(text(4_500))))
        let renewed = try browser.token("", of: "api", refreshing).json()
        let length = "Authorization: Bearer \(renewed["access_token"]?.stringValue ?? "")\r\n".utf8.count
        #expect((6_000...8_192).contains(length), "the largest ones can be sent")
    }

    @Test func `an ID token that could not come back as a hint is not issued`() throws {
        let fixture = try HandlerFixture()
        var large = try claim("tree", .constant(text(7_000)))
        large.destinations = [.idToken]
        try fixture.store.add(large)
        let browser = HandlerBrowser(fixture)
        let code = try browser.code()
        #expect(browser.token(code).error == "server_error")
        #expect(fixture.logged.contains { $0.contains("in the ID token have 7011 bytes, more than 7000") })

        let without = try browser.code("app", ["scope": "email"])
        #expect(browser.token(without).status == .ok, "it has no ID token")
        var smaller = try claim("tree", .constant(text(6_900)))
        smaller.destinations = [.idToken]
        _ = try fixture.store.removeCustomClaim(large.id)
        try fixture.store.add(smaller)
        let hint = try browser.token(code).json()["id_token"]?.stringValue
        #expect((hint?.utf8.count ?? 0) > 9_000)
        let answer = try answer(of: browser.authorize("app", ["id_token_hint": hint, "prompt": "none"]))
        #expect(answer["code"] != nil)
    }

    // OpenID Connect Core §5.5
    @Test func `claims that are asked for stay with the grant`() throws {
        let fixture = try HandlerFixture()
        let browser = HandlerBrowser(fixture)
        let code = try browser.code(
            "app",
            ["scope": "openid", "claims": #"{"userinfo": {"email": null}, "id_token": {"name": null, "scope": null}}"#])
        let tokens = try browser.token(code).json()
        #expect(tokens["scope"] == "openid")
        #expect(try claims(tokens["id_token"])["name"] == "ann")
        #expect(try claims(tokens["id_token"])["scope"] == "openid")
        let userInfo = try browser.userInfo("Bearer \(tokens["access_token"]?.stringValue ?? "")").json()
        #expect(userInfo["email"] == "ann@app.example")
        #expect(userInfo["name"] == nil)
    }

    @Test func `a rule about a scope is one about its claims as well`() throws {
        let fixture = try HandlerFixture(rules: [rule("0", scope: "email")])
        let browser = HandlerBrowser(fixture)
        let code = try browser.code(
            "app", ["scope": "openid", "claims": #"{"userinfo": {"email": {"essential": true}}}"#])
        let tokens = try browser.token(code).json()
        let userInfo = try browser.userInfo("Bearer \(tokens["access_token"]?.stringValue ?? "")").json()
        #expect(userInfo["email"] == nil)
    }

    @Test func `absurd claims are invalid_request`() throws {
        let fixture = try HandlerFixture()
        let deep = String(repeating: "{\"a\":", count: 300) + "1" + String(repeating: "}", count: 300)
        for text in [deep, "x", "[]", String(repeating: " ", count: 5000)] {
            let answer = try answer(of: HandlerBrowser(fixture).authorize("app", ["claims": text]))
            #expect(answer["error"] == "invalid_request")
        }
    }

    @Test func `the Mendix profile is on for preset mendix`() throws {
        let fixture = try HandlerFixture(mendixProfile: true)
        try fixture.add("mx", preset: .mendix)
        var ann = try #require(try fixture.store.user(named: Username("ann")))
        ann.attributes["locale"] = "nl_NL"
        try fixture.store.replace(ann, ending: .nothing)
        let browser = HandlerBrowser(fixture)
        let tokens = try browser.token(try browser.code("mx"), of: "mx").json()
        #expect(try claims(tokens["id_token"])["com.mendix.user.language"] == "nl_NL")
        let other = HandlerBrowser(fixture)
        #expect(try claims(other.token(try other.code()).json()["id_token"])["com.mendix.user.language"] == nil)
    }

    private func claims(_ token: JSON?) throws -> JSON {
        let parts = try #require(token?.stringValue).split(separator: ".")
        return try JSON(parsing: try #require(Base64URL.decode(String(parts[1]))))
    }
}
