import JOSE
import Testing

/// RFC 7517 section 5.
struct JWKSetTests {
    private static let second = RFC7515.ecKey.withoutPrivateMembers.changing(["kid": "second"])

    @Test func `the set of RFC 7517 appendix A.1 gives its one key for signatures`() throws {
        let set = try JWKSet(parsing: RFC7517.publicKeys.serialized())
        #expect(set.keys.map(\.keyID) == ["2011-04-29"])
        #expect(set.has(id: "2011-04-29"))
        #expect(!set.has(id: "1"), "which is for encryption")
        #expect(set.keys(id: "2011-04-29", for: .rs256).map(\.thumbprint) == [RFC7517.rsaThumbprint])
        #expect(set.keys(id: "2011-04-29", for: .ps256).isEmpty, "its alg is RS256")
    }

    @Test func `keys of no use are passed over, and the others stay`() throws {
        let set = try JWKSet([
            "keys": [
                [:], ["kty": "future"], ["kty": 1], RFC8037.publicKey, Self.second.changing(["use": "enc"]),
                Self.second.changing(["key_ops": ["deriveBits"]]), Self.second.changing(["alg": "ES512"]),
                RFC7517.rsaPublicKey.changing(["e": "AQ"]),
            ],
            "other": true,
        ])
        #expect(set.keys.map(\.thumbprint) == [RFC8037.thumbprint])
    }

    @Test func `without an id every key of the algorithm may be meant, with one those of that id`() throws {
        let twice = Self.second.changing(["x": RFC7517.ecKey["x"], "y": RFC7517.ecKey["y"]])
        let set = try JWKSet(["keys": [Self.second, RFC8037.publicKey, twice]])
        #expect(set.keys(id: nil, for: .es256).count == 2)
        #expect(set.keys(id: "second", for: .es256).count == 2)
        #expect(set.keys(id: "second", for: .edDSA).isEmpty)
        #expect(set.keys(id: RFC8037.thumbprint, for: .edDSA).count == 1)
        #expect(set.keys(id: nil, for: .rs256).isEmpty)
    }

    @Test(arguments: [RFC7515.ecKey, RFC7515.rsaKey, RFC8037.privateKey, ["kty": "oct", "k": "AAEC"]] as [JSON])
    func `a private or symmetric key spoils the whole set`(key: JSON) {
        #expect(throws: JWKError.notPublic) { try JWKSet(["keys": [RFC8037.publicKey, key]]) }
    }

    @Test func `more keys or bytes than anyone publishes are refused`() throws {
        func set(_ count: Int) -> JSON { ["keys": .array(Array(repeating: RFC8037.publicKey, count: count))] }
        #expect(try JWKSet(set(JWKSet.maximumKeys)).keys.count == JWKSet.maximumKeys)
        #expect(throws: JWKError.malformed) { try JWKSet(set(JWKSet.maximumKeys + 1)) }
        let padded = Array(#"{"keys":[]}"#.utf8) + Array(repeating: UInt8(ascii: " "), count: JWKSet.maximumBytes)
        #expect(throws: JWKError.malformed) { try JWKSet(parsing: padded) }
    }

    @Test(arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#, "null", #"{"keys":[1]}"#, "<html>"])
    func `what is not a set is refused`(text: String) {
        #expect(throws: JWKError.malformed) { try JWKSet(parsing: Array(text.utf8)) }
    }
}
