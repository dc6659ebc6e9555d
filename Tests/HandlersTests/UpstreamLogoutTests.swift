import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// Back-Channel Logout 1.0 §2.5 and §2.6, as an upstream's client.
struct UpstreamLogoutTests {
    private static let corp = Upstream(
        name: UpstreamName("corp"), title: "Corp", issuer: WebURI(stored: "https://corp.example"), clientID: "broker",
        authentication: .basic, scope: Scope(names: ["openid"]), algorithms: [.es256])
    private static let event: JSON = ["http://schemas.openid.net/event/backchannel-logout": [:]]

    private let fixture: HandlerFixture
    private let key: SigningKey

    init() throws {
        fixture = try HandlerFixture(signIn: SignInOptions(upstreams: [Self.corp]))
        key = try SigningKey.generate(.es256)
        try fixture.published.publish([key.publicKey.publicJWK], at: "https://corp.example/keys")
        fixture.sectors.publish(
            """
            {"issuer": "https://corp.example", "authorization_endpoint": "https://corp.example/authorize",
            "token_endpoint": "https://corp.example/token", "jwks_uri": "https://corp.example/keys"}
            """, at: "https://corp.example/.well-known/openid-configuration")
    }

    /// Signs somebody in there and here.
    private func signIn(_ subject: String, sid: String?) throws -> HandlerBrowser {
        let browser = HandlerBrowser(fixture)
        let away = browser.send(.post, .upstream, browser.authorize().hidden.fields, tail: "corp")
        var claims: [String: JSON] = [
            "iss": "https://corp.example", "sub": .string(subject), "aud": "broker",
            "nonce": .string(try away.parameter("nonce") ?? ""), "exp": .integer(fixture.now.seconds + 60),
            "iat": .integer(fixture.now.seconds),
        ]
        claims["sid"] = sid.map(JSON.string)
        let token = try JWS.sign(header: "JWT", claims: .object(claims), key: key)
        fixture.sectors.publish(#"{"id_token": "\#(token)"}"#, at: "https://corp.example/token")
        let state = try away.parameter("state") ?? ""
        let answer = browser.send(.get, .callback, ["code": "c", "state": state].fields, tail: "corp")
        #expect(try answer.parameter("code") != nil)
        return browser
    }

    private func isSignedIn(_ browser: HandlerBrowser) -> Bool {
        (try? browser.authorize("app", ["prompt": "none"]).parameter("code")) != nil
    }

    private func tell(_ changes: [String: JSON?] = [:], by other: SigningKey? = nil, type: String = "logout+jwt") throws
        -> Response
    {
        var claims: [String: JSON?] = [
            "iss": "https://corp.example", "aud": "broker", "sub": "amy-1",
            "jti": .string("\(UInt64.random(in: 0 ... .max))"),
            "iat": .integer(fixture.now.seconds), "exp": .integer(fixture.now.seconds + 120), "events": Self.event,
        ]
        claims.merge(changes) { _, new in new }
        let token = try JWS.sign(header: type, claims: .object(claims.compactMapValues { $0 }), key: other ?? key)
        return send(["logout_token": token])
    }

    private func send(_ fields: [String: String], to tail: String = "corp") -> Response {
        HandlerBrowser(fixture).send(.post, .upstreamLogout, fields.fields, tail: tail)
    }

    @Test func `one session there ends what came from it here, and nothing else`() throws {
        let (desk, phone, other) = (
            try signIn("amy-1", sid: "s-1"), try signIn("amy-1", sid: "s-2"), try signIn("bob-1", sid: "s-3")
        )
        let answer = try tell(["sid": "s-1"])
        #expect(answer.status == .ok && answer[.cacheControl]?.text == "no-store")
        #expect(!isSignedIn(desk) && isSignedIn(phone) && isSignedIn(other))
        #expect(try tell(["sid": "s-2", "sub": nil]).status == .ok)
        #expect(!isSignedIn(phone) && isSignedIn(other))
    }

    @Test(arguments: [nil, String(repeating: "s", count: 256)])
    func `where its ID token named no session that could be kept, the person names it`(sid: String?) throws {
        let (desk, other) = (try signIn("amy-1", sid: sid), try signIn("bob-1", sid: nil))
        let phone = try signIn("amy-1", sid: "s-2")
        #expect(try tell(["sid": "s-1", "sub": nil]).status == .ok)
        #expect(isSignedIn(desk), "a session alone says nothing of whose it is")
        #expect(try tell(["sid": .string(sid ?? "s-1")]).status == .ok)
        #expect(!isSignedIn(desk) && isSignedIn(phone) && isSignedIn(other))
    }

    @Test func `a session's name that nobody could have kept, of nobody, is refused`() throws {
        #expect(try tell(["sid": .string(String(repeating: "s", count: 256)), "sub": nil]).status == .badRequest)
    }

    @Test func `a person who is gone there has nothing left here`() throws {
        let (desk, phone, other) = (
            try signIn("amy-1", sid: "s-1"), try signIn("amy-1", sid: "s-2"), try signIn("bob-1", sid: "s-3")
        )
        #expect(try tell().status == .ok)
        #expect(!isSignedIn(desk) && !isSignedIn(phone) && isSignedIn(other))
        let id = UpstreamLinkID(issuer: "https://corp.example", subject: "amy-1")
        let check = try fixture.store.upstreamLink(id).orThrow("no link").check
        #expect(check.needsSignIn && check.nextAt == nil, "nobody is asked about them")
        let again = try signIn("amy-1", sid: "s-9")
        #expect(isSignedIn(again), "and they may come back")
    }

    @Test func `a token serves once`() throws {
        _ = try signIn("amy-1", sid: "s-1")
        #expect(try tell(["jti": "one"]).status == .ok)
        let since = try signIn("amy-1", sid: "s-2")
        #expect(try tell(["jti": "one"]).status == .badRequest)
        #expect(isSignedIn(since))
    }

    @Test(
        arguments: [
            ["iss": "https://evil.example"], ["aud": "other"], ["aud": nil], ["exp": "soon"], ["exp": 1_799_999_900],
            ["iat": nil],
            ["iat": 1_800_000_100], ["nonce": "n"], ["events": nil], ["events": [:]], ["events": "x"], ["jti": nil],
            ["jti": ""],
            ["sub": nil], ["sub": ""], ["sub": 7], ["sid": ""], ["sid": 7],
        ] as [[String: JSON?]])
    func `one that isn't right ends nothing`(changes: [String: JSON?]) throws {
        let browser = try signIn("amy-1", sid: "s-1")
        let answer = try tell(changes)
        #expect(answer.status == .badRequest && answer.error == "invalid_request")
        #expect(isSignedIn(browser))
    }

    @Test func `one without an end is good for two minutes and what clocks may differ by`() throws {
        let browser = try signIn("amy-1", sid: "s-1")
        #expect(try tell(["exp": nil, "iat": .integer(fixture.now.seconds - 180)]).status == .badRequest)
        #expect(isSignedIn(browser))
        #expect(try tell(["exp": nil, "iat": .integer(fixture.now.seconds - 179)]).status == .ok)
        #expect(!isSignedIn(browser))
    }

    @Test func `nor does one of another key, of another kind, or none`() throws {
        let browser = try signIn("amy-1", sid: "s-1")
        #expect(try tell(by: .generate(.es256)).status == .badRequest)
        #expect(try tell(type: "at+jwt").status == .badRequest)
        #expect(send([:]).status == .badRequest && send(["logout_token": "x.y.z"]).status == .badRequest)
        #expect(send(["logout_token": "x"], to: "other").status == .badRequest)
        #expect(isSignedIn(browser))
        #expect(try tell(type: "JWT").status == .ok, "an older upstream knows no type of its own for it")
        #expect(!isSignedIn(browser))
    }

    @Test func `somebody unknown is no error, and the log says so`() throws {
        #expect(try tell(["sub": "nobody"]).status == .ok)
        #expect(fixture.logged.contains { $0.contains("signs out somebody who isn't signed in here") })
    }
}
