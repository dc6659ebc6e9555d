import JOSE
import Testing

struct VerificationKeyTests {
    @Test(
        arguments: [
            (RFC7515.rsaKey, .rs256, RFC7515.rsaSigned, RFC7515.rsaSignature),
            (RFC7515.ecKey, .es256, RFC7515.ecSigned, RFC7515.ecSignature),
            (RFC7515.ec521Key, .es512, RFC7515.ec521Signed, RFC7515.ec521Signature),
            (RFC7520.rsaKey, .ps384, RFC7520.signed, RFC7520.signature),
            (RFC8037.publicKey, .edDSA, RFC8037.signed, RFC8037.signature),
        ] as [(JSON, SignatureAlgorithm, String, String)])
    func `the signatures of the RFCs verify`(
        jwk: JSON, algorithm: SignatureAlgorithm, signed: String, signature: String
    ) throws {
        let key = try VerificationKey(publicJWK: jwk.withoutPrivateMembers)
        let signature = try #require(Base64URL.decode(signature))
        #expect(key.verify(signature, for: Array(signed.utf8), algorithm: algorithm))
        #expect(!key.verify(signature, for: Array((signed + "A").utf8), algorithm: algorithm))
        for other in SignatureAlgorithm.allCases where other != algorithm {
            #expect(!key.verify(signature, for: Array(signed.utf8), algorithm: other))
        }
    }

    @Test func `thumbprints are those of RFC 7638 section 3.1 and RFC 8037 appendix A.3`() throws {
        let rsa = try VerificationKey(publicJWK: RFC7517.rsaPublicKey)
        #expect(rsa.thumbprint == RFC7517.rsaThumbprint)
        #expect(rsa.keyID == "2011-04-29", "a JWK's own kid is kept")
        let ed25519 = try VerificationKey(publicJWK: RFC8037.publicKey)
        #expect(ed25519.thumbprint == RFC8037.thumbprint)
        #expect(ed25519.keyID == RFC8037.thumbprint, "and the thumbprint stands in where there is none")
    }

