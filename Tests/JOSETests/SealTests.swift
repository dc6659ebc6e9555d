import JOSE
import Testing

extension Purpose {
    fileprivate static let code = Purpose(rawValue: "code")
    fileprivate static let state = Purpose(rawValue: "state")
}

struct SealTests {
    private let key = SealingKey.generate()
    private let bytes = Array("an authorization code".utf8)

    private func seal(_ current: SealingKey? = nil, older: [SealingKey] = [], issuer: String = "https://a.example")
        -> Seal
    {
        Seal(current: current ?? key, older: older, context: issuer)
    }

    @Test func `what was sealed opens, and looks different each time`() throws {
        let sealed = seal().seal(bytes, purpose: .code)
        #expect(try seal().open(sealed, purpose: .code) == bytes)
        #expect(seal().seal(bytes, purpose: .code) != sealed)
        #expect(Base64URL.decode(sealed)?.count == 4 + 24 + bytes.count + 16)
        #expect(try seal().open(seal().seal([], purpose: .code), purpose: .code) == [])
        let large = Random.bytes(100_000)
        #expect(try seal().open(seal().seal(large, purpose: .code), purpose: .code) == large)
    }

    @Test func `the form is the documented one, byte for byte`() throws {
        struct Zeros: RandomSource { func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) } }
        let key = try #require(SealingKey(bytes: [UInt8](repeating: 7, count: 32)))
        let seal = Seal(current: key, context: "https://a.example", random: Zeros())
        // Made by Python's `cryptography` (HKDF, AESGCM) from the description of `Seal`.
        let sealed = seal.seal(Array("hello".utf8), purpose: .code, associated: [1])
        #expect(sealed == Self.known)
    }

    static let known = "u6-6wgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMxgw3WJvbcy1ihsMLVdCrEpdpaJdw"

    @Test func `it opens only for its own purpose, issuer and associated value`() throws {
        let sealed = seal().seal(bytes, purpose: .code, associated: [1])
        #expect(try seal().open(sealed, purpose: .code, associated: [1]) == bytes)
        #expect(throws: SealError.notAuthentic) { try seal().open(sealed, purpose: .state, associated: [1]) }
        #expect(throws: SealError.notAuthentic) { try seal().open(sealed, purpose: .code, associated: [2]) }
        #expect(throws: SealError.notAuthentic) { try seal().open(sealed, purpose: .code) }
        #expect(throws: SealError.notAuthentic) {
            try seal(issuer: "https://b.example").open(sealed, purpose: .code, associated: [1])
        }
    }

    @Test func `purpose and issuer can't be shifted into each other`() throws {
        let sealed = seal(issuer: "bc").seal(bytes, purpose: Purpose(rawValue: "a"))
        #expect(throws: SealError.notAuthentic) { try seal(issuer: "c").open(sealed, purpose: Purpose(rawValue: "ab")) }
    }

    @Test func `a change of any byte is noticed`() throws {
        let sealed = try #require(Base64URL.decode(seal().seal(bytes, purpose: .code)))
        for position in sealed.indices {
            var changed = sealed
            changed[position] ^= 0x80
            let error: SealError = position < 4 ? .unknownKey : .notAuthentic
            #expect(throws: error) { try seal().open(Base64URL.encode(changed), purpose: .code) }
        }
        #expect(throws: SealError.notAuthentic) { try seal().open(Base64URL.encode(sealed + [0]), purpose: .code) }
        for count in sealed.indices {
            #expect(throws: SealError.self) { try seal().open(Base64URL.encode(sealed[..<count]), purpose: .code) }
        }
    }

    @Test(arguments: ["", "AAAA", "not base64!", "AAAA=", String(repeating: "A", count: 57)])
    func `what was never sealed is malformed`(text: String) {
        #expect(throws: SealError.malformed) { try seal().open(text, purpose: .code) }
    }

    @Test func `an older key opens what it sealed, and a removed one doesn't`() throws {
        let next = SealingKey.generate()
        let sealed = seal().seal(bytes, purpose: .code)
        #expect(try seal(next, older: [key]).open(sealed, purpose: .code) == bytes)
        #expect(throws: SealError.unknownKey) { try seal(next).open(sealed, purpose: .code) }
        let fresh = seal(next, older: [key]).seal(bytes, purpose: .code)
        #expect(try seal(next).open(fresh, purpose: .code) == bytes, "the first key seals")
    }

    @Test func `a key has 32 bytes and an ID that doesn't tell them`() {
        #expect(SealingKey(bytes: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(SealingKey(bytes: [UInt8](repeating: 1, count: 33)) == nil)
        #expect(SealingKey(bytes: [UInt8](repeating: 1, count: 32))?.keyID.count == 4)
        #expect(SealingKey.generate().keyID != SealingKey.generate().keyID)
    }
}
