import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic
@testable import SQLiteStore

/// Whoever may no longer sign in at the upstream loses what they have here; an outage changes nothing for a while.
struct UpstreamRecheckTests {
    private static let corp = Upstream(
        name: UpstreamName("corp"), title: "Corp", issuer: WebURI(stored: "https://corp.example"), clientID: "broker",
        authentication: .post, scope: Scope(names: ["openid", "offline_access"]), algorithms: [.es256])

    private let fixture: HandlerFixture
    private let key: SigningKey
    private let browser: HandlerBrowser

    init() throws { try self.init(Self.corp) }

    private init(_ corp: Upstream) throws {
        fixture = try HandlerFixture(signIn: SignInOptions(upstreams: [corp]))
        key = try SigningKey.generate(.es256)
        browser = HandlerBrowser(fixture)
        try fixture.add("offline", metadata: ["grant_types": ["authorization_code", "refresh_token"]])
        try fixture.published.publish([key.publicKey.publicJWK], at: "https://corp.example/keys")
        fixture.sectors.publish(
            """
            {"issuer": "https://corp.example", "authorization_endpoint": "https://corp.example/authorize",
            "token_endpoint": "https://corp.example/token", "jwks_uri": "https://corp.example/keys",
            "userinfo_endpoint": "https://corp.example/userinfo"}
            """, at: "https://corp.example/.well-known/openid-configuration")
    }

