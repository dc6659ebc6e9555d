import Foundation
import Testing

@testable import JOSE

/// Project Wycheproof's vectors; `Vectors/Wycheproof/README.md` says where they are from.
struct WycheproofTests {
    private static func groups(_ name: String) throws -> [JSON] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "Vectors/Wycheproof/\(name).json")
        let json = try JSON(parsing: [UInt8](try Data(contentsOf: file)), maximumBytes: 1_000_000)
        return try #require(json.arrayValue)
    }

    private static func bytes(_ json: JSON) throws -> [UInt8] {
        try #require(json.stringValue.flatMap { Base64URL.decode($0) })
    }

    @Test func `signatures`() throws {
        var counts: [SignatureAlgorithm: Int] = [:]
        for group in try Self.groups("signatures") {
            let algorithm = try #require(group["alg"]?.stringValue.flatMap(SignatureAlgorithm.init(rawValue:)))
            let key = try VerificationKey(publicJWK: #require(group["key"]))
            for test in group["tests"]?.arrayValue ?? [] {
                let parts = try #require(test.arrayValue)
                let isValid = key.verify(try Self.bytes(parts[2]), for: try Self.bytes(parts[1]), algorithm: algorithm)
                #expect(parts[3].boolValue == isValid, "\(algorithm.rawValue) \(parts[0])")
                counts[algorithm, default: 0] += 1
            }
        }
        #expect(counts.keys.count == 6 && counts.values.allSatisfy { $0 > 100 })
    }

    @Test func `message authentication codes`() throws {
        var count = 0
        for group in try Self.groups("macs") {
            let algorithm = try #require(group["alg"]?.stringValue.flatMap(MACAlgorithm.init(rawValue:)))
            for test in group["tests"]?.arrayValue ?? [] {
                let parts = try #require(test.arrayValue)
                let key = try #require(MACKey(try Self.bytes(parts[1]), for: algorithm))
                let isValid = key.accepts(try Self.bytes(parts[3]), for: try Self.bytes(parts[2]))
                #expect(parts[4].boolValue == isValid, "\(algorithm.rawValue) \(parts[0])")
                count += 1
            }
        }
        #expect(count > 100)
    }

    /// Where we are stricter, or they are in error.
    private static let refusedThoughValid: [Int64: String] = [
        346: "the key says PS256, the token PS384", 350: "likewise", 347: "the key says ES521", 351: "likewise",
        372: "a character that is no base64url", 373: "likewise",
    ]
    private static let acceptedThoughInvalid: [Int64: String] = [
        367: "byte by byte the valid token of test 357", 370: "likewise",
    ]
    private static let acceptedFromSet: [Int64: String] = [
        1: "a set with a secret, of which no reader of ours exists", 4: "likewise",
        7: "a modulus with the ROCA weakness, which isn't looked for",
    ]

    @Test func `JSON web signatures`() throws {
        for group in try Self.groups("json_web_signature") {
            let key = try #require(group["key"])
            for test in group["tests"]?.arrayValue ?? [] {
                let id = try #require(test["id"]?.integerValue)
                let isAccepted = Self.accepts(try #require(test["jws"]?.stringValue), keys: [key])
                let isExpected =
                    test["valid"]?.boolValue == true
                    ? Self.refusedThoughValid[id] == nil : Self.acceptedThoughInvalid[id] != nil
                #expect(isAccepted == isExpected, "\(id) \(test["comment"]?.stringValue ?? "")")
            }
        }
    }

    @Test func `sets of JSON web keys`() throws {
        for group in try Self.groups("json_web_key") {
            for test in group["tests"]?.arrayValue ?? [] {
                let isAccepted = Self.accepts(
                    try #require(test["jws"]?.stringValue), keys: group["key"]?["keys"]?.arrayValue ?? [])
                let id = try #require(test["id"]?.integerValue)
                let isExpected = test["valid"]?.boolValue == true || Self.acceptedFromSet[id] != nil
                #expect(isAccepted == isExpected, "\(id)")
            }
        }
    }

    /// As a reader would who has agreed on the `alg` of the keys.
    private static func accepts(_ text: String, keys: [JSON]) -> Bool {
        guard let jws = try? UnverifiedJWS(text) else { return false }
        return keys.contains { jwk in
            let agreed = jwk["alg"]?.stringValue ?? ""
            if jwk["kty"] == "oct" {
                guard let algorithm = MACAlgorithm(rawValue: agreed),
                    let secret = jwk["k"]?.stringValue.flatMap({ Base64URL.decode($0) }),
                    let key = MACKey(secret, for: algorithm)
                else { return false }
                return (try? jws.verified(by: key, type: "JWT", typeMayBeAbsent: true)) != nil
            }
            guard let key = try? VerificationKey(publicJWK: jwk),
                let algorithm = key.algorithm ?? SignatureAlgorithm(rawValue: agreed)
            else { return false }
            return (try? jws.verified(by: key, algorithm: algorithm, type: "JWT", typeMayBeAbsent: true)) != nil
        }
    }
}
