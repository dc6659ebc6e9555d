import JOSE
import Testing

@testable import OIDCLogic

/// RFC 7521 §4.2, RFC 7523 §3, OpenID Connect Core §9.
struct ClientAssertionTests {
    private static let secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    private static let uri = "https://app.example/jwks"
    private static let keys = Result {
        try Dictionary(uniqueKeysWithValues: SignatureAlgorithm.allCases.map { ($0, try SigningKey.generate($0)) })
    }
    private static let claims: [String: JSON] = [
        "iss": "app", "sub": "app", "aud": .string(Issuer.text), "jti": "one",
        "exp": .integer(Timestamp.noon.seconds + 60),
        "iat": .integer(Timestamp.noon.seconds),
    ]

    private let proofs = ClientProofFixture()

    private static func key(_ algorithm: SignatureAlgorithm) throws -> SigningKey {
        try #require(try keys.get()[algorithm])
    }

    /// With a secret that serves every algorithm.
    private static func secretClient(_ change: [String: JSON] = [:], secret: String = secret) throws -> Client {
        var client = try Client.fixture(
            metadata: ["token_endpoint_auth_method": "client_secret_jwt"].merging(change) { _, new in new })
        client.sealedSecret = ClientSecret(secret).sealed(for: client.id, by: try .fixture())
        return client
    }

    private static func keyClient(
        _ algorithms: SignatureAlgorithm..., change: [String: JSON] = [:]
    ) throws -> Client {
        let jwks = try algorithms.map { try key($0).publicKey.publicJWK }
        return try .fixture(
            metadata: ["token_endpoint_auth_method": "private_key_jwt", "jwks": ["keys": .array(jwks)]]
                .merging(change) { _, new in new })
    }

    private static func mac(
        _ change: [String: JSON?] = [:], _ algorithm: MACAlgorithm = .hs256, secret: String = secret,
        type: String = "JWT"
    ) throws -> String {
        let key = try #require(MACKey(Array(secret.utf8), for: algorithm))
        return JWS.authenticate(header: type, claims: changed(change), key: key)
    }

    private static func signature(
        _ algorithm: SignatureAlgorithm, _ change: [String: JSON?] = [:], type: String = "JWT"
    ) throws -> String {
        try JWS.sign(header: type, claims: changed(change), key: key(algorithm))
    }

    private static func changed(_ change: [String: JSON?]) -> JSON {
        .object(
            claims.merging(change.compactMapValues { $0 }) { _, new in new }.filter { change[$0.key] != .some(nil) })
    }

    /// Nil: the client is who it says.
    private func error(
        _ assertion: String, as client: Client?, _ fields: [String: String] = [:], takesTokenEndpoint: Bool = true,
        at now: Timestamp = .noon
    ) throws -> OAuthError? {
        let fields = ["client_assertion": assertion, "client_assertion_type": ClientAssertion.type]
            .merging(fields) { _, new in new }
        let rules = try ClientProofRules.fixture(proofs, takesTokenEndpoint: takesTokenEndpoint, at: now)
        do {
            let credentials = try ClientCredentials(Parameters(fields), authorization: nil)
            #expect(try credentials.authenticate(client, by: rules).client == client)
            return nil
        } catch let error as OAuthError {
            return error
        }
    }