    /// Signs in there and here; gives the app's refresh token.
    private func signIn(upstreamRefreshToken: String? = "rt-1") throws -> String {
        let page = browser.authorize("offline", ["scope": "openid offline_access"])
        let away =
            page.status == .ok
            ? browser.send(.post, .upstream, page.hidden.fields, tail: "corp")
            : browser.send(.get, .upstream, try page.answer, tail: "corp")
        let token = try JWS.sign(
            header: "JWT",
            claims: [
                "iss": "https://corp.example", "sub": "amy-1", "aud": "broker", "sid": "s",
                "nonce": .string(try away.parameter("nonce") ?? ""), "exp": .integer(fixture.now.seconds + 60),
                "iat": .integer(fixture.now.seconds),
            ], key: key)
        var answer: [String: JSON] = ["id_token": .string(token), "access_token": "at-1", "expires_in": 3600]
        answer["refresh_token"] = upstreamRefreshToken.map(JSON.string)
        fixture.sectors.publish(JSON.object(answer).text, at: "https://corp.example/token")
        fixture.sectors.publish(#"{"sub": "amy-1"}"#, at: "https://corp.example/userinfo")
        let back = browser.send(
            .get, .callback, ["code": "c", "state": try away.parameter("state") ?? ""].fields, tail: "corp")
        let tokens = try browser.token(try back.parameter("code").orThrow("no code"), of: "offline").json()
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

    private func answer(_ body: String, status: Int = 200) {
        fixture.sectors.publish(body, status: status, at: "https://corp.example/token")
    }

    private var isSignedIn: Bool {
        get throws { try fixture.store.reader.first("SELECT count(*) FROM session", read: { $0.integer(0) }) == 1 }
    }

    @Test func `within the interval nobody is asked, after it once, with what was given the last time`() throws {
        var token = try signIn()
        let calls = fixture.sectors.posted.count
        token = try refresh(token).json()["refresh_token"]?.stringValue ?? ""
        #expect(fixture.sectors.posted.count == calls)

        fixture.now = fixture.now + 301
        answer(#"{"access_token": "at-2", "refresh_token": "rt-2", "expires_in": 3600}"#)
        token = try refresh(token).json()["refresh_token"]?.stringValue ?? ""
        let asked = try fixture.sectors.posted.last.orThrow("nobody was asked").fields
        #expect(asked["grant_type"] == "refresh_token" && asked["refresh_token"] == "rt-1")
        #expect(asked["client_id"] == "broker" && asked["client_secret"] == "its secret")
        token = try refresh(token).json()["refresh_token"]?.stringValue ?? ""
        #expect(fixture.sectors.posted.count == calls + 1)

        fixture.now = fixture.now + 301
        #expect(refresh(token).status == .ok)
        #expect(fixture.sectors.posted.last?.fields["refresh_token"] == "rt-2", "it was rotated there")
    }

    @Test func `who is gone there has nothing left here`() throws {
        let token = try signIn()
        fixture.now = fixture.now + 301
        answer(#"{"error": "invalid_grant"}"#, status: 400)
        fixture.sectors.publish("", status: 401, at: "https://corp.example/userinfo")
        #expect(refresh(token).error == "invalid_grant")
        #expect(try !isSignedIn)
        let rows = try fixture.store.auditRecords(matching: AuditQuery(), before: nil, limit: 2)
        #expect(rows.map(\.event) == [.userSignedOut, .userGone])
        #expect(rows.allSatisfy { $0.actor.who == .upstream(UpstreamName("corp")) })
        answer(#"{"access_token": "at-2"}"#)
        #expect(refresh(token).error == "invalid_grant", "and gets nothing back by asking again")
    }

    private func idToken(_ changes: [String: JSON?]) throws -> JSON {
        let claims: [String: JSON?] = ["iss": "https://corp.example", "sub": "amy-1", "aud": "broker"]
        let all = claims.merging(changes) { $1 }.compactMapValues(\.self)
        return .string(try JWS.sign(header: "JWT", claims: .object(all), key: key))
    }

    @Test(
        arguments: [
            [:], ["aud": ["other", "broker"]], ["nonce": "any"],
        ] as [[String: JSON?]])
    func `a refresh may bring an ID token of the same user`(changes: [String: JSON?]) throws {
        let token = try signIn()
        fixture.now = fixture.now + 301
        answer(JSON.object(["access_token": "at-2", "id_token": try idToken(changes)]).text)
        #expect(refresh(token).status == .ok)
        #expect(try link.check.at == fixture.now)
    }

    @Test(
        arguments: [
            ["sub": "bob-1"], ["iss": "https://evil.example"], ["aud": "other"], ["aud": nil], ["aud": ["other"]],
        ] as [[String: JSON?]])
    func `one of another user, issuer or client says nothing of this user`(changes: [String: JSON?]) throws {
        let token = try signIn()
        fixture.now = fixture.now + 301
        answer(
            JSON.object(["access_token": "at-2", "refresh_token": "rt-2", "id_token": try idToken(changes)]).text)
        #expect(refresh(token).error == "invalid_grant")
        #expect(try link.check.needsSignIn && isSignedIn)
    }

    @Test(arguments: ["no token", 7, "a.b.c", .string("x." + String(repeating: "y", count: 20_000) + ".z")] as [JSON])
    func `one that can't be read wants a sign-in, as what came with it is lost`(text: JSON) throws {
        let token = try signIn()
        fixture.now = fixture.now + 301
        answer(JSON.object(["access_token": "at-2", "refresh_token": "rt-2", "id_token": text]).text)
        #expect(refresh(token).error == "invalid_grant")
        #expect(try link.check.needsSignIn && isSignedIn)
        let asked = fixture.sectors.posted.count
        fixture.now = fixture.now + 301
        _ = UpstreamUpkeep(fixture.provider, within: UpstreamBudget()).look()
        #expect(refresh(token).error == "invalid_grant")
        #expect(fixture.sectors.posted.count == asked, "what was used up isn't shown again")
    }

    @Test(arguments: ["sub", "iss"])
    func `so is one that doesn't say whose it is`(claim: String) throws {
        let token = try signIn()
        fixture.now = fixture.now + 301
        answer(JSON.object(["access_token": "at-2", "id_token": try idToken([claim: nil])]).text)
        #expect(refresh(token).error == "invalid_grant")
        #expect(try link.check.needsSignIn && isSignedIn)
    }

    @Test(arguments: [("Bearer", true), (nil, true), ("DPoP", false)] as [(JSON?, Bool)])
    func `a token of a type that isn't known here wants a sign-in`(type: JSON?, isTaken: Bool) throws {
        let token = try signIn()
        fixture.now = fixture.now + 301
        var members: [String: JSON] = ["access_token": "at-2"]
        members["token_type"] = type
        answer(JSON.object(members).text)
        #expect(refresh(token).status == (isTaken ? .ok : .badRequest))
        #expect(try link.check.needsSignIn == !isTaken)
    }

    @Test func `introspection says what a refresh would come to, and asks nobody`() throws {
        let token = try signIn()
        let asked = fixture.sectors.posted.count
        for seconds in [0, 301, 4000] as [Int64] {
            fixture.now = fixture.now + seconds
            #expect(try browser.isActive(token, of: "offline"), "of whoever was to be asked about the next may be good")
        }
        #expect(fixture.sectors.posted.count == asked)
        answer(#"{"error": "invalid_grant"}"#, status: 400)
        #expect(refresh(token).error == "invalid_grant")
        #expect(try link.check.needsSignIn && !browser.isActive(token, of: "offline"))
    }

    @Test func `of an upstream that isn't linked any more, a refresh token isn't active`() throws {
        let token = try signIn()
        _ = try fixture.store.acting(as: .system, at: fixture.now) {
            try fixture.store.unlink(linkID, from: link.userID)
        }
        #expect(try !browser.isActive(token, of: "offline"))
    }

    @Test(arguments: [200, 403, 404])
    func `a refresh token that has ended alone is no end of its user`(userinfo: Int) throws {
        let token = try signIn()
        fixture.now = fixture.now + 301
        answer(#"{"error": "invalid_grant"}"#, status: 400)
        fixture.sectors.publish("{}", status: userinfo, at: "https://corp.example/userinfo")
        #expect(refresh(token).error == "invalid_grant")
        #expect(try isSignedIn, "the refresh is refused, and nothing else happens")
        let link = try fixture.store.upstreamLink(UpstreamLinkID(issuer: "https://corp.example", subject: "amy-1"))
        #expect(link?.check.needsSignIn == true)
        let row = try fixture.store.auditRecords(matching: AuditQuery(), before: nil, limit: 1).first
        #expect(row?.actor.who == .upstream(UpstreamName("corp")) && row?.event == .userSignInNeeded)
        let away = browser.authorize("offline")
        #expect(away.leads(to: "https://login.example/oidc/upstream/corp?"), "the next request asks there")
        #expect(
            browser.send(.get, .upstream, try away.answer, tail: "corp").leads(to: "https://corp.example/authorize?"))
        let again = try signIn()
        #expect(refresh(again).status == .ok, "and after it all is well")
    }

    @Test(arguments: [(401, true), (200, false), (503, false)])
    func `a refusal without a word counts where userinfo says the same`(userinfo: Int, isGone: Bool) throws {
        let token = try signIn()
        fixture.now = fixture.now + 301
        answer("", status: 400)
        fixture.sectors.publish("{}", status: userinfo, at: "https://corp.example/userinfo")
        #expect(refresh(token).status == (isGone ? .badRequest : .ok))
        #expect(try isSignedIn == !isGone)
    }

    @Test(arguments: [(200, "invalid_grant"), (403, "invalid_grant"), (503, "temporarily_unavailable")])
    func `past its grace such a refusal wants a sign-in of whoever is there still`(userinfo: Int, error: String) throws
    {
        var rhythm = UpstreamRhythm()
        rhythm.grace = 600
        let test = try UpstreamRecheckTests(Self.corp(["openid", "offline_access"], rhythm: rhythm))
        let token = try test.signIn()
        test.fixture.now = test.fixture.now + 901
        test.answer("", status: 400)
        test.fixture.sectors.publish("{}", status: userinfo, at: "https://corp.example/userinfo")
        #expect(test.refresh(token).error == error)
        #expect(try test.isSignedIn, "nothing is known of their end")
        #expect(try test.link.check.needsSignIn == (error == "invalid_grant"))
    }

    @Test(arguments: ["interaction_required", "mfa_required", "access_denied", "login_required"])
    func `other words that say something of the user mean the same`(word: String) throws {
        let token = try signIn()
        fixture.now = fixture.now + 301
        answer(#"{"error": "\#(word)"}"#, status: 400)
        #expect(refresh(token).error == "invalid_grant")
        #expect(try isSignedIn)
    }

    @Test func `where the upstream is known to refuse for that alone, a refusal is the end of its user`() throws {
        let strict = Upstream(
            name: Self.corp.name, title: "Corp", issuer: Self.corp.issuer, clientID: "broker", authentication: .post,
            scope: Self.corp.scope, algorithms: [.es256], endsByRefusal: true)
        let test = try UpstreamRecheckTests(strict)
        let token = try test.signIn()
        test.fixture.now = test.fixture.now + 301
        test.answer(#"{"error": "invalid_grant"}"#, status: 400)
        #expect(test.refresh(token).error == "invalid_grant")
        #expect(try !test.isSignedIn)
    }

    private var linkID: UpstreamLinkID { UpstreamLinkID(issuer: "https://corp.example", subject: "amy-1") }

    private var link: UpstreamLink { get throws { try fixture.store.upstreamLink(linkID).orThrow("no link") } }

    private func makeGone() {
        answer(#"{"error": "invalid_grant"}"#, status: 400)
        fixture.sectors.publish("", status: 401, at: "https://corp.example/userinfo")
    }

    private static func corp(
        _ scope: Set<String>, rhythm: UpstreamRhythm = UpstreamRhythm(), endsByRefusal: Bool = false
    ) -> Upstream {
        Upstream(
            name: corp.name, title: "Corp", issuer: corp.issuer, clientID: "broker", authentication: .post,
            scope: Scope(names: scope), algorithms: [.es256], rhythm: rhythm, endsByRefusal: endsByRefusal)
    }

    @Test(arguments: [
        (Set(["openid", "offline_access"]), false), (Set(["openid"]), true),
    ])
    func `tokens that outlive a sign-out, or whose end is known to be one, end with their user`(
        scope: Set<String>, endsByRefusal: Bool
    ) throws {
        let test = try UpstreamRecheckTests(Self.corp(scope, endsByRefusal: endsByRefusal))
        _ = try test.signIn()
        try test.fixture.store.noteSignOut(ofUpstream: "https://corp.example", sid: "s", subject: "amy-1")
        test.fixture.now = test.fixture.now + 301
        test.makeGone()
        _ = UpstreamUpkeep(test.fixture.provider, within: UpstreamBudget()).look()
        #expect(try !test.isSignedIn)
    }

    @Test func `a check that finds the tokens good after a sign-out forgets it`() throws {
        let test = try UpstreamRecheckTests(Self.corp(["openid"]))
        _ = try test.signIn()
        try test.fixture.store.noteSignOut(ofUpstream: "https://corp.example", sid: "s", subject: "amy-1")
        test.fixture.now = test.fixture.now + 301
        test.answer(#"{"access_token": "at-2", "expires_in": 3600}"#)
        _ = UpstreamUpkeep(test.fixture.provider, within: UpstreamBudget()).look()
        test.fixture.now = test.fixture.now + 301
        test.makeGone()
        _ = UpstreamUpkeep(test.fixture.provider, within: UpstreamBudget()).look()
        #expect(try !test.isSignedIn)
    }

    @Test func `tokens that end with a session that was signed out say nothing of their user`() throws {
        try UpstreamRecheckTests(Self.corp(["openid"])).expectSignedOutIsNotGone()
    }

    private func expectSignedOutIsNotGone() throws {
        let token = try signIn()
        try fixture.store.noteSignOut(ofUpstream: "https://corp.example", sid: "s", subject: "amy-1")
        fixture.now = fixture.now + 301
        makeGone()
        #expect(refresh(token).error == "invalid_grant", "they have to sign in")
        #expect(try isSignedIn && link.check.needsSignIn)
        _ = try signIn()
        fixture.now = fixture.now + 301
        makeGone()
        _ = UpstreamUpkeep(fixture.provider, within: UpstreamBudget()).look()
        #expect(try !isSignedIn, "a new sign-in has a session of its own")
    }

    @Test func `a check asks with what the one before it left`() throws {
        _ = try signIn()
        fixture.now = fixture.now + 301
        let read = try link
        answer(#"{"access_token": "at-2", "refresh_token": "rt-2", "expires_in": 3600}"#)
        _ = UpstreamUpkeep(fixture.provider, within: UpstreamBudget()).look()
        let asked = fixture.sectors.posted.count
        let recheck = UpstreamRecheck(provider: fixture.provider)
        guard case .valid = try recheck.verdict(on: read, of: Self.corp) else {
            Issue.record("it was valid a moment ago")
            return
        }
        #expect(fixture.sectors.posted.count == asked, "nobody needs to be asked again")
    }

    @Test func `a check that ends after a new sign-in is about what is no more`() throws {
        _ = try signIn()
        fixture.now = fixture.now + 301
        let taken = try fixture.store.takeUpstreamCheck(by: "https://corp.example", at: fixture.now).orThrow("none due")
        browser.cookies = [:]
        let token = try signIn(upstreamRefreshToken: "rt-new")
        makeGone()
        let verdict = try UpstreamRecheck(provider: fixture.provider).check(taken, of: Self.corp)
        #expect(verdict == .valid(sealedTokens: try link.check.sealedTokens))
        #expect(try !link.check.needsSignIn)
        answer(#"{"access_token": "at-2"}"#)
        #expect(refresh(token).status == .ok)
    }

    @Test func `a sign-in that brings nothing to ask with leaves what there was`() throws {
        _ = try signIn()
        let former = try link.check.sealedTokens
        browser.cookies = [:]
        let token = try signIn(upstreamRefreshToken: nil)
        #expect(try former != nil && link.check.sealedTokens == former)
        fixture.now = fixture.now + 301
        answer(#"{"error": "invalid_grant"}"#, status: 400)
        #expect(refresh(token).error == "invalid_grant")
        browser.cookies = [:]
        _ = try signIn(upstreamRefreshToken: nil)
        #expect(try link.check.sealedTokens == nil, "but nothing that was refused")
    }

    @Test func `whoever signed in while nobody asked is asked about once somebody does`() throws {
        _ = try signIn()
        var check = try link.check
        let former = check
        check.nextAt = nil
        let store = fixture.store
        #expect(
            try store.acting(as: .system, at: fixture.now) {
                try store.record(check, of: linkID, after: former, telling: nil, at: fixture.now)
            })
        fixture.now = fixture.now + 301
        let asked = fixture.sectors.posted.count
        answer(#"{"access_token": "at-2"}"#)
        _ = UpstreamUpkeep(fixture.provider, within: UpstreamBudget()).look()
        #expect(fixture.sectors.posted.count == asked + 1)
    }

    @Test(arguments: [(503, "{}"), (200, "{}"), (429, "{}"), (400, #"{"error": "invalid_client"}"#), (200, "no JSON")])
    func `an outage changes nothing within its grace`(status: Int, body: String) throws {
        var token = try signIn()
        fixture.now = fixture.now + 301
        answer(body, status: status)
        let first = refresh(token)
        #expect(first.status == .ok)
        #expect(try isSignedIn)
        token = try first.json()["refresh_token"]?.stringValue ?? ""
        let back = browser.send(.get, .upstream, try browser.authorize("offline").answer, tail: "corp")
        #expect(try back.parameter("code") != nil, "a session goes on as well")
        fixture.now = fixture.now + 3600
        let late = refresh(token)
        #expect(late.status == .serviceUnavailable && late.error == "temporarily_unavailable")
        answer(#"{"access_token": "at-2"}"#)
        fixture.now = fixture.now + 30
        #expect(refresh(token).status == .ok, "the token still serves when it is over")
    }

    @Test func `while nobody answers, one in half a minute waits for it`() throws {
        var token = try signIn()
        fixture.now = fixture.now + 301
        fixture.sectors.fail(.unreachable("it hangs"), at: "https://corp.example/token")
        token = try refresh(token).json()["refresh_token"]?.stringValue ?? ""
        let asked = fixture.sectors.posted.count
        fixture.now = fixture.now + 29
        token = try refresh(token).json()["refresh_token"]?.stringValue ?? ""
        _ = browser.send(.get, .upstream, try browser.authorize("offline").answer, tail: "corp")
        _ = UpstreamUpkeep(fixture.provider, within: UpstreamBudget()).look()
        #expect(fixture.sectors.posted.count == asked)
        fixture.now = fixture.now + 1
        answer(#"{"access_token": "at-2"}"#)
        #expect(refresh(token).status == .ok && fixture.sectors.posted.count == asked + 1)
        let link = try fixture.store.upstreamLink(UpstreamLinkID(issuer: "https://corp.example", subject: "amy-1"))
        #expect(link?.check.at == fixture.now)
    }

    @Test func `a token request doesn't try what has hung, and asks again once it has answered somebody`() throws {
        var token = try signIn()
        let breaker = fixture.provider.upstreams.breaker
        fixture.now = fixture.now + 301
        for _ in 0..<CircuitBreaker.limit { breaker.note(Self.corp.name, answered: false) }
        fixture.now = fixture.now + CircuitBreaker.pause
        let asked = fixture.sectors.posted.count
        token = try refresh(token).json()["refresh_token"]?.stringValue ?? ""
        #expect(fixture.sectors.posted.count == asked)

        answer(#"{"access_token": "at-2"}"#)
        _ = UpstreamUpkeep(fixture.provider, within: UpstreamBudget()).look()
        #expect(fixture.sectors.posted.count == asked + 1, "the upkeep tries")
        for _ in 0..<CircuitBreaker.limit { breaker.note(Self.corp.name, answered: false) }
        fixture.now = fixture.now + 1
        token = try refresh(token).json()["refresh_token"]?.stringValue ?? ""
        #expect(!breaker.isWell(Self.corp.name), "what it said before it hung proves nothing")
        breaker.note(Self.corp.name, answeredAt: fixture.now)
        fixture.now = fixture.now + 301
        #expect(refresh(token).status == .ok && fixture.sectors.posted.count == asked + 2)
    }

    @Test func `an upstream that gives nothing to ask with wants a sign-in past the interval`() throws {
        let token = try signIn(upstreamRefreshToken: nil)
        #expect(refresh(token).status == .ok)
        browser.cookies = [:]
        let again = try signIn(upstreamRefreshToken: nil)
        fixture.now = fixture.now + 301
        #expect(refresh(again).error == "invalid_grant")
        #expect(browser.authorize("offline").leads(to: "https://login.example/oidc/upstream/corp?"))
    }

    @Test func `a session is asked about when it is used past the interval`() throws {
        _ = try signIn()
        #expect(try browser.authorize("offline").parameter("code") != nil)
        fixture.now = fixture.now + 301
        let away = browser.authorize("offline")
        #expect(away.leads(to: "https://login.example/oidc/upstream/corp?"))
        answer(#"{"access_token": "at-2"}"#)
        let back = browser.send(.get, .upstream, try away.answer, tail: "corp")
        #expect(try back.parameter("code") != nil)
        #expect(try browser.authorize("offline").parameter("code") != nil)
    }

    @Test func `nobody has to come back for it to be noticed`() throws {
        let token = try signIn()
        let upkeep = UpstreamUpkeep(fixture.provider, within: UpstreamBudget())
        let calls = fixture.sectors.posted.count
        _ = upkeep.look()
        #expect(fixture.sectors.posted.count == calls, "it isn't time yet")
        fixture.now = fixture.now + 301
        answer(#"{"error": "invalid_grant"}"#, status: 400)
        fixture.sectors.publish("", status: 401, at: "https://corp.example/userinfo")
        _ = upkeep.look()
        #expect(try !isSignedIn)
        #expect(refresh(token).error == "invalid_grant")
        let asked = fixture.sectors.posted.count
        fixture.now = fixture.now + 301
        _ = upkeep.look()
        #expect(fixture.sectors.posted.count == asked, "nobody is asked about whom nothing lives")
    }
}
