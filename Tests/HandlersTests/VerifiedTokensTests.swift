import OIDCLogic
import Testing

@testable import Handlers

struct VerifiedTokensTests {
    private struct Forged: Error {}

    private func token() throws -> AccessToken {
        try AccessToken(
            verified: [
                "iss": "https://id.example", "sub": "7b0e1c5e", "aud": "app", "exp": 200, "iat": 100, "nbf": 100,
                "jti": "grant.1", "client_id": "app", "scope": "openid",
            ], issuer: try Issuer("https://id.example"))
    }

    private func isKnown(_ text: String, to tokens: VerifiedTokens, at generation: Int64) -> Bool {
        (try? tokens.token(text, at: generation) { throw Forged() }) != nil
    }

    @Test func `a token is verified once`() throws {
        let tokens = VerifiedTokens()
        _ = try tokens.token("a", at: 1) { try token() }
        #expect(isKnown("a", to: tokens, at: 1))
        #expect(!isKnown("A", to: tokens, at: 1))
    }

    @Test func `a token is told by its bytes, and a long one isn't kept`() throws {
        let tokens = VerifiedTokens()
        _ = try tokens.token("K", at: 1) { try token() }
        // The Kelvin sign, which `String` holds for the same.
        #expect(!isKnown("\u{212A}", to: tokens, at: 1))
        let long = String(repeating: "a", count: 4097)
        _ = try tokens.token(long, at: 1) { try token() }
        #expect(!isKnown(long, to: tokens, at: 1))
    }

    @Test func `what was refused is looked at again`() throws {
        let tokens = VerifiedTokens()
        #expect(!isKnown("a", to: tokens, at: 1))
        #expect(!isKnown("a", to: tokens, at: 1))
    }

    @Test func `a change of the keys ends it`() throws {
        let tokens = VerifiedTokens()
        _ = try tokens.token("a", at: 1) { try token() }
        #expect(!isKnown("a", to: tokens, at: 2))
        _ = try tokens.token("b", at: 2) { try token() }
        #expect(!isKnown("a", to: tokens, at: 1))
    }

    @Test func `what is asked for stays, and the rest is forgotten`() throws {
        let tokens = VerifiedTokens(limit: 10)
        _ = try tokens.token("asked for", at: 1) { try token() }
        _ = try tokens.token("left", at: 1) { try token() }
        for number in 0..<100 {
            _ = try tokens.token("\(number)", at: 1) { try token() }
            #expect(isKnown("asked for", to: tokens, at: 1))
        }
        #expect(!isKnown("left", to: tokens, at: 1))
        #expect(!isKnown("70", to: tokens, at: 1))
        #expect(isKnown("99", to: tokens, at: 1))
    }
}
