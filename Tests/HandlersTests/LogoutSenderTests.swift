import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// OpenID Connect Back-Channel Logout 1.0 §2.5.
@Suite struct LogoutSenderTests {
    private static let uri = "https://told.example/backchannel"
    private let fixture: HandlerFixture
    private let outbound = OutboundFixture()
    private let sender: LogoutSender

    init() throws {
        fixture = try HandlerFixture()
        sender = LogoutSender(
            issuer: fixture.provider.issuer, store: fixture.store, keys: KeyRing(seal: HandlerFixture.seal),
            outbound: outbound, now: fixture.provider.now, random: SystemRandom(), log: fixture.provider.log)
        try fixture.add(
            "told",
            metadata: [
                "backchannel_logout_uri": .string(Self.uri), "subject_type": "pairwise",
                "id_token_signed_response_alg": "ES256",
            ])
    }

    private func part(_ number: Int, of token: String) throws -> JSON {
        let parts = token.split(separator: ".")
        return try JSON(parsing: Base64URL.decode(String(parts[number])).orThrow("no token"))
    }

    /// Signs in to the client, and out again. Returns the claims of the ID token.
    private func signInAndOut() throws -> JSON {
        let browser = HandlerBrowser(fixture)
        let answer = try browser.token(try browser.code("told"), of: "told").json()
        try fixture.store.acting(as: .system, at: fixture.now) {
            try fixture.store.endSession(try fixture.session().id)
        }
        return try part(1, of: answer["id_token"]?.stringValue ?? "")
    }

    @Test func `an app is told of the session by the names that it knows`() throws {
        outbound.publish("", at: Self.uri)
        let idToken = try signInAndOut()
        #expect(sender.sendNext())
        let posted = try #require(outbound.posted.first)
        #expect(posted.uri == Self.uri && posted.fields.keys.sorted() == ["logout_token"])
        let token = posted.fields["logout_token"] ?? ""
        let header = try part(0, of: token)
        let claims = try part(1, of: token)
        #expect(header["typ"] == "logout+jwt" && header["alg"] == "ES256")
        #expect(idToken["sub"]?.stringValue?.hasPrefix("pairwise.") == true)
        for claim in ["iss", "sub", "aud", "sid"] { #expect(claims[claim] == idToken[claim] && claims[claim] != nil) }
        #expect(!sender.sendNext(), "once")
        #expect(outbound.posted.count == 1)
    }

    @Test func `each attempt has a token of its own`() throws {
        _ = try signInAndOut()
        #expect(sender.sendNext(), "nobody answers")
        #expect(!sender.sendNext(), "and is left alone for a while")
        fixture.now = fixture.now + 15
        outbound.publish("", status: 400, at: Self.uri)
        for _ in 0..<3 {
            #expect(sender.sendNext())
            fixture.now = fixture.now + LogoutDelivery.longestDelay
        }
        #expect(!sender.sendNext(), "three tries are enough for who refuses it")
        let tokens = outbound.posted.compactMap { $0.fields["logout_token"] }
        #expect(try Set(tokens.map { try part(1, of: $0)["jti"]?.stringValue }).count == tokens.count)
        try #require(tokens.count == 4)
        let last = fixture.now + -LogoutDelivery.longestDelay
        #expect(try part(1, of: tokens[3])["exp"]?.integerValue == (last + 120).seconds)
        let told = try fixture.store.undeliveredLogouts(at: fixture.now, before: nil, limit: 9)
        #expect(told.map(\.attempts) == [4])
        #expect(!fixture.logged.contains { line in tokens.contains { line.contains($0) } }, "no token is logged")
    }

    @Test func `what is due to an app goes in turn, as long as it may and the app answers`() throws {
        outbound.publish("", at: Self.uri)
        for _ in 0..<5 { _ = try signInAndOut() }
        var asked = 0
        #expect(
            sender.sendNext(while: {
                asked += 1
                return asked < 2
            }))
        #expect(outbound.posted.count == 2)
        outbound.fail(.unreachable("down"), at: Self.uri)
        #expect(sender.sendNext())
        #expect(outbound.posted.count == 3, "after an outage nothing more is sent")
        outbound.publish("", at: Self.uri)
        fixture.now = fixture.now + 15
        #expect(sender.sendNext())
        #expect(outbound.posted.count == 4, "one asks whether it is over")
        #expect(sender.sendNext())
        #expect(outbound.posted.count == 6, "and the rest goes together")
        #expect(!sender.sendNext())
        #expect(try fixture.store.undeliveredLogouts(at: fixture.now + 60, before: nil, limit: 9).isEmpty)
    }

    @Test func `without a key nothing is spent, and the fault is told once`() throws {
        _ = try signInAndOut()
        let keyless = LogoutSender(
            issuer: fixture.provider.issuer, store: fixture.store, keys: KeyRing(seal: nil), outbound: outbound,
            now: fixture.provider.now, random: SystemRandom(), log: fixture.provider.log)
        for _ in 0..<2 {
            #expect(!keyless.sendNext())
            fixture.now = fixture.now + LogoutDelivery.lease
        }
        #expect(fixture.logged.count { $0.contains("can't be told") } == 1)
        outbound.publish("", at: Self.uri)
        #expect(sender.sendNext())
        #expect(outbound.posted.count == 1)
    }

    @Test func `who was removed is told nothing`() throws {
        _ = try signInAndOut()
        _ = try fixture.store.removeClient(ClientID("told"))
        #expect(!sender.sendNext())
        #expect(outbound.posted.isEmpty)
    }
}