    @Test(arguments: MACAlgorithm.allCases)
    func `client_secret_jwt with each algorithm`(algorithm: MACAlgorithm) throws {
        let assertion = try Self.mac([:], algorithm)
        #expect(try error(assertion, as: Self.secretClient()) == nil)
        let bound = try Self.secretClient(["token_endpoint_auth_signing_alg": .string(algorithm.rawValue)])
        #expect(try error(try Self.mac(["jti": "two"], algorithm), as: bound) == nil)
        for other in MACAlgorithm.allCases where other != algorithm {
            #expect(try error(try Self.mac(["jti": "three"], other), as: bound)?.code == .invalidClient)
        }
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `private_key_jwt with each algorithm`(algorithm: SignatureAlgorithm) throws {
        #expect(try error(Self.signature(algorithm), as: Self.keyClient(algorithm)) == nil)
        let bound = try Self.keyClient(
            algorithm, algorithm == .edDSA ? .es256 : .edDSA,
            change: ["token_endpoint_auth_signing_alg": .string(algorithm.rawValue)])
        #expect(try error(Self.signature(algorithm, ["jti": "two"]), as: bound) == nil)
        let other = try Self.signature(algorithm == .edDSA ? .es256 : .edDSA, ["jti": "three"])
        #expect(try error(other, as: bound)?.code == .invalidClient, "registered is one algorithm")
    }

    @Test func `client_id beside it is optional, and the same`() throws {
        #expect(try error(Self.mac(), as: Self.secretClient(), ["client_id": "app"]) == nil)
        let other = try error(Self.mac(["jti": "two"]), as: Self.secretClient(), ["client_id": "other"])
        #expect(other?.code == .invalidRequest)
    }

    @Test(arguments: ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "JWT"])
    func `another client_assertion_type is invalid_request`(type: String) throws {
        let refused = try error(Self.mac(), as: Self.secretClient(), ["client_assertion_type": type])
        #expect(refused?.code == .invalidRequest)
    }

    @Test func `the audience is the issuer, or the token endpoint while that is on`() throws {
        let endpoint: JSON = .string(Issuer.text + "/token")
        #expect(try error(Self.mac(["aud": [.string(Issuer.text)]]), as: Self.secretClient()) == nil)
        #expect(try error(Self.mac(["aud": endpoint, "jti": "two"]), as: Self.secretClient()) == nil)
        let off = try error(
            Self.mac(["aud": endpoint, "jti": "3"]), as: Self.secretClient(), takesTokenEndpoint: false)
        #expect(off?.code == .invalidClient)
    }

    @Test(
        arguments: [
            ["aud": nil], ["aud": "https://other.example/oidc"], ["aud": .string(Issuer.text + "/")], ["aud": []],
            ["aud": [.string(Issuer.text), .string(Issuer.text + "/token")]], ["aud": [.string(Issuer.text), "x"]],
            ["aud": [[.string(Issuer.text)]]], ["aud": 1],
            ["exp": nil], ["exp": "soon"], ["exp": .integer(Timestamp.noon.seconds - 30)], ["exp": -1],
            ["exp": .integer(Timestamp.noon.seconds + 331)], ["exp": .integer(Timestamp.noon.seconds + 365 * 86_400)],
            ["exp": .integer(.max)], ["exp": 1e300], ["iat": .integer(Timestamp.noon.seconds + 31)],
            ["iat": "now"], ["iat": .integer(.min)], ["nbf": .integer(Timestamp.noon.seconds + 31)],
            ["nbf": .integer(Timestamp.noon.seconds + 20), "exp": .integer(Timestamp.noon.seconds + 10)],
            ["jti": nil], ["jti": ""], ["jti": 1], ["iss": "other"], ["sub": "other"], ["iss": nil], ["sub": nil],
            ["iss": "other", "sub": "other"], ["iss": "", "sub": ""],
        ] as [[String: JSON?]])
    func `claims that are missing or wrong are invalid_client, and spend nothing`(change: [String: JSON?]) throws {
        let client = try Self.secretClient()
        #expect(try error(Self.mac(change), as: client)?.code == .invalidClient)
        #expect(proofs.spent.isEmpty)
        #expect(try error(Self.mac(), as: client) == nil)
    }

    @Test(
        arguments: [
            ["exp": .integer(Timestamp.noon.seconds - 29)], ["exp": .integer(Timestamp.noon.seconds + 330)],
            ["exp": .number(Double(Timestamp.noon.seconds) + 60.5)], ["iat": nil], ["iat": 0],
            ["iat": .integer(Timestamp.noon.seconds + 30)], ["nbf": .integer(Timestamp.noon.seconds)],
            ["more": ["a": 1]],
        ] as [[String: JSON?]])
    func `clocks may be half a minute apart`(change: [String: JSON?]) throws {
        // A time of the client's that is past lies before the moment of its signature.
        let change = change.merging(change["exp"] == nil ? [:] : ["iat": nil]) { _, new in new }
        #expect(try error(Self.mac(change), as: Self.secretClient()) == nil)
    }

