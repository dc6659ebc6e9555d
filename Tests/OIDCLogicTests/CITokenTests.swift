import JOSE
import Testing

@testable import OIDCLogic

/// RFC 7591 §3, RFC 8725.
struct CITokenTests {
    private static let issuer = "https://ci.example"
    private static let keys = Result {
        try Dictionary(
            uniqueKeysWithValues: [SignatureAlgorithm.rs256, .es256, .edDSA].map { ($0, try SigningKey.generate($0)) })
    }
    private static let other = Result { try SigningKey.generate(.rs256) }
    private static let claims: [String: JSON] = [
        "iss": .string(issuer), "aud": .string(Issuer.text), "sub": "project_path:team/shop:ref:main", "jti": "one",
        "iat": .integer(Timestamp.noon.seconds), "nbf": .integer(Timestamp.noon.seconds),
        "exp": .integer(Timestamp.noon.seconds + 600), "project_path": "team/shop", "project_id": "7",
    ]

    private let published = ClientProofFixture()

    init() throws {
        try published.publish(
            [Self.key(.rs256).publicKey.publicJWK, Self.key(.es256).publicKey.publicJWK], at: Self.place)
    }

    private static var place: KeyPlace { get throws { .issuer(try uri) } }
    private static var uri: WebURI { get throws { try #require(WebURI(issuer)) } }

    private static func key(_ algorithm: SignatureAlgorithm) throws -> SigningKey {
        try #require(keys.get()[algorithm])
    }

    private static func rule(
        _ name: String = "shop", claims: [String: JSON] = ["project_path": "team/shop"], audience: String = Issuer.text,
        algorithms: [SignatureAlgorithm] = [.rs256], keys: WebURI? = nil
    ) throws -> CIRule {
        CIRule(
            name: CIRuleName(name), issuer: try uri, audience: audience, claims: try ExactClaims(claims),
            algorithms: algorithms, keys: keys, permit: RegistrationPermit())
    }

    private static func token(
        _ change: [String: JSON?] = [:], by key: SigningKey? = nil, type: String = "JWT"
    ) throws -> String {
        let changed = claims.merging(change.compactMapValues { $0 }) { $1 }.filter { change[$0.key] != .some(nil) }
        return try JWS.sign(header: type, claims: .object(changed), key: key ?? Self.key(.rs256))
    }

    /// Nil: no rule is about it.
    private func verified(
        _ text: String, by rules: [CIRule]? = nil, at now: Timestamp = .noon
    ) throws -> VerifiedCIToken? {
        try CIToken(presented: text)?.verify(by: rules ?? [Self.rule()], keys: published, at: now)
    }

    private func fault(
        _ text: String, by rules: [CIRule]? = nil, at now: Timestamp = .noon
    ) throws -> CITokenFault? {
        do {
            _ = try verified(text, by: rules, at: now)
            return nil
        } catch let error as OAuthError {
            #expect(error.code == .invalidToken)
            guard case .ciToken(_, let fault) = error.detail else { return nil }
            return fault
        }
    }

    @Test func `a job is known by its rule, its subject and the id that it spends`() throws {
        let job = try #require(try verified(Self.token()))
        #expect(job.rule.name.value == "shop" && job.subject == "project_path:team/shop:ref:main")
        #expect(job.end == .noon + 630)
        let again = try #require(try verified(Self.token(["project_id": "8"])))
        #expect(again.id == job.id, "the id is the issuer's, whatever else there is")
        #expect(try verified(Self.token(["jti": "two"]))?.id != job.id)
        #expect(job.id != AssertionID("one", of: ClientID(Self.issuer)), "and never that of a client's assertion")
    }

    @Test(
        arguments: [["aud": [.string(Issuer.text)]], ["nbf": nil], ["exp": .integer(Timestamp.noon.seconds + 3600)]]
            as [[String: JSON?]])
    func `what may differ`(change: [String: JSON?]) throws {
        #expect(try verified(Self.token(change)) != nil)
    }

    @Test func `typ is JWT or none, and never that of another kind`() throws {
        for type in ["jwt", "application/JWT"] { #expect(try verified(Self.token(type: type)) != nil) }
        for type in ["at+jwt", "logout+jwt", ""] { #expect(try fault(Self.token(type: type)) == .signature) }
    }

    @Test(
        arguments: [
            (["exp": nil], .timeless), (["iat": nil], .timeless), (["exp": "soon"], .timeless),
            (["iat": "\(Timestamp.noon.seconds)"], .timeless), (["exp": -1], .timeless),
            (["exp": .integer(Timestamp.noon.seconds - 30)], .expired),
            (["iat": .integer(Timestamp.noon.seconds + 31)], .notYetValid),
            (["nbf": .integer(Timestamp.noon.seconds + 31)], .notYetValid), (["nbf": "now"], .notYetValid),
            (["exp": .integer(Timestamp.noon.seconds + 3601)], .livesTooLong),
            (["iat": .integer(Timestamp.noon.seconds - 3001)], .livesTooLong),
            (["jti": nil], .hasNoID), (["jti": ""], .hasNoID), (["jti": 1], .hasNoID), (["sub": nil], .hasNoSubject),
            (["sub": .string(String(repeating: "x", count: 1025))], .hasNoSubject),
        ] as [([String: JSON?], CITokenFault)])
    func `what makes a token worth nothing`(change: [String: JSON?], expected: CITokenFault) throws {
        #expect(try fault(Self.token(change)) == expected)
    }

    @Test func `clocks may differ by half a minute`() throws {
        #expect(try verified(Self.token(), at: .noon + 629) != nil)
        #expect(try fault(Self.token(), at: .noon + 630) == .expired)
        #expect(try verified(Self.token(), at: .noon - 30) != nil)
        #expect(try fault(Self.token(), at: .noon - 31) == .notYetValid)
    }

    @Test(
        arguments: [
            (nil, nil), ("https://other.example", #""https://other.example""#),
            (
                [.string(Issuer.text), "https://other.example"],
                #"["https://login.example/oidc","https://other.example"]"#
            ),
            ([], "[]"), (.string(Issuer.text + "/"), #""https://login.example/oidc/""#), (7, "7"),
        ] as [(JSON?, String?)])
    func `aud is ours, and nothing else`(aud: JSON?, came: String?) throws {
        let expected = ClaimMismatch("aud", came: came, expected: "\"\(Issuer.text)\"")
        #expect(try fault(Self.token(["aud": aud])) == .claims([expected]))
    }

    @Test func `a rule may want another audience`() throws {
        let rules = [try Self.rule(audience: "postern")]
        #expect(try verified(Self.token(["aud": "postern"]), by: rules) != nil)
        #expect(try fault(Self.token(), by: rules) != nil)
    }

    @Test(
        arguments: [
            (["project_path": "team/shop2"], #""team/shop2""#), (["project_path": "team/Shop"], #""team/Shop""#),
            (["project_path": nil], nil), (["project_path": ["team/shop"]], #"["team/shop"]"#),
            (["project_path": .null], "null"),
        ] as [([String: JSON?], String?)])
    func `a claim has the very value`(change: [String: JSON?], came: String?) throws {
        let expected = ClaimMismatch("project_path", came: came, expected: #""team/shop""#)
        #expect(try fault(Self.token(change)) == .claims([expected]))
    }

    @Test(
        arguments: [("7", 7), (7, "7"), ("true", true), (true, "true"), (1, true), ("\u{EB}", "e\u{308}")]
            as [(JSON, JSON)])
    func `and its type`(wanted: JSON, came: JSON) throws {
        let rule = try Self.rule(claims: ["value": wanted])
        #expect(try fault(Self.token(["value": came]), by: [rule]) != nil)
        #expect(try verified(Self.token(["value": wanted]), by: [rule]) != nil)
    }

    @Test func `algorithms are the rule's, whatever the header says`() throws {
        #expect(try fault(Self.token(by: Self.key(.es256))) == .algorithm)
        let both = try Self.rule(algorithms: [.rs256, .es256])
        #expect(try verified(Self.token(by: Self.key(.es256)), by: [both]) != nil)
        #expect(try fault(Self.token(by: Self.key(.edDSA)), by: [both]) == .algorithm)
        let parts = try Self.token().split(separator: ".")
        let header = JSON.object(["alg": "none", "kid": .string(try Self.key(.rs256).keyID)]).serialized()
        let none = Base64URL.encode(header) + "." + parts[1]
        for text in [none + ".", none + "." + parts[2]] { #expect(try fault(text, by: [both]) == .algorithm) }
    }

    @Test func `a public key is no secret`() throws {
        let jwk = try Self.key(.rs256).publicKey.publicJWK.text
        let key = try #require(MACKey(Array(jwk.utf8), for: .hs256))
        let forged = JWS.authenticate(header: "JWT", claims: .object(Self.claims), key: key)
        #expect(try fault(forged) == .algorithm)
    }

    @Test func `nothing is told of a token that the issuer didn't sign`() throws {
        #expect(try fault(Self.token(["project_path": "x"], by: Self.other.get())) == .signature)
        let token = try Self.token()
        #expect(try fault(String(token.dropLast(4)) + "AAAA") == .signature)
    }

    @Test func `a new key is fetched once`() throws {
        let new = try Self.other.get()
        try published.publish([Self.key(.rs256).publicKey.publicJWK], at: Self.place, newer: [new.publicKey.publicJWK])
        #expect(try verified(Self.token(by: new)) != nil)
        #expect(published.refetches == 1)
        #expect(try verified(Self.token()) != nil)
        #expect(published.refetches == 1)
    }

    @Test func `keys are of the place that the rule names, and not of the issuer`() throws {
        let uri = try #require(WebURI("https://keys.example/jwks"))
        try published.publish([Self.other.get().publicKey.publicJWK], at: .uri(uri))
        let rule = try Self.rule(keys: uri)
        #expect(try verified(Self.token(by: Self.other.get()), by: [rule]) != nil)
        #expect(try fault(Self.token(), by: [rule]) == .signature)
    }

    @Test func `keys that can't be had are nobody's fault`() throws {
        let rule = try Self.rule(keys: WebURI("https://down.example/jwks"))
        #expect(throws: OAuthError.self) {
            do { _ = try verified(Self.token(), by: [rule]) } catch let error as OAuthError {
                #expect(error.code == .temporarilyUnavailable)
                throw error
            }
        }
    }

    @Test func `another issuer's token is foreign`() throws {
        for issuer in ["https://ci.example/", "https://CI.example", "https://ci.example.evil", ""] {
            #expect(try verified(Self.token(["iss": .string(issuer)])) == nil, "\(issuer)")
        }
        #expect(try CIToken(presented: Self.token(["iss": nil])) == nil)
        for text in ["", "x", "a.b.c", "..", String(repeating: "A", count: 43)] {
            #expect(try CIToken(presented: text) == nil)
        }
    }

    @Test func `a token that is too long is not looked at`() throws {
        let long = try Self.token(["x": .string(String(repeating: "x", count: CIToken.limit))])
        #expect(throws: OAuthError.self) { try CIToken(presented: long) }
    }

    @Test func `the first rule that takes it counts, and the nearest tells why none does`() throws {
        let far = try Self.rule("far", claims: ["project_path": "x", "project_id": "x"])
        let brief = try Self.rule("brief", claims: ["project_path": "x"])
        let near = try Self.rule("near", claims: ["project_path": "team/shop", "project_id": "8"])
        let other = try Self.rule("other", algorithms: [.es256])
        let right = try Self.rule("right")
        #expect(try verified(Self.token(), by: [far, brief, other, near, right])?.rule.name.value == "right")
        for rules in [[far, brief, other, near], [near, far, brief, other], [other, near, far, brief]] {
            do {
                _ = try verified(Self.token(), by: rules)
                Issue.record("a rule took it")
            } catch let error as OAuthError {
                let mismatch = ClaimMismatch("project_id", came: #""7""#, expected: #""8""#)
                #expect(error.detail == .ciToken(rule: CIRuleName("near"), .claims([mismatch])))
            }
        }
    }

    @Test func `a rule has a claim of its own`() throws {
        #expect(throws: ExactClaims.Fault.none) { try ExactClaims([:]) }
        for name in ExactClaims.reserved {
            #expect(throws: ExactClaims.Fault.reserved(name)) { try ExactClaims([name: "x", "sub": "y"]) }
        }
        for value in [JSON.null, .array([]), .object([:]), .number(1.5)] {
            #expect(throws: ExactClaims.Fault.inexact("x")) { try ExactClaims(["x": value]) }
        }
    }

    @Test func `what is kept of a claim has an end`() throws {
        let long = JSON.string(String(repeating: "x", count: 5000))
        guard case .claims(let mismatches) = try fault(Self.token(["project_path": long])) else {
            Issue.record("it was taken")
            return
        }
        #expect(mismatches.first?.came?.utf8.count == 258)
    }

    @Test(arguments: [("shop", true), ("a.b-c_9", true), ("", false), ("Shop", false), ("a b", false), ("é", false)])
    func `a rule's name has no space`(name: String, isName: Bool) {
        #expect((CIRuleName(configured: name) != nil) == isName)
    }
}
