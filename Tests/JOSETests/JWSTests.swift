import JOSE
import Testing

struct JWSTests {
    private static let claims: JSON = ["iss": "https://login.example/oidc", "exp": 1_300_819_380, "aud": ["a", "b"]]
    private let key: SigningKey

    init() throws { key = try SigningKey(privateJWK: RFC7515.ecKey) }

    private func token(_ header: JSON, claims: JSON = claims) throws -> String {
        let signed = Base64URL.encode(header.serialized()) + "." + Base64URL.encode(claims.serialized())
        return signed + "." + Base64URL.encode(try key.sign(Array(signed.utf8)))
    }

    private func verify(
        _ token: String, algorithm: SignatureAlgorithm = .es256, type: String = "at+jwt", typeMayBeAbsent: Bool = false
    ) throws -> VerifiedJWS {
        try UnverifiedJWS(token).verified(
            by: key.publicKey, algorithm: algorithm, type: type, typeMayBeAbsent: typeMayBeAbsent)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `what was signed verifies and says the same`(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let token = try JWS.sign(header: "at+jwt", claims: Self.claims, key: key)
        let unverified = try UnverifiedJWS(token)
        #expect(unverified.algorithm == algorithm.rawValue)
        #expect(unverified.keyID == key.keyID)
        #expect(unverified.type == "at+jwt")
        #expect(unverified.unverifiedPayload == Self.claims.serialized())
        let verified = try unverified.verified(by: key.publicKey, algorithm: algorithm, type: "at+jwt")
        #expect(try verified.claims() == Self.claims)
        #expect(verified.keyID == key.keyID)
    }

    @Test func `the header has alg, kid and typ and nothing else`() throws {
        let token = try JWS.sign(header: "JWT", claims: [:], key: key)
        let header = try #require(Base64URL.decode(String(token.prefix { $0 != "." })))
        #expect(
            String(decoding: header, as: UTF8.self) == #"{"alg":"ES256","kid":"\#(key.keyID)","typ":"JWT"}"#)
    }

    @Test func `the tokens of RFC 7515 appendix A verify`() throws {
        let rsa = try VerificationKey(publicJWK: RFC7515.rsaKey.withoutPrivateMembers)
        let verified = try UnverifiedJWS("\(RFC7515.rsaSigned).\(RFC7515.rsaSignature)")
            .verified(by: rsa, algorithm: .rs256, type: "JWT", typeMayBeAbsent: true)
        #expect(try verified.claims() == ["iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true])
        _ = try verify("\(RFC7515.ecSigned).\(RFC7515.ecSignature)", type: "JWT", typeMayBeAbsent: true)
        #expect(throws: JWSError.wrongType) { try verify("\(RFC7515.ecSigned).\(RFC7515.ecSignature)", type: "JWT") }
    }

    @Test func `the tokens of RFC 7520 section 4 verify`() throws {
        let rsa = try VerificationKey(publicJWK: RFC7520.rsaKey)
        let ec = try VerificationKey(publicJWK: RFC7520.ec521Key)
        let mac = try #require(Base64URL.decode(RFC7520.macSecret).flatMap { MACKey($0, for: .hs256) })
        for (token, key, algorithm) in [
            (RFC7520.rsaToken, rsa, .rs256), ("\(RFC7520.signed).\(RFC7520.signature)", rsa, .ps384),
            (RFC7520.ec521Token, ec, .es512),
        ] as [(String, VerificationKey, SignatureAlgorithm)] {
            let verified = try UnverifiedJWS(token).verified(
                by: key, algorithm: algorithm, type: "JWT", typeMayBeAbsent: true)
            #expect(String(decoding: verified.payload, as: UTF8.self).hasPrefix("It\u{2019}s a dangerous business"))
        }
        _ = try UnverifiedJWS(RFC7520.macToken).verified(by: mac, type: "JWT", typeMayBeAbsent: true)
    }

    @Test func `the unsecured JWS of RFC 7515 appendix A.5 is never verified`() throws {
        let unsecured = try UnverifiedJWS(RFC7515.unsecured)
        #expect(unsecured.algorithm == "none")
        for algorithm in SignatureAlgorithm.allCases {
            #expect(throws: JWSError.wrongAlgorithm) {
                try unsecured.verified(by: key.publicKey, algorithm: algorithm, type: "JWT", typeMayBeAbsent: true)
            }
        }
    }

    @Test func `HS256 over the public key is refused`() throws {
        let signed =
            Base64URL.encode((["alg": "HS256", "typ": "at+jwt"] as JSON).serialized()) + "."
            + Base64URL.encode(Self.claims.serialized())
        let code = Digest.hmacSHA256(key: key.publicKey.publicJWK.serialized(), message: Array(signed.utf8))
        #expect(throws: JWSError.wrongAlgorithm) { try verify(signed + "." + Base64URL.encode(code)) }
    }

