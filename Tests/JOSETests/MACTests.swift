import JOSE
import Testing

struct MACTests {
    private static let claims: JSON = ["iss": "https://login.example/oidc", "aud": "client"]
    private static let secret = Array("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".utf8)

    private func key(_ algorithm: MACAlgorithm = .hs256, _ secret: [UInt8] = secret) throws -> MACKey {
        try #require(MACKey(secret, for: algorithm))
    }

    @Test(arguments: MACAlgorithm.allCases)
    func `what was authenticated verifies and says the same`(algorithm: MACAlgorithm) throws {
        let token = JWS.authenticate(header: "JWT", claims: Self.claims, key: try key(algorithm))
        let unverified = try UnverifiedJWS(token)
        #expect(unverified.algorithm == algorithm.rawValue)
        #expect(unverified.keyID == nil)
        #expect(try unverified.verified(by: key(algorithm), type: "JWT").claims() == Self.claims)
    }

    @Test func `the token of RFC 7515 appendix A·1 verifies`() throws {
        let verified = try UnverifiedJWS(RFC7515.macToken).verified(by: key(.hs256, RFC7515.macKey), type: "JWT")
        #expect(try verified.claims() == ["iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true])
    }

    @Test(arguments: MACAlgorithm.allCases)
    func `another algorithm, type, secret or code is refused`(algorithm: MACAlgorithm) throws {
        let token = JWS.authenticate(header: "JWT", claims: Self.claims, key: try key(algorithm))
        let unverified = try UnverifiedJWS(token)
        for other in MACAlgorithm.allCases where other != algorithm {
            #expect(throws: JWSError.wrongAlgorithm) { try unverified.verified(by: key(other), type: "JWT") }
        }
        #expect(throws: JWSError.wrongType) { try unverified.verified(by: key(algorithm), type: "at+jwt") }
        let stranger = try key(algorithm, Array(Self.secret.reversed()))
        #expect(throws: JWSError.wrongSignature) { try unverified.verified(by: stranger, type: "JWT") }
        let parts = token.split(separator: ".").map(String.init)
        let code = try #require(Base64URL.decode(parts[2]))
        for wrong in [Array(code.dropLast()), code + [0], []] {
            let changed = try UnverifiedJWS("\(parts[0]).\(parts[1]).\(Base64URL.encode(wrong))")
            #expect(throws: JWSError.wrongSignature) { try changed.verified(by: key(algorithm), type: "JWT") }
        }
    }

    @Test func `a public key's signature is not taken for a code, nor a code for a signature`() throws {
        let pair = try SigningKey.generate(.es256)
        let signed = try UnverifiedJWS(JWS.sign(header: "JWT", claims: Self.claims, key: pair))
        #expect(throws: JWSError.wrongAlgorithm) { try signed.verified(by: key(), type: "JWT") }
        let published = try key(.hs256, pair.publicKey.publicJWK.serialized())
        let coded = try UnverifiedJWS(JWS.authenticate(header: "JWT", claims: Self.claims, key: published))
        for algorithm in SignatureAlgorithm.allCases {
            #expect(throws: JWSError.wrongAlgorithm) {
                try coded.verified(by: pair.publicKey, algorithm: algorithm, type: "JWT")
            }
        }
    }

    @Test(arguments: [(MACAlgorithm.hs256, 32), (.hs384, 48), (.hs512, 64)])
    func `a secret shorter than the hash makes no key, by RFC 7518 section 3·2`(algorithm: MACAlgorithm, bytes: Int) {
        #expect(MACKey([UInt8](repeating: 7, count: bytes), for: algorithm) != nil)
        #expect(MACKey([UInt8](repeating: 7, count: bytes - 1), for: algorithm) == nil)
        #expect(MACKey([], for: algorithm) == nil)
    }

    @Test func `a key can't be printed`() throws {
        #expect(!"\(try key()) \(String(reflecting: try key()))".contains("48"))
        #expect("\(try key())".contains("[redacted]"))
    }
}
