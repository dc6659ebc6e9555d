import Testing

@testable import OIDCLogic

/// RFC 7636.
struct PKCETests {
    // §4.2, §4.6, Appendix B
    @Test func `the example of the RFC is accepted`() throws {
        let challenge = try CodeChallenge(RFC7636.challenge, method: "S256")
        #expect(challenge.accepts(try CodeVerifier(RFC7636.verifier)))
    }

    // §4.6
    @Test func `a verifier that differs in its last character is refused`() throws {
        let challenge = try CodeChallenge(RFC7636.challenge, method: "S256")
        #expect(!challenge.accepts(try CodeVerifier(RFC7636.verifier.dropLast() + "l")))
    }

    // §4.6: the challenge is public, so it must not serve as the verifier (what `plain` would be).
    @Test func `the challenge is not its own verifier`() throws {
        let challenge = try CodeChallenge(RFC7636.challenge, method: "S256")
        #expect(!challenge.accepts(try CodeVerifier(RFC7636.challenge)))
    }

    // §4.3, RFC 9700 §2.1.1
    @Test(arguments: [nil, "plain", "s256", "S512", "", "S256 "])
    func `only S256 is a method`(method: String?) {
        let error = #expect(throws: OAuthError.self) { try CodeChallenge(RFC7636.challenge, method: method) }
        #expect(error?.code == .invalidRequest)
    }

    // §4.2: 32 bytes in base64url without padding
    @Test(arguments: [
        "", "short", RFC7636.challenge + "=", String(RFC7636.challenge.dropLast()), RFC7636.challenge + "A",
        RFC7636.challenge.dropLast(2) + "+M", RFC7636.challenge.dropLast() + "N", "é" + RFC7636.challenge.dropFirst(2),
    ])
    func `a challenge is the base64url of a SHA-256`(value: String) {
        let error = #expect(throws: OAuthError.self) { try CodeChallenge(value, method: "S256") }
        #expect(error?.code == .invalidRequest)
    }

    // §4.1
    @Test(arguments: [
        "", String(repeating: "a", count: 42), String(repeating: "a", count: 129),
        String(repeating: "a", count: 42) + " ", String(repeating: "a", count: 42) + "=",
        String(repeating: "a", count: 42) + "é", String(repeating: "a", count: 42) + "\u{0}",
    ])
    func `a verifier is 43 to 128 unreserved characters`(value: String) {
        let error = #expect(throws: OAuthError.self) { try CodeVerifier(value) }
        #expect(error?.code == .invalidGrant)
    }

    @Test(arguments: [43, 128])
    func `a verifier may have any length between`(count: Int) throws {
        _ = try CodeVerifier(String(repeating: "-._~Az09", count: 16).prefix(count).description)
    }
}
