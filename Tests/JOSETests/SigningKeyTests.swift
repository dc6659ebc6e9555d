import JOSE
import Testing

struct SigningKeyTests {
    @Test(arguments: SignatureAlgorithm.allCases)
    func `a new key signs, and what it signed verifies with its public JWK`(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let message = Array("a message".utf8)
        let signature = try key.sign(message)
        let read = try VerificationKey(publicJWK: key.publicKey.publicJWK)
        #expect(key.algorithm == algorithm)
        #expect(read.keyID == key.keyID)
        #expect(read.thumbprint == key.keyID)
        #expect(read.publicJWK == key.publicKey.publicJWK)
        #expect(read.verify(signature, for: message, algorithm: algorithm))
        #expect(!read.verify(signature, for: message + [0], algorithm: algorithm))
        #expect(!read.verify([], for: message, algorithm: algorithm))
        #expect(!read.verify(Array(signature.dropLast()), for: message, algorithm: algorithm))
        #expect(!read.verify(signature + [0], for: message, algorithm: algorithm))
        #expect(!read.verify([UInt8](repeating: 0, count: signature.count), for: message, algorithm: algorithm))
        for position in stride(from: 0, to: signature.count, by: 7) {
            var changed = signature
            changed[position] ^= 1
            #expect(!read.verify(changed, for: message, algorithm: algorithm))
        }
        for other in SignatureAlgorithm.allCases where other != algorithm {
            #expect(!read.verify(signature, for: message, algorithm: other), "its JWK names one algorithm")
        }
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a key comes back from its private JWK`(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let jwk = try key.privateJWK()
        let read = try SigningKey(privateJWK: JSON(parsing: jwk.serialized()))
        #expect(read.keyID == key.keyID)
        #expect(read.algorithm == algorithm)
        #expect(try read.privateJWK() == jwk)
        #expect(key.publicKey.verify(try read.sign([1, 2]), for: [1, 2], algorithm: algorithm))
        #expect(throws: JWKError.notPublic) { try VerificationKey(publicJWK: jwk) }
        #expect(key.publicKey.publicJWK["d"] == nil)
    }

    @Test func `RS256 signs as RFC 7515 appendix A.2 says, byte for byte`() throws {
        let key = try SigningKey(privateJWK: RFC7515.rsaKey)
        #expect(Base64URL.encode(try key.sign(Array(RFC7515.rsaSigned.utf8))) == RFC7515.rsaSignature)
    }

    @Test func `EdDSA signs as RFC 8037 appendix A.4 says, byte for byte`() throws {
        let key = try SigningKey(privateJWK: RFC8037.privateKey)
        #expect(key.algorithm == .edDSA)
        #expect(Base64URL.encode(try key.sign(Array(RFC8037.signed.utf8))) == RFC8037.signature)
    }

    @Test func `the private keys of RFC 7515 and RFC 7517 are read`() throws {
        let rsa = try SigningKey(privateJWK: RFC7517.rsaPublicKey.changing(RFC7517.rsaPrivateMembers.mapValues { $0 }))
        #expect(rsa.keyID == RFC7517.rsaThumbprint)
        #expect(try SigningKey(privateJWK: RFC7515.ecKey).algorithm == .es256)
        #expect(try SigningKey(privateJWK: RFC7515.ec521Key).algorithm == .es512)
    }

    @Test(
        arguments: [
            (RFC7515.rsaKey, ["d": nil], .member("d")),
            (RFC7515.rsaKey, ["qi": nil], .member("qi")),
            (RFC7515.rsaKey, ["alg": nil], .member("alg")),
            (RFC7515.rsaKey, ["alg": "ES256"], .otherUse),
            (RFC7515.rsaKey, ["alg": "none"], .otherUse),
            (RFC7515.rsaKey, ["use": "enc"], .otherUse),
            (RFC7515.rsaKey, ["key_ops": ["verify"]], .otherUse),
            (RFC7515.rsaKey, ["oth": []], .unsupported),
            (RFC7515.rsaKey, ["n": RFC7517.rsaPublicKey["n"]], .unusable),
            (RFC7515.ecKey, ["d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LM"], .unusable),
            (RFC7515.ecKey, ["d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9A"], .member("d")),
            (RFC7515.ecKey, ["d": nil], .member("d")),
            (RFC8037.privateKey, ["d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2E"], .unusable),
        ] as [(JSON, [String: JSON?], JWKError)])
    func `a faulty private JWK is refused`(key: JSON, change: [String: JSON?], error: JWKError) {
        #expect(throws: Never.self) { try SigningKey(privateJWK: key) }
        #expect(throws: error) { try SigningKey(privateJWK: key.changing(change)) }
    }
}
