import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// What apps and APIs see of a change of the signing keys.
@Suite struct SigningKeyChangeTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        try fixture.add("api", metadata: ["served_resources": ["https://login.example/oidc"]])
    }

    private var keys: SigningKeyAdministration {
        SigningKeyAdministration(
            store: fixture.store, lifetimes: fixture.provider.lifetimes, now: fixture.provider.now)
    }

    private func published() throws -> [String] {
        let keys = try fixture.respond(.jwks, Request(handler: "jwks")).json()["keys"]?.arrayValue ?? []
        return keys.compactMap { $0["kid"]?.stringValue }
    }

    private func keyID(_ algorithm: SignatureAlgorithm, _ status: SigningKeyRecord.Status) throws -> String {
        try #require(
            try fixture.store.signingKeys().first { $0.algorithm == algorithm && $0.status == status }?.keyID)
    }

    private func tokens() throws -> (access: String, id: String) {
        let tokens = try browser.token(try browser.code()).json()
        return (
            try #require(tokens["access_token"]?.stringValue), try #require(tokens["id_token"]?.stringValue)
        )
    }

    private func isActive(_ token: String) throws -> Bool {
        let fields = ["client_id": "app", "client_secret": "the secret of app", "token": token]
        let response = fixture.respond(
            .introspect,
            Request(
                method: .post, handler: "introspect", body: Array(FormEncoding.encode(fields.map { ($0, $1) }).utf8),
                headers: ["Content-Type": "application/x-www-form-urlencoded"]))
        return try response.json()["active"] == true
    }

    private func hintIsTaken(_ token: String) -> Bool {
        browser.authorize("app", ["id_token_hint": token]).error != "invalid_request"
    }

    @Test func `the set has the next key before it signs, and the former one until its last token has ended`() throws {
        let former = try keyID(.es256, .active)
        _ = try keys.rotate("ES256", atOnce: false, seal: HandlerFixture.seal)
        let next = try keyID(.es256, .next)
        #expect(try published().contains(next))
        #expect(try UnverifiedJWS(tokens().access).keyID == former, "it is not signed with yet")
        fixture.now = fixture.now + 7 * 86_400
        _ = try keys.rotate("ES256", atOnce: false, seal: HandlerFixture.seal)
        #expect(try UnverifiedJWS(tokens().access).keyID == next)
        #expect(try published().contains(former) && published().contains(next))
        fixture.now = fixture.now + (3600 + 86_400 - 1)
        #expect(try published().contains(former))
        fixture.now = fixture.now + 1
        #expect(try !published().contains(former))
    }

    @Test func `what was signed before a change stays good`() throws {
        let before = try tokens()
        _ = try keys.rotate(nil, atOnce: true, seal: HandlerFixture.seal)
        #expect(try UnverifiedJWS(tokens().access).keyID != UnverifiedJWS(before.access).keyID)
        #expect(browser.userInfo("Bearer \(before.access)").status == .ok)
        #expect(try isActive(before.access))
        #expect(hintIsTaken(before.id))
    }

    @Test func `what a revoked key signed is worth nothing, at once and everywhere`() throws {
        let before = try tokens()
        #expect(try isActive(before.access) && browser.userInfo("Bearer \(before.access)").status == .ok)
        for algorithm in [SignatureAlgorithm.es256, .rs256] {
            let key = try keyID(algorithm, .active)
            _ = try keys.revoke(key) { HandlerFixture.seal }
            #expect(try !published().contains(key))
        }
        #expect(browser.userInfo("Bearer \(before.access)").error == "invalid_token")
        #expect(try !isActive(before.access))
        #expect(!hintIsTaken(before.id))
        let after = try tokens()
        #expect(browser.userInfo("Bearer \(after.access)").status == .ok, "and others sign in its place")
        #expect(try published().count == 2)
        #expect(hintIsTaken(after.id))
    }

    @Test func `whoever keeps the set for as long as they may has each key before it signs`() {
        #expect(PublicCaching.longest < 3 * 3600, "the least that keys.publish_ahead may be")
        let header = fixture.respond(.jwks, Request(handler: "jwks"))[.cacheControl]?.text
        #expect(header == "public, max-age=300, stale-while-revalidate=300, stale-if-error=3600")
    }
}