    @Test func `the algorithm is the one that was agreed on, not the one in the header`() throws {
        let good = try token(["alg": "ES256", "typ": "at+jwt"])
        _ = try verify(good)
        #expect(throws: JWSError.wrongAlgorithm) { try verify(good, algorithm: .rs256) }
        #expect(throws: JWSError.wrongAlgorithm) { try verify(token(["alg": "es256", "typ": "at+jwt"])) }
        #expect(throws: JWSError.wrongSignature) {
            try verify(token(["alg": "ES384", "typ": "at+jwt"]), algorithm: .es384)
        }
    }

    @Test func `another key's signature is refused`() throws {
        let other = try SigningKey.generate(.es256)
        #expect(throws: JWSError.wrongSignature) {
            try verify(JWS.sign(header: "at+jwt", claims: Self.claims, key: other))
        }
    }

    @Test(arguments: ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"])
    func `typ is compared as a media type, by RFC 7515 section 4.1.9`(type: String) throws {
        _ = try verify(token(["alg": "ES256", "typ": .string(type)]))
        _ = try verify(token(["alg": "ES256", "typ": "at+jwt"]), type: type)
    }

    @Test(arguments: [
        "JWT", "logout+jwt", "", "text/at+jwt", "application/application/at+jwt", "at+jwt ", "at+jwt\0",
        "at+\u{212A}wt",
    ])
    func `another typ is refused, also where it may be absent`(type: String) {
        #expect(throws: JWSError.wrongType) { try verify(token(["alg": "ES256", "typ": .string(type)])) }
        #expect(throws: JWSError.wrongType) {
            try verify(token(["alg": "ES256", "typ": .string(type)]), typeMayBeAbsent: true)
        }
    }

    @Test func `an absent typ is refused, unless it may be`() throws {
        #expect(throws: JWSError.wrongType) { try verify(token(["alg": "ES256"])) }
        _ = try verify(token(["alg": "ES256"]), typeMayBeAbsent: true)
    }

    @Test(
        arguments: [["crit": ["exp"]], ["crit": []], ["crit": nil], ["b64": false], ["b64": true]] as [[String: JSON]])
    func `a header that must be understood and isn't is refused`(extra: [String: JSON]) {
        let header = (["alg": "ES256", "typ": "at+jwt"] as JSON).changing(extra.mapValues { $0 })
        #expect(throws: JWSError.unsupportedExtension) { try verify(token(header)) }
    }

    @Test(
        arguments: [
            [:], ["typ": "at+jwt"], ["alg": nil], ["alg": 1], ["alg": ["ES256"]], ["alg": "ES256", "kid": 1],
            ["alg": "ES256", "typ": 1], ["alg": "ES256", "typ": nil], [], "ES256", nil,
        ] as [JSON])
    func `a header that is no object with a string alg is refused`(header: JSON) {
        #expect(throws: JWSError.malformed) { try UnverifiedJWS(token(header)) }
    }

    @Test func `a header with two members of one name is refused`() {
        let header = Base64URL.encode(Array(#"{"alg":"none","alg":"ES256"}"#.utf8))
        #expect(throws: JWSError.malformed) { try UnverifiedJWS("\(header).e30.AA") }
    }

    @Test func `a token that is cut short, extended or changed anywhere is refused`() throws {
        let good = Array(try token(["alg": "ES256", "typ": "at+jwt", "kid": "k"]).utf8)
        func isRefused(_ bytes: some Sequence<UInt8>) -> Bool {
            (try? verify(String(decoding: Array(bytes), as: UTF8.self))) == nil
        }
        #expect(!isRefused(good))
        for count in 0..<good.count { #expect(isRefused(good[..<count])) }
        for position in good.indices {
            var changed = good
            changed[position] = changed[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(isRefused(changed))
        }
        for extra in [".", "A", "=", "==", " ", "\n", ".e30", "\0"] {
            #expect(isRefused(good + Array(extra.utf8)))
            #expect(isRefused(Array(extra.utf8) + good))
        }
    }

    @Test(arguments: [
        "", ".", "..", "...", "e30", "e30.e30", "e30..", "{}.{}.", "eyJhbGciOiJFUzI1NiJ9.e30=.AA",
        "eyJhbGciOiJFUzI1NiJ9.e31.AA",
    ])
    func `what is not a compact JWS is refused`(text: String) {
        #expect(throws: JWSError.malformed) { try UnverifiedJWS(text) }
    }

    @Test func `a token beyond 16 KiB is refused unread`() throws {
        let large = try token(
            ["alg": "ES256", "typ": "at+jwt"], claims: .string(String(repeating: "x", count: 12_500)))
        #expect(throws: JWSError.tooLong) { try UnverifiedJWS(large) }
        #expect(throws: JWSError.tooLong) { try UnverifiedJWS(String(repeating: ".", count: 16 * 1024 + 1)) }
    }

    @Test func `a payload that is no JSON object has no claims`() throws {
        for payload in ["[]", "x", "", #"{"a":1,"a":2}"#, "1"] {
            let token = try JWS.sign(header: "at+jwt", payload: Array(payload.utf8), key: key)
            let verified = try verify(token)
            #expect(verified.payload == Array(payload.utf8))
            #expect(throws: JWSError.claimsMalformed) { try verified.claims() }
        }
    }
}
