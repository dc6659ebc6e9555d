import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// RFC 7591 §3, by the identity token of a CI job.
struct CIRegistrationTests {
    private let fixture: HandlerFixture
    private static let issuer = "https://ci.example"
    private static let key = Result { try SigningKey.generate(.rs256) }

    private static func place() throws -> KeyPlace { .issuer(try #require(WebURI(issuer))) }

    init() throws {
        var settings = RegistrationSettings()
        let uri = try #require(WebURI(Self.issuer))
        settings.ciRules = [
            CIRule(
                name: CIRuleName("shop"), issuer: uri, audience: "https://login.example/oidc",
                claims: try ExactClaims(["project_path": "team/shop"]),
                permit: RegistrationPermit(
                    preset: .standard, redirectHosts: ["app.example"].compactMap(RedirectHost.init)))
        ]
        fixture = try HandlerFixture(registration: settings)
        try fixture.published.publish([Self.key.get().publicKey.publicJWK], at: Self.place())
    }

    private func token(_ change: [String: JSON?] = [:]) throws -> String {
        let good: [String: JSON] = [
            "iss": .string(Self.issuer), "aud": "https://login.example/oidc", "sub": "project_path:team/shop:ref:main",
            "jti": "one", "iat": .integer(fixture.now.seconds), "exp": .integer((fixture.now + 300).seconds),
            "project_path": "team/shop",
        ]
        let claims = good.merging(change.compactMapValues { $0 }) { $1 }.filter { change[$0.key] != .some(nil) }
        return try JWS.sign(header: "JWT", claims: .object(claims), key: Self.key.get())
    }

    @Test func `a job registers one app, as its rule permits`() throws {
        let token = try token()
        let response = fixture.register(["client_id": "orders"], by: token)
        #expect(response.status == .created)
        let client = try #require(try fixture.store.client(ClientID("orders")))
        #expect(client.preset == .standard && client.isFirstParty && client.approval == .given)
        let row = try fixture.store.auditRecords(after: fixture.store.auditEnd() - 1, limit: 1)[0]
        #expect(row.event == .clientAdded)
        #expect(row.actor.who == .ciJob(CIRuleName("shop"), subject: "project_path:team/shop:ref:main"))

        let before = try fixture.rows()
        let again = fixture.register(["client_id": "second"], by: token)
        #expect(again.status == .unauthorized && again.error == "invalid_token")
        #expect(again[.wwwAuthenticate]?.text.hasPrefix("Bearer realm=\"registration\"") == true)
        #expect(try fixture.rows() == before)
        #expect(fixture.register(["client_id": "second"], by: try self.token(["jti": "two"])).status == .created)
    }

    @Test func `a body that is refused spends nothing`() throws {
        let token = try token()
        let before = try fixture.rows()
        for change in [["redirect_uris": ["https://evil.example/"]], ["client_id": "app"], ["scope": "clerk"]]
            as [[String: JSON?]]
        {
            for _ in 0..<5 { #expect(fixture.register(change, by: token).status == .badRequest) }
        }
        #expect(try fixture.rows() == before)
        #expect(fixture.register(["client_id": "orders"], by: token).status == .created)
    }

    @Test func `its permit binds later changes`() throws {
        let made = try fixture.register(["client_id": "orders"], by: token()).json()
        let uri = String(try #require(made["registration_client_uri"]?.stringValue).split(separator: "/").last ?? "")
        let access = try #require(made["registration_access_token"]?.stringValue)
        let elsewhere = fixture.configure(
            .put, uri, by: access, ["client_id": "orders", "redirect_uris": ["https://evil.example/"]])
        #expect(elsewhere.error == "invalid_redirect_uri")
    }

    @Test func `an unknown issuer's token is answered as a foreign one`() throws {
        let foreign = fixture.register([:], by: "unknown")
        let other = fixture.register([:], by: try token(["iss": "https://other.example"]))
        #expect(other.status == foreign.status && other.error == foreign.error)
        #expect(try other.json()["error_description"] == foreign.json()["error_description"])
        let plain = try HandlerFixture()
        #expect(plain.register([:], by: try token()).error == "invalid_token", "where there is no rule, too")
    }

    @Test func `keys that can't be had are a reason to try again`() throws {
        var settings = RegistrationSettings()
        settings.ciRules = fixture.provider.registration.ciRules
        let down = try HandlerFixture(registration: settings)
        let response = down.register([:], by: try token())
        #expect(response.status == .serviceUnavailable && response.error == "temporarily_unavailable")
        #expect(response[.retryAfter] != nil && response[.wwwAuthenticate] == nil)
    }

    @Test func `why tells which claim had which value, and nothing tells the token`() throws {
        let token = try token(["project_path": "team/other", "project_id": "7"])
        let request = Request(
            method: .post, handler: "register", body: RegistrationRequest.metadata([:]), id: "3f9a1c2277de",
            headers: ["Content-Type": "application/json", "Authorization": "Bearer \(token)"])
        let answer = try fixture.respond(.register, request).json().text
        #expect(!answer.contains("team/other") && !answer.contains("team/shop"))
        fixture.store.settleObservations()
        let explained = try RefusalAdministration(store: fixture.store).explain("3f9a1c2277de")
        #expect(explained.expected == [#"project_path "team/shop"  (of the rule shop)"#])
        #expect(explained.differences == [#"project_path came as "team/other""#])
        let kept = explained.json.text + fixture.logged.joined()
        for part in token.split(separator: ".") { #expect(!kept.contains(part)) }
        #expect(!kept.contains("project_id"), "what no rule asks about is not kept")
    }

    @Test func `a value of another type is pointed at`() throws {
        var settings = RegistrationSettings()
        let rule = try #require(fixture.provider.registration.ciRules.first)
        settings.ciRules = [
            CIRule(
                name: rule.name, issuer: rule.issuer, audience: rule.audience,
                claims: try ExactClaims(["ref_protected": true]), permit: rule.permit)
        ]
        let typed = try HandlerFixture(registration: settings)
        try typed.published.publish([Self.key.get().publicKey.publicJWK], at: Self.place())
        _ = typed.register([:], by: try token(["ref_protected": "true"]))
        typed.store.settleObservations()
        let explained = try RefusalAdministration(store: typed.store).explain("000000000000")
        #expect(explained.advice.contains { $0.contains("in quotes") })
    }
}
