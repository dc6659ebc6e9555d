import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Back-Channel Logout 1.0 §2.4.
struct LogoutTokenTests {
    private func claims(_ client: Client? = nil) throws -> JSON {
        let client = try client ?? .fixture()
        return LogoutToken.claims(
            for: .fixture(), knowing: SubjectIdentifiers(of: client, salt: .fixture), issuer: try .fixture(),
            at: .noon, random: FixedRandom())
    }

    @Test func `it says what section 2_4 wants, and nothing else`() throws {
        #expect(
            try claims() == [
                "iss": .string(Issuer.text), "sub": "user", "aud": "app", "iat": .integer(Timestamp.noon.seconds),
                "exp": .integer(Timestamp.noon.seconds + 120), "jti": "BwcHBwcHBwcHBwcHBwcHBw", "sid": "sid",
                "events": ["http://schemas.openid.net/event/backchannel-logout": [:]],
            ])
        #expect(LogoutToken.type == "logout+jwt")
    }

    @Test func `a client is told of its user as it knows them`() throws {
        let client = try Client.fixture(metadata: ["subject_type": "pairwise"])
        let expected = SubjectIdentifiers(of: client, salt: .fixture).identifier(of: UserID("user"))
        #expect(try claims(client)["sub"] == .string(expected.value))
        #expect(expected.value != "user")
    }
}

extension LogoutDelivery {
    static func fixture(attempts: Int64 = 0, refusals: Int64 = 0, outages: Int64 = 0) -> LogoutDelivery {
        LogoutDelivery(
            id: 1, clientID: ClientID("app"), userID: UserID("user"), sid: "sid",
            uri: WebURI(stored: "https://app.example/backchannel"), createdAt: .noon, attempts: attempts,
            refusals: refusals,
            outages: outages, state: .waiting(until: .noon, lastFault: nil))
    }
}
