import JOSE
import Testing

@testable import OIDCLogic

/// RFC 6749 §6 and §10.4, RFC 9700 §4.14.2.
struct RefreshTokenTests {
    private let first = Result { RefreshToken(of: GrantID("grant"), random: FixedRandom(5), seal: try .fixture()) }

    @Test func `a token comes back as it went out, and shows its grant`() throws {
        let token = try first.get()
        #expect(try RefreshToken(token.text, seal: .fixture()) == token)
        #expect(token.grantID == GrantID("grant"))
        #expect(token.digest == Digest.sha256(Array(token.text.utf8)))
    }

    @Test func `a token of an older key is still one of ours`() throws {
        let rotated = Seal(
            current: try .fixture(2), older: [try .fixture(1)], context: Issuer.text)
        #expect(throws: Never.self) { try RefreshToken(first.get().text, seal: rotated) }
    }

    // Whoever makes one up, for a grant whose id they saw in an access token, must end nothing.
    @Test func `what was never made here is no token`() throws {
        let text = try first.get().text
        let other = RefreshToken(of: GrantID("other"), random: FixedRandom(5), seal: try .fixture()).text
        let forged = [
            "", "grant", "grant.", ".", "grant.AAAA", text + ".x", text + "A", String(text.dropLast()),
            "other." + text.split(separator: ".")[1], "grant." + other.split(separator: ".")[1],
            "grant." + Base64URL.encode([UInt8](repeating: 5, count: 48)),
        ]
        for text in forged {
            let error = #expect(throws: OAuthError.self, "\(text)") { try RefreshToken(text, seal: .fixture()) }
            #expect(error?.code == .invalidGrant)
        }
        #expect(throws: OAuthError.self) { try RefreshToken(text, seal: .fixture(9)) }
        #expect(throws: OAuthError.self) { try RefreshToken(text, seal: .fixture(issuer: "https://other.example")) }
    }

    @Test func `a successor is the same for one salt, and another for another`() throws {
        let token = try first.get()
        let next = token.successor(salt: [1], seal: try .fixture())
        #expect(next == token.successor(salt: [1], seal: try .fixture()))
        #expect(next != token.successor(salt: [2], seal: try .fixture()))
        #expect(next != token)
        #expect(next.grantID == token.grantID)
        #expect(try RefreshToken(next.text, seal: .fixture()) == next)
    }
}
