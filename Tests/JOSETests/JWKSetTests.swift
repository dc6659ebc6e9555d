import JOSE
import Testing

struct JWKSetTests {
    @Test func `the set of RFC 7517 appendix A.1 gives its one key for signatures`() throws {
        let set = try JWKSet(parsing: RFC7517.publicKeys.serialized())
        #expect(set.keys.map(\.keyID) == ["2011-04-29"])
        #expect(set.key(id: "2011-04-29")?.thumbprint == RFC7517.rsaThumbprint)
        #expect(set.key(id: "1") == nil)
    }

    @Test func `keys of no use are skipped, by RFC 7517 section 5, and the others stay`() throws {
        let set = try JWKSet([
            "keys": [1, nil, [:], ["kty": "oct", "k": "AA"], RFC7515.ecKey, ["kty": "future"], RFC8037.publicKey],
            "other": true,
        ])
        #expect(set.keys.map(\.thumbprint) == [RFC8037.thumbprint])
    }

    @Test func `no more keys are read than anyone publishes`() throws {
        let set = try JWKSet(["keys": .array(Array(repeating: RFC8037.publicKey, count: 100))])
        #expect(set.keys.count == JWKSet.maximumKeys)
    }

    @Test(arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#, "null"])
    func `what is not a set is refused`(text: String) {
        #expect(throws: JWKError.malformed) { try JWKSet(parsing: Array(text.utf8)) }
    }

    @Test func `what is published holds public members only, and reads back`() throws {
        let keys = try [SignatureAlgorithm.rs256, .es256, .edDSA].map { try SigningKey.generate($0).publicKey }
        let published = JWKSet(keys).publicJSON
        #expect(try JWKSet(parsing: published.serialized()).keys.map(\.keyID) == keys.map(\.keyID))
        let names = Set((published["keys"]?.arrayValue ?? []).flatMap { $0.objectValue.map { Array($0.keys) } ?? [] })
        #expect(names == ["kty", "crv", "x", "y", "n", "e", "kid", "use", "alg"])
    }
}
