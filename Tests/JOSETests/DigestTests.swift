import JOSE
import Testing

struct DigestTests {
    private func bytes(hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    @Test func `SHA-2 gives what FIPS 180-4 says of "abc"`() {
        let abc = Array("abc".utf8)
        #expect(
            Digest.sha256(abc) == bytes(hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        #expect(
            Digest.sha384(abc).prefix(16).elementsEqual(bytes(hex: "cb00753f45a35e8bb5a03d699ac65007")))
        #expect(
            Digest.sha512(abc).prefix(16).elementsEqual(bytes(hex: "ddaf35a193617abacc417349ae204131")))
        #expect(Digest.sha384(abc).count == 48)
        #expect(Digest.sha512(abc).count == 64)
        #expect(
            Digest.sha256([]) == bytes(hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
    }

    @Test func `HMAC-SHA256 gives what RFC 4231 says, test cases 2 and 6`() {
        #expect(
            Digest.hmacSHA256(key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8))
                == bytes(hex: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
        #expect(
            Digest.hmacSHA256(
                key: [UInt8](repeating: 0xAA, count: 131),
                message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
                == bytes(hex: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"))
        #expect(
            Digest.hmacSHA256(key: [], message: [])
                == bytes(hex: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"))
    }

    @Test func `HKDF-SHA256 gives what RFC 5869 says, test cases 1 and 3`() {
        #expect(
            HKDF.sha256(
                key: [UInt8](repeating: 0x0B, count: 22), salt: Array(0...0x0C), info: Array(0xF0...0xF9), count: 42)
                == bytes(
                    hex: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"))
        #expect(
            HKDF.sha256(key: [UInt8](repeating: 0x0B, count: 22), salt: [], info: [], count: 42)
                == bytes(
                    hex: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"))
    }

    @Test func `bytes are compared whole`() {
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(constantTimeEqual([UInt8](), [UInt8]()))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([0, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(!constantTimeEqual([1, 2, 3], []))
    }

    @Test func `random bytes have the length asked for and don't repeat`() {
        #expect(Random.bytes(0).isEmpty)
        #expect(Random.bytes(33).count == 33)
        #expect(SystemRandom().bytes(32) != SystemRandom().bytes(32))
    }

    @Test func `at_hash is the left half of the algorithm's hash, by OpenID Connect Core section 3.1.3.6`() {
        // The access token and at_hash of OpenID Connect Core, appendix A.3.
        #expect(
            SignatureAlgorithm.rs256.leftHalfHash(of: "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")
                == "77QmUPtjPfzWtF2AnpK9RQ")
        #expect(Base64URL.decode(SignatureAlgorithm.es384.leftHalfHash(of: "x"))?.count == 24)
        #expect(
            SignatureAlgorithm.edDSA.leftHalfHash(of: "x")
                == Base64URL.encode(Digest.sha512(Array("x".utf8)).prefix(32)))
    }
}
