import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Core §3.1.2.1 (`id_token_hint`), RFC 8725 §3.1, §3.8 and §3.11.
struct IDTokenHintTests {
    private let key: SigningKey
    private let hints: HintVerifier

    init() throws {
        key = try SigningKey.generate(.es256)
        hints = HintVerifier(keys: [key.keyID: key.publicKey], issuer: try .fixture())
    }

    private func signed(
        _ change: [String: JSON] = [:], type: String = "JWT", by other: SigningKey? = nil
    ) throws -> String {
        let good: [String: JSON] = ["iss": .string(Issuer.text), "sub": "ann", "aud": "app", "exp": 1, "iat": 0]
        return try JWS.sign(header: type, claims: .object(good.merging(change) { $1 }), key: other ?? key)
    }

    @Test func `an ID token of ours names its user, long after it has expired, whichever app it was for`() throws {
        #expect(try hints.hint(try signed()).subject == SubjectIdentifier("ann"))
        #expect(try hints.hint(try signed(["aud": "other"])).subject == SubjectIdentifier("ann"))
    }

    @Test func `what is no ID token of ours is invalid_request`() throws {
        let good = try signed()
        let parts = good.split(separator: ".").map(String.init)
        func header(_ json: JSON) -> String { Base64URL.encode(json.serialized()) }
        // RFC 8725 §2.1: the public key as the secret of an HMAC.
        let hs256 = header(["alg": "HS256", "kid": .string(key.keyID), "typ": "JWT"]) + "." + parts[1]
        let mac = Digest.hmacSHA256(key: key.publicKey.publicJWK.serialized(), message: Array(hs256.utf8))
        let stranger = try SigningKey.generate(.es256)
        let theirs = header(["alg": "ES256", "kid": .string(key.keyID), "typ": "JWT"]) + "." + parts[1]
        let bad = [
            "x", "a.b.c", good + "A", "\(parts[0]).\(parts[1]).",
            try signed(["iss": "https://other.example"]), try signed(["sub": 1]), try signed(["iss": nil]),
            try signed(["exp": nil]), try signed(["iat": nil]),
            // An access token says who, too, and is signed by the same key.
            try signed(type: "at+jwt"),
            try signed(by: stranger), theirs + "." + Base64URL.encode(try stranger.sign(Array(theirs.utf8))),
            hs256 + "." + Base64URL.encode(mac),
            header(["alg": "none", "kid": .string(key.keyID), "typ": "JWT"]) + ".\(parts[1]).",
            header(["alg": "ES256", "kid": .string(key.keyID)]) + ".\(parts[1]).\(parts[2])",
        ]
        for text in bad {
            let error = #expect(throws: OAuthError.self, "\(text)") { try hints.hint(text) }
            #expect(error?.code == .invalidRequest)
        }
    }
}
