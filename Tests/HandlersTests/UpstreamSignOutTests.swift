import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// RP-Initiated Logout 1.0 and Front-Channel Logout 1.0, as an upstream's client.
struct UpstreamSignOutTests {
    private let fixture: HandlerFixture
    private let key: SigningKey

    init() throws { try self.init(signsOut: true) }

    private init(signsOut: Bool) throws {
        let corp = Upstream(
            name: UpstreamName("corp"), title: "Corp", issuer: WebURI(stored: "https://corp.example"),
            clientID: "broker", authentication: .basic, scope: Scope(names: ["openid"]), algorithms: [.es256],
            signsOut: signsOut)
        fixture = try HandlerFixture(signIn: SignInOptions(upstreams: [corp]))
        key = try SigningKey.generate(.es256)
        try fixture.add("leaver", metadata: ["post_logout_redirect_uris": ["https://leaver.example/out"]])
        try fixture.published.publish([key.publicKey.publicJWK], at: "https://corp.example/keys")
        publish(#", "end_session_endpoint": "https://corp.example/logout?x=1""#)
    }

    private static let place = "https://corp.example/.well-known/openid-configuration"

    private func publish(_ more: String) {
        fixture.sectors.publish(
            """
            {"issuer": "https://corp.example", "authorization_endpoint": "https://corp.example/authorize",
            "token_endpoint": "https://corp.example/token", "jwks_uri": "https://corp.example/keys"\(more)}
            """, at: Self.place)
    }

    /// Signs somebody in there and here; gives the ID token as well.
    private func signIn(
        _ subject: String = "amy-1", sid: String? = "s-1", padding: Int = 0
    ) throws -> (browser: HandlerBrowser, idToken: String) {
        let browser = HandlerBrowser(fixture)
        let away = browser.send(.post, .upstream, browser.authorize("leaver").hidden.fields, tail: "corp")
        let claims: [String: JSON?] = [
            "iss": "https://corp.example", "sub": .string(subject), "aud": "broker", "sid": sid.map(JSON.string),
            "preferred_username": "amy", "padding": .string(String(repeating: "x", count: padding)),
            "nonce": .string(try away.parameter("nonce") ?? ""), "exp": .integer(fixture.now.seconds + 60),
            "iat": .integer(fixture.now.seconds),
        ]
        let token = try JWS.sign(header: "JWT", claims: .object(claims.compactMapValues { $0 }), key: key)
        fixture.sectors.publish(#"{"id_token": "\#(token)"}"#, at: "https://corp.example/token")
        let state = try away.parameter("state") ?? ""
        let answer = browser.send(.get, .callback, ["code": "c", "state": state].fields, tail: "corp")
        #expect(try answer.parameter("code") != nil)
        return (browser, token)
    }

    /// By our own page.
    private func signOut(_ browser: HandlerBrowser, _ change: Change = [:]) -> Response {
        let asked = [
            "client_id": "leaver", "post_logout_redirect_uri": "https://leaver.example/out", "state": "the state",
        ].changed(by: change)
        let page = browser.send(.get, .logout, asked.fields)
        let form = asked.merging(page.hidden) { $1 }.merging(["decision": "sign-out"]) { $1 }
        return browser.send(.post, .logout, form.fields)
    }

    private func goOn(_ browser: HandlerBrowser, _ response: Response, tail: String = "corp") throws -> Response {
        #expect(response.leads(to: "https://login.example/oidc/signed-out/corp?begin="))
        return browser.send(.get, .upstreamSignOut, try response.answer, tail: tail)
    }

    private func isSignedIn(_ browser: HandlerBrowser) -> Bool {
        (try? browser.authorize("app", ["prompt": "none"]).parameter("code")) != nil
    }

    private static let home = "https://leaver.example/out?state=the%20state"

    @Test func `whoever signs out here signs out there, and comes back to the app`() throws {
        let (browser, idToken) = try signIn()
        let away = try goOn(browser, signOut(browser))
        #expect(!isSignedIn(browser))
        #expect(away.leads(to: "https://corp.example/logout?x=1&"))
        #expect(try away.parameter("id_token_hint") == idToken && away.parameter("client_id") == "broker")
        #expect(try away.parameter("logout_hint") == nil)
        #expect(
            try away.parameter("post_logout_redirect_uri") == "https://login.example/oidc/signed-out/corp")
        let state = try away.parameter("state") ?? ""
        #expect(!state.contains("leaver") && away[.location]?.text.utf8.count ?? 0 < 4000)
        let back = browser.send(.get, .upstreamSignOut, ["state": state].fields, tail: "corp")
        #expect(back[.location]?.text == Self.home)
    }

    @Test func `the ID token is kept sealed, and only where it serves`() throws {
        let (_, idToken) = try signIn()
        let hint = try fixture.session().upstream?.sealedLogoutHint.orThrow("no hint") ?? ""
        #expect(!hint.contains(idToken.suffix(20)))
        let link = UpstreamLinkID(issuer: "https://corp.example", subject: "amy-1")
        let own = try UpstreamLogoutHint(sealed: hint, of: link, opening: HandlerFixture.seal)
        #expect(own.idToken?.reveal() == idToken)
        let another = UpstreamLinkID(issuer: "https://corp.example", subject: "bob")
        #expect(throws: (any Error).self) {
            try UpstreamLogoutHint(sealed: hint, of: another, opening: HandlerFixture.seal)
        }
        let test = try UpstreamSignOutTests(signsOut: false)
        let (browser, _) = try test.signIn()
        #expect(try test.fixture.session().upstream?.sealedLogoutHint == nil)
        #expect(test.signOut(browser)[.location]?.text == Self.home, "who isn't to hear of it isn't asked")
    }