    @Test func `the public JWK says what the key is for, and a leading zero of the modulus is gone`() throws {
        let key = try VerificationKey(publicJWK: RFC8037.publicKey)
        #expect(
            key.publicJWK == RFC8037.publicKey.changing(["kid": .string(key.keyID), "use": "sig", "alg": "EdDSA"]))
        let modulus = try #require(RFC7517.rsaPublicKey["n"]?.stringValue)
        let padded = Base64URL.encode([0] + (try #require(Base64URL.decode(modulus))))
        let rsa = try VerificationKey(publicJWK: RFC7517.rsaPublicKey.changing(["n": .string(padded)]))
        #expect(rsa.thumbprint == RFC7517.rsaThumbprint)
        #expect(rsa.publicJWK["n"]?.stringValue == modulus)
    }

    @Test func `an RSA key without alg serves all RSA algorithms, and one with alg only that`() throws {
        let key = try SigningKey(privateJWK: RFC7515.rsaKey)
        let open = try VerificationKey(publicJWK: RFC7515.rsaKey.withoutPrivateMembers.changing(["alg": nil]))
        let bound = try VerificationKey(publicJWK: RFC7515.rsaKey.withoutPrivateMembers)
        let pss = try SigningKey(privateJWK: RFC7515.rsaKey.changing(["alg": "PS256"]))
        #expect(open.algorithm == nil)
        #expect(open.publicJWK["alg"] == nil)
        #expect(open.verify(try key.sign([1]), for: [1], algorithm: .rs256))
        #expect(open.verify(try pss.sign([1]), for: [1], algorithm: .ps256))
        #expect(bound.verify(try key.sign([1]), for: [1], algorithm: .rs256))
        #expect(!bound.verify(try pss.sign([1]), for: [1], algorithm: .ps256))
    }

    private static let rsa = RFC7517.rsaPublicKey
    private static let ec = RFC7515.ecKey.withoutPrivateMembers
    private static let ed25519 = RFC8037.publicKey

    private static func odd(_ count: Int) -> JSON {
        .string(Base64URL.encode([0x81] + [UInt8](repeating: 0x55, count: count - 1)))
    }

    @Test(
        arguments: [
            (rsa, ["d": "AQAB"], .notPublic), (rsa, ["p": nil as JSON, "qi": "AA"], .notPublic),
            (ec, ["d": "AA"], .notPublic),
            (ed25519, ["d": nil as JSON], .notPublic), (rsa, ["k": "AQAB"], .notPublic),
            (rsa, ["kty": "oct"], .unsupported), (rsa, ["kty": "rsa"], .unsupported),
            (rsa, ["kty": nil], .member("kty")),
            (rsa, ["kty": 1], .member("kty")), (rsa, ["kid": 1], .member("kid")),
            (rsa, ["use": "enc"], .otherUse), (rsa, ["use": 1], .member("use")),
            (rsa, ["key_ops": ["sign"]], .otherUse), (rsa, ["key_ops": []], .otherUse),
            (rsa, ["key_ops": "verify"], .member("key_ops")), (rsa, ["key_ops": ["verify", 1]], .member("key_ops")),
            (rsa, ["alg": "none"], .otherUse), (rsa, ["alg": "HS256"], .otherUse), (rsa, ["alg": "ES256"], .otherUse),
            (rsa, ["alg": "rs256"], .otherUse), (rsa, ["alg": 1], .member("alg")),
            (rsa, ["n": nil], .member("n")), (rsa, ["n": "AQ=="], .member("n")), (rsa, ["n": ""], .member("n")),
            (rsa, ["n": odd(255)], .unusable), (rsa, ["n": odd(128)], .unusable), (rsa, ["n": odd(1025)], .unusable),
            (rsa, ["n": odd(4096)], .member("n")),
            (rsa, ["n": .string(Base64URL.encode([0x81] + [UInt8](repeating: 0x54, count: 255)))], .unusable),
            (rsa, ["e": "AQ"], .unusable), (rsa, ["e": "Aw"], .unusable), (rsa, ["e": "AQAA"], .unusable),
            (rsa, ["e": "AP8B"], .unusable), (rsa, ["e": odd(9)], .unusable), (rsa, ["e": "AA"], .unusable),
            (ec, ["y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"], .member("y")),
            (ec, ["y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5aw"], .unusable),
            (ec, ["x": .string(Base64URL.encode([UInt8](repeating: 0, count: 32)))], .unusable),
            (ec, ["x": .string(Base64URL.encode([UInt8](repeating: 0xFF, count: 32)))], .unusable),
            (ec, ["x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVA"], .member("x")),
            (ec, ["crv": "P-384"], .member("x")), (ec, ["crv": "secp256k1"], .unsupported),
            (ec, ["crv": nil], .member("crv")),
            (ec, ["alg": "ES384"], .otherUse),
            (ed25519, ["x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"], .member("x")),
            (ed25519, ["crv": "Ed448"], .unsupported), (ed25519, ["crv": "X25519"], .unsupported),
            (ed25519, ["alg": "ES256"], .otherUse),
        ] as [(JSON, [String: JSON?], JWKError)])
    func `a faulty public JWK is refused`(key: JSON, change: [String: JSON?], error: JWKError) {
        #expect(throws: Never.self) { try VerificationKey(publicJWK: key) }
        #expect(throws: error) { try VerificationKey(publicJWK: key.changing(change)) }
    }

    @Test(arguments: [["verify"], ["sign", "verify"]] as [JSON])
    func `key_ops that name verify are good`(operations: JSON) {
        #expect(throws: Never.self) {
            try VerificationKey(publicJWK: Self.rsa.changing(["key_ops": operations, "use": "sig"]))
        }
    }

    @Test func `what is no object is refused`() {
        #expect(throws: JWKError.malformed) { try VerificationKey(publicJWK: [Self.rsa]) }
    }

    @Test func `an ECDSA signature of zeros is refused, and so are DER and a byte between the halves`() throws {
        let key = try VerificationKey(publicJWK: Self.ec)
        #expect(!key.verify([UInt8](repeating: 0, count: 64), for: [1], algorithm: .es256))
        let signature = try #require(Base64URL.decode(RFC7515.ecSignature))
        // The second half begins with 0xC5, so DER puts a zero in front of it.
        let der = [0x30, 0x45, 0x02, 0x20] + signature[..<32] + [0x02, 0x21, 0x00] + signature[32...]
        #expect(key.verify(signature, for: Array(RFC7515.ecSigned.utf8), algorithm: .es256))
        #expect(!key.verify(der, for: Array(RFC7515.ecSigned.utf8), algorithm: .es256))
        let stretched = signature[..<32] + [0] + signature[32...]
        #expect(!key.verify(Array(stretched), for: Array(RFC7515.ecSigned.utf8), algorithm: .es256))
    }
}
