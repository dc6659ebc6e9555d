import JOSE
import Testing

@testable import OIDCLogic

/// What is issued can be sent: in a header line of 8 KiB, and back to us as a hint.
struct TokenSizeTests {
    private func text(_ count: Int) -> JSON { .string(String(repeating: "a", count: count)) }

    /// `{"claim":"…"}` of that many bytes.
    private func claims(_ count: Int) -> [String: JSON] { ["claim": text(count - 12)] }

    @Test(arguments: [TokenSize.accessToken, .idToken])
    func `claims up to the limit pass, and one byte more is server_error`(size: TokenSize) throws {
        #expect(throws: Never.self) { try size.check(claims(size.limit)) }
        #expect(throws: Never.self) { try size.check([:]) }
        let error = #expect(throws: OAuthError.self) { try size.check(claims(size.limit + 1)) }
        #expect(error?.code == .serverError)
        #expect(error?.cause?.contains("have \(size.limit + 1) bytes, more than \(size.limit);") == true)
    }

    @Test func `the cause names the largest claims, and none of their values`() throws {
        let claims = ["groups": text(6000), "b": text(20), "a": text(20), "roles": text(300), "tiny": 1]
        let error = #expect(throws: OAuthError.self) { try TokenSize.accessToken.check(claims) }
        let cause = try #require(error?.cause)
        #expect(cause.contains("the largest are groups (6002), roles (302), a (22). Let them"))
        #expect(!cause.contains("aaaa"))
    }

    // RFC 7515 §7.1. The longest signature that is made here is that of RSA with 4096 bits, of 512 bytes.
    @Test func `an access token of the largest size fits into nginx's header line`() {
        let header = #"{"alg":"RS512","kid":""# + String(repeating: "k", count: 43) + #"","typ":"at+jwt"}"#
        let parts = [header.utf8.count, TokenSize.accessToken.limit, 512].map { ($0 * 4 + 2) / 3 }
        #expect(parts.reduce(2, +) + "Authorization: Bearer \r\n".utf8.count <= 8192)
    }

    @Test func `an ID token of the largest size may come back as a hint`() {
        let parts = [90, TokenSize.idToken.limit + 1500, 512].map { ($0 * 4 + 2) / 3 }
        #expect(parts.reduce(2, +) <= IDTokenHint.limit)
    }

    @Test func `a hint of that size passes at authorize and at logout`() throws {
        let key = try SigningKey.generate(.es256)
        let hints = HintVerifier(keys: [key.keyID: key.publicKey], issuer: try .fixture())
        func hint(_ count: Int) throws -> String {
            try JWS.sign(
                header: IDToken.type,
                claims: [
                    "iss": .string(Issuer.text), "sub": .string(User.fixture().id.value), "aud": "app", "exp": 1,
                    "iat": 1, "sid": "sid", "x": text(count),
                ], key: key)
        }
        let largest = try hint(TokenSize.idToken.limit + 1300)
        #expect(try ValidatedAuthorizationRequest.fixture(["id_token_hint": largest], hints: hints).hint?.sid == "sid")
        #expect(try LogoutRequest(Parameters(["id_token_hint": largest]), hints: hints).hint?.sid == "sid")
        let larger = try hint(IDTokenHint.limit * 3 / 4)
        #expect(throws: AuthorizationFailure.self) {
            try ValidatedAuthorizationRequest.fixture(["id_token_hint": larger], hints: hints)
        }
        #expect(try LogoutRequest(Parameters(["id_token_hint": larger]), hints: hints).hint == nil)
    }
}