    @Test func `an ID token that a redirect can't bear is left out`() throws {
        let (browser, _) = try signIn(padding: 2000)
        let away = try goOn(browser, signOut(browser))
        #expect(try away.parameter("id_token_hint") == nil && away.parameter("logout_hint") == "amy")
        #expect(try away.parameter("client_id") == "broker")
    }

    @Test func `without an address of the app's it ends on a page of ours`() throws {
        let (browser, _) = try signIn()
        let away = try goOn(
            browser, signOut(browser, ["client_id": nil, "post_logout_redirect_uri": nil, "state": nil]))
        let state = try away.parameter("state") ?? ""
        let back = browser.send(.get, .upstreamSignOut, ["state": state].fields, tail: "corp")
        #expect(back.status == .ok && back[.contentType]?.text.hasPrefix("text/html") ?? false)
    }

    @Test func `an upstream that is down, or has no such endpoint, is no dead end`() throws {
        var (browser, _) = try signIn()
        fixture.sectors.fail(.unreachable("down"), at: Self.place)
        #expect(try goOn(browser, signOut(browser))[.location]?.text == Self.home)
        #expect(!isSignedIn(browser))
        publish("")
        fixture.now = fixture.now + 100_000
        (browser, _) = try signIn()
        #expect(try goOn(browser, signOut(browser))[.location]?.text == Self.home)
        #expect(fixture.logged.contains { $0.contains("nobody could be signed out at the upstream") })
    }

    @Test func `what can't be read, is old or of another upstream leads on all the same`() throws {
        let (browser, _) = try signIn()
        let begin = signOut(browser)
        #expect(try goOn(browser, begin, tail: "other")[.location]?.text == Self.home)
        let text = try begin.parameter("begin") ?? ""
        for fields in [[:], ["state": "x"], ["begin": "x"], ["state": text], ["state": "~x"]] as [[String: String]] {
            let answer = browser.send(.get, .upstreamSignOut, fields.fields, tail: "corp")
            #expect(answer.status == .ok && answer[.location] == nil, "a page of ours, and no address of anybody's")
        }
        fixture.now = fixture.now + fixture.provider.lifetimes.attempt
        #expect(try goOn(browser, begin)[.location]?.text == Self.home)
    }

    // MARK: From there, by the browser

    private func frame(_ browser: HandlerBrowser, _ change: Change = [:], tail: String = "corp") -> Response {
        let fields = ["iss": "https://corp.example", "sid": "s-1"].changed(by: change)
        return browser.send(.get, .frontchannel, fields.fields, tail: tail)
    }

    @Test func `a frame of the upstream's ends what came from its session`() throws {
        let (browser, _) = try signIn()
        let elsewhere = try signIn().browser
        let other = try signIn("amy-1", sid: "s-2").browser
        let answer = frame(browser)
        #expect(answer.status == .ok && answer[.xFrameOptions] == nil)
        #expect(!(answer[.contentSecurityPolicy]?.text.contains("frame-ancestors") ?? true))
        #expect(!isSignedIn(browser) && !isSignedIn(elsewhere), "all that came from that session")
        #expect(isSignedIn(other), "and nothing else")
        let row = try fixture.store.auditRecords(matching: AuditQuery(), before: nil, limit: 1).first
        #expect(row?.actor.who == .upstream(UpstreamName("corp")) && row?.event == .sessionEnded)
        #expect(frame(browser).status == .ok, "once more is no error")
    }

    // Front-Channel Logout 1.0 §2
    @Test func `and the page of that frame tells in turn the apps that are told by the browser`() throws {
        try fixture.add("framed", metadata: ["frontchannel_logout_uri": "https://framed.example/out"])
        let (browser, _) = try signIn()
        let code = try browser.authorize("framed").parameter("code").orThrow("no code")
        #expect(browser.token(code, of: "framed").status == .ok)
        let answer = frame(browser)
        #expect(answer.text.contains("https://framed.example/out?iss="))
        #expect(answer[.contentSecurityPolicy]?.text.contains("frame-src https://framed.example/out") ?? false)
    }

    @Test(
        arguments: [
            ["iss": nil], ["sid": nil], ["iss": nil, "sid": nil], ["iss": "https://evil.example"], ["iss": ""],
        ]
            as [Change])
    func `both parameters are demanded, and the issuer must be right`(change: Change) throws {
        let (browser, _) = try signIn()
        #expect(frame(browser, change).status == .badRequest)
        #expect(isSignedIn(browser))
    }

    @Test func `nobody ends what isn't their browser's`() throws {
        let (browser, _) = try signIn()
        #expect(frame(HandlerBrowser(fixture)).status == .ok)
        #expect(frame(browser, ["sid": "s-2"]).status == .ok)
        #expect(frame(browser, tail: "other").status == .notFound)
        #expect(isSignedIn(browser))
        let silent = try signIn("bob", sid: nil).browser
        #expect(frame(silent).status == .ok && frame(silent, ["sid": ""]).status != .internalServerError)
        #expect(isSignedIn(silent), "a session without a sid is ended by none")
    }
}