    @Test func `an assertion serves once, whatever it came with`() throws {
        let client = try Self.secretClient()
        #expect(try error(Self.mac(), as: client) == nil)
        #expect(try error(Self.mac(), as: client)?.code == .invalidClient)
        #expect(try error(Self.mac(["iat": nil]), as: client)?.code == .invalidClient)
        #expect(try error(Self.mac(["jti": "two"]), as: client) == nil)
        #expect(proofs.spent.allSatisfy { $0 == .noon + 60 + ClientAssertionClaims.clockSkew })
    }

    @Test func `whoever isn't the client spends nothing of it`() throws {
        let client = try Self.secretClient()
        #expect(try error(Self.mac(secret: String(Self.secret.reversed())), as: client)?.code == .invalidClient)
        #expect(try error(Self.mac(), as: client) == nil)
    }

    // RFC 8725 §2.1 and §3.1.
    @Test func `none, and HS256 over the public key, are refused`() throws {
        let header = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
        let unsecured = "\(header).\(Base64URL.encode(Self.changed([:]).serialized()))."
        let client = try Self.keyClient(.rs256)
        #expect(try error(unsecured, as: client)?.code == .invalidClient)
        #expect(try error(unsecured, as: Self.secretClient())?.code == .invalidClient)
        let jwk = try Self.key(.rs256).publicKey.publicJWK
        for secret in [jwk.text, jwk["n"]?.stringValue ?? ""] {
            #expect(try error(Self.mac(secret: secret), as: client)?.code == .invalidClient)
        }
        #expect(try error(Self.signature(.rs256), as: Self.secretClient())?.code == .invalidClient)
    }

    @Test func `a key of another kind, or another key, is refused`() throws {
        #expect(try error(Self.signature(.es384), as: Self.keyClient(.es256))?.code == .invalidClient)
        #expect(try error(Self.signature(.ps256), as: Self.keyClient(.rs256))?.code == .invalidClient)
        let stranger = try JWS.sign(header: "JWT", claims: Self.changed([:]), key: .generate(.es256))
        #expect(try error(stranger, as: Self.keyClient(.es256))?.code == .invalidClient)
    }

