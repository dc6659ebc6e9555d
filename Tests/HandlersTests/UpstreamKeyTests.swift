import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic
@testable import SQLiteStore

/// `private_key_jwt` towards an upstream (RFC 7523, OpenID Connect Core §9).
struct UpstreamKeyTests {
    private static func upstream(_ name: String, by algorithm: SignatureAlgorithm = .es256) -> Upstream {
        Upstream(
            name: UpstreamName(name), title: name, issuer: WebURI(stored: "https://\(name).example"),
            clientID: "broker", authentication: .privateKeyJWT, assertionAlgorithm: algorithm, scope: .none,
            oauth: PlainOAuth(
                authorizationEndpoint: WebURI(stored: "https://\(name).example/authorize"),
                tokenEndpoint: WebURI(stored: "https://\(name).example/token"),
                userinfoEndpoint: WebURI(stored: "https://\(name).example/user")))
    }

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        let secretive = Upstream(
            name: UpstreamName("secretive"), title: "S", issuer: WebURI(stored: "https://s.example"), clientID: "b",
            authentication: .basic, scope: Scope(names: ["openid"]))
        fixture = try HandlerFixture(
            signIn: SignInOptions(upstreams: [Self.upstream("corp"), Self.upstream("other"), secretive]))
        browser = HandlerBrowser(fixture)
        for name in ["corp", "other"] {
            fixture.sectors.publish(#"{"access_token": "at"}"#, at: "https://\(name).example/token")
            fixture.sectors.publish(#"{"sub": "amy"}"#, at: "https://\(name).example/user")
        }
    }

    private func signIn(_ name: String) throws -> [String: String] {
        browser.cookies = [:]
        let page = browser.authorize()
        let away = browser.send(.post, .upstream, page.hidden.fields, tail: name)
        let back = browser.send(
            .get, .callback, ["code": "c", "state": try away.parameter("state") ?? ""].fields, tail: name)
        #expect(back.leads(to: "https://app.example/callback?"))
        return try fixture.sectors.posted.last.orThrow("nothing was posted").fields
    }

    private func published(_ name: String) throws -> [JSON] {
        let answer = browser.send(.get, .upstreamKeys, [], tail: name)
        #expect(answer.status == .ok && answer[.cacheControl]?.text.hasPrefix("public") ?? false)
        return try answer.json()["keys"]?.arrayValue.orThrow("no keys") ?? []
    }

    private func verified(_ assertion: String?, by keys: [JSON]) throws -> JSON {
        let jws = try UnverifiedJWS(assertion ?? "")
        let set = try JWKSet(["keys": .array(keys)])
        return try jws.verified(by: set, algorithm: .es256, type: "JWT").orThrow("no key verifies it").claims()
    }

    @Test func `an assertion is made out to the upstream's issuer alone, for a minute, and once`() throws {
        let fields = try signIn("corp")
        #expect(fields["client_secret"] == nil)
        #expect(fields["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        let claims = try verified(fields["client_assertion"], by: published("corp"))
        #expect(claims["iss"] == "broker" && claims["sub"] == "broker" && claims["aud"] == "https://corp.example")
        #expect(claims["exp"] == .integer(fixture.now.seconds + 120))
        let again = try verified(try signIn("corp")["client_assertion"], by: published("corp"))
        #expect(claims["jti"]?.stringValue != nil && again["jti"] != claims["jti"])
    }

    @Test func `each upstream has a key of its own, none of which is one of ours`() throws {
        let (corp, other) = (try published("corp"), try published("other"))
        #expect(corp.count == 1 && other.count == 1 && corp != other)
        #expect(corp[0]["d"] == nil && corp[0]["kid"]?.stringValue != nil)
        let ours = try browser.send(.get, .jwks, []).json()["keys"]?.arrayValue ?? []
        #expect(!ours.contains(corp[0]) && !ours.contains(other[0]))
        let fields = try signIn("corp")
        #expect(throws: Missing.self) { try verified(fields["client_assertion"], by: other) }
        let stored = try fixture.store.reader.all("SELECT sealed_private_jwk FROM upstream_key") {
            row throws(StoreError) in try row.text(0)
        }
        #expect(stored.count == 2 && !stored.contains { $0.contains("\"d\"") })
    }

    @Test(arguments: ["nobody", "secretive", ""])
    func `nobody else is shown keys`(name: String) {
        #expect(browser.send(.get, .upstreamKeys, [], tail: name).status == .badRequest)
    }

    @Test func `the next key is published long before it signs, and the former long after`() throws {
        let first = try published("corp")
        let keys = fixture.provider.upstreamKeys
        let corp = Self.upstream("corp")
        let lifetimes = fixture.provider.lifetimes
        fixture.now = fixture.now + (lifetimes.signingKey ?? 0) - lifetimes.signingKeyAhead
        try keys.keepPlan(for: corp)
        try keys.keepPlan(for: corp)
        let both = try published("corp")
        #expect(both.count == 2 && both[0] == first[0])
        #expect(try verified(try signIn("corp")["client_assertion"], by: first)["iss"] == "broker")
        fixture.now = fixture.now + lifetimes.signingKeyAhead
        try keys.keepPlan(for: corp)
        #expect(try published("corp") == both, "both are there")
        #expect(try verified(try signIn("corp")["client_assertion"], by: [both[1]])["iss"] == "broker")
        fixture.now = fixture.now + lifetimes.longestSignedToken + 86_400
        #expect(try published("corp") == [both[1]])
        #expect(try published("other").count == 1)
    }

    /// The algorithms and stages of an upstream's keys, oldest first.
    private func stages(_ name: String) throws -> [String] {
        try fixture.store.upstreamKeys(of: UpstreamName(name)).map { "\($0.algorithm.rawValue) \($0.status.rawValue)" }
    }

    @Test func `the key of an algorithm that was configured before is retired, and goes in its time`() throws {
        let keys = fixture.provider.upstreamKeys
        let (before, after) = (Self.upstream("corp"), Self.upstream("corp", by: .ps256))
        let lifetimes = fixture.provider.lifetimes
        let first = try keys.signing(for: before)
        fixture.now = fixture.now + lifetimes.signingKeyAhead
        let second = try keys.signing(for: after)
        try keys.keepPlan(for: after)
        #expect(try stages("corp") == ["ES256 active", "PS256 active"])
        #expect(try keys.published(for: after).count == 2)

        try keys.keepPlan(for: before)
        #expect(try stages("corp") == ["ES256 active", "PS256 active"], "a process that knows no better ends none")
        #expect(try keys.signing(for: before).keyID == first.keyID, "nor does whoever brings it back need another")

        fixture.now = fixture.now + lifetimes.signingKeyAhead
        for _ in 0..<2 { try keys.keepPlan(for: after) }
        #expect(try stages("corp") == ["ES256 retired", "PS256 active"])
        #expect(try keys.signing(for: after).keyID == second.keyID && keys.published(for: after).count == 2)
        fixture.now = fixture.now + lifetimes.longestSignedToken + 86_400
        #expect(try keys.published(for: after) == [second.publicKey.publicJWK])
        _ = try fixture.store.prune(at: fixture.now + lifetimes.longestSession, limit: 9)
        #expect(try stages("corp") == ["PS256 active"])
    }

    @Test func `a key that was to follow one of a former algorithm ends with it`() throws {
        let keys = fixture.provider.upstreamKeys
        let (before, after) = (Self.upstream("corp"), Self.upstream("corp", by: .ps256))
        let lifetimes = fixture.provider.lifetimes
        _ = try keys.signing(for: before)
        fixture.now = fixture.now + (lifetimes.signingKey ?? 0) - lifetimes.signingKeyAhead
        try keys.keepPlan(for: before)
        _ = try keys.signing(for: after)
        #expect(try stages("corp") == ["ES256 active", "ES256 next", "PS256 active"])
        fixture.now = fixture.now + lifetimes.signingKeyAhead
        try keys.keepPlan(for: after)
        #expect(try stages("corp") == ["ES256 retired", "ES256 retired", "PS256 active"])
    }

    @Test func `a key that state.key doesn't open is told of, and nothing is sent`() throws {
        let foreign = UpstreamKeys(
            store: fixture.store, seal: Seal(current: .generate(), context: "x"),
            lifetimes: fixture.provider.lifetimes, now: { HandlerFixture.noon })
        _ = try foreign.signing(for: Self.upstream("corp"))
        browser.cookies = [:]
        let away = browser.send(.post, .upstream, browser.authorize().hidden.fields, tail: "corp")
        let back = browser.send(
            .get, .callback, ["code": "c", "state": try away.parameter("state") ?? ""].fields, tail: "corp")
        #expect(back.status == .internalServerError && fixture.sectors.posted.isEmpty)
    }
}