    // RFC 7518 §3.2
    @Test(arguments: [(MACAlgorithm.hs256, 32), (.hs384, 48), (.hs512, 64)])
    func `a secret shorter than the hash serves no such algorithm`(algorithm: MACAlgorithm, bytes: Int) throws {
        let fits = String(repeating: "s", count: bytes)
        let short = String(fits.dropLast())
        #expect(
            try error(Self.mac([:], algorithm, secret: fits), as: Self.secretClient(secret: fits)) == nil)
        let client = try Self.secretClient(secret: short)
        #expect(try error(Self.mac(["jti": "2"], algorithm, secret: fits), as: client)?.code == .invalidClient)
    }

    // RFC 8725 §3.11: another kind of JWT that the client can sign is no assertion.
    @Test func `of types there are JWT, none, and that of assertions`() throws {
        let client = try Self.keyClient(.es256)
        let own = "client-authentication+jwt"
        for (number, type) in ["JWT", "jwt", own, "application/Client-Authentication+JWT"].enumerated() {
            let assertion = try Self.signature(.es256, ["jti": .string("\(number)")], type: type)
            #expect(try error(assertion, as: client) == nil)
        }
        for type in ["at+jwt", "logout+jwt", "dpop+jwt", "oauth-authz-req+jwt", "x/\(own)", "x-\(own)"] {
            let assertion = try Self.signature(.es256, ["jti": .string(type)], type: type)
            #expect(try error(assertion, as: client)?.code == .invalidClient)
        }
    }

    @Test func `a client that registered another method, or none, sends no assertions`() throws {
        for method in ["client_secret_basic", "client_secret_post", "none", nil] {
            let client = try Self.secretClient(["token_endpoint_auth_method": method.map(JSON.string) ?? .null])
            #expect(try error(Self.mac(), as: client)?.code == .invalidClient)
        }
        let fields = ["client_id": "app", "client_secret": Self.secret]
        let posted = try ClientCredentials(Parameters(fields), authorization: nil)
        for client in [try Self.secretClient(), try Self.keyClient(.es256)] {
            #expect(throws: OAuthError.self) { try posted.authenticate(client, by: .fixture()) }
        }
    }

    @Test func `an unknown client and a wrong key get the same answer`() throws {
        let wrong = try #require(try error(Self.signature(.es256), as: Self.keyClient(.es384)))
        let unknown = try #require(try error(Self.signature(.es256), as: nil))
        #expect(wrong.code == unknown.code && "\(wrong.text)" == "\(unknown.text)")
    }

    @Test(arguments: [
        "", "a", "a.b.c", "..", "e30.e30.AA", "eyJhbGciOiJIUzI1NiJ9.e30.AA", "eyJhbGciOiJIUzI1NiJ9.W10.AA",
    ])
    func `what is no assertion is invalid_client`(text: String) throws {
        guard !text.isEmpty else { return }
        #expect(try error(text, as: Self.secretClient())?.code == .invalidClient)
    }

    @Test func `an assertion beyond 8 KiB is refused unread`() throws {
        let long = try Self.mac(["more": .string(String(repeating: "x", count: 6200))])
        #expect(long.utf8.count > ClientAssertion.limit)
        #expect(try error(long, as: Self.secretClient())?.code == .invalidClient)
    }

    private static func publishing() throws -> Client {
        try .fixture(metadata: ["token_endpoint_auth_method": "private_key_jwt", "jwks_uri": .string(uri)])
    }

    @Test func `keys at jwks_uri, and one that is new there`() throws {
        let (old, new) = (try Self.key(.es256), try Self.key(.ps384))
        try proofs.publish([old.publicKey.publicJWK], at: Self.uri, newer: [new.publicKey.publicJWK])
        #expect(try error(Self.signature(.es256), as: Self.publishing()) == nil)
        #expect(proofs.refetches == 0)
        #expect(try error(Self.signature(.ps384, ["jti": "two"]), as: Self.publishing()) == nil)
        #expect(proofs.refetches == 1)
    }

    @Test func `a key that is new under the id of the one before`() throws {
        let key = try Self.key(.es256)
        var former = try SigningKey.generate(.es256).publicKey.publicJWK.objectValue ?? [:]
        former["kid"] = .string(key.keyID)
        try proofs.publish([.object(former)], at: Self.uri, newer: [key.publicKey.publicJWK])
        #expect(try error(Self.signature(.es256), as: Self.publishing()) == nil)
        #expect(proofs.refetches == 1)
    }

    @Test func `a forgery is refused, whether its key is there or not`() throws {
        let key = try Self.key(.es256)
        try proofs.publish([key.publicKey.publicJWK], at: Self.uri, newer: [key.publicKey.publicJWK])
        let forged = String(try Self.signature(.es256).dropLast(4)) + "AAAA"
        #expect(try error(forged, as: Self.publishing())?.code == .invalidClient)
        #expect(try error(Self.signature(.es384), as: Self.publishing())?.code == .invalidClient)
    }

    @Test func `keys that can't be had now are no fault of the client`() throws {
        let refused = try error(Self.signature(.es256), as: Self.publishing())
        #expect(refused?.code == .temporarilyUnavailable)
    }

    @Test func `a refusal's cause names no secret, and no assertion`() throws {
        let assertion = try Self.mac(secret: String(Self.secret.reversed()))
        let refused = try #require(try error(assertion, as: Self.secretClient()))
        #expect(!"\(refused.cause ?? "") \(refused.text)".contains(assertion.suffix(20)))
        #expect(!"\(refused.cause ?? "") \(refused.text)".contains(Self.secret))
    }
}
