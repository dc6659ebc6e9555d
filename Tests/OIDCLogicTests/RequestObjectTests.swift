import JOSE
import Testing

@testable import OIDCLogic

/// RFC 9101, OpenID Connect Core §6.
struct RequestObjectTests {
    private static let uri = "https://app.example/request"
    private static let secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    private static let keys = Result {
        try Dictionary(uniqueKeysWithValues: SignatureAlgorithm.allCases.map { ($0, try SigningKey.generate($0)) })
    }
    /// All that a request says, and what RFC 9101 §4 adds.
    private static let claims: [String: JSON] = AuthorizationRequest.good.mapValues(JSON.string).merging([
        "iss": "app", "aud": .string(Issuer.text), "exp": .integer(Timestamp.noon.seconds + 60),
        "iat": .integer(Timestamp.noon.seconds),
    ]) { $1 }

    private let proofs = ClientProofFixture()

    private static func key(_ algorithm: SignatureAlgorithm) throws -> SigningKey {
        try #require(try keys.get()[algorithm])
    }

    private static func client(_ change: [String: JSON] = [:]) throws -> Client {
        let jwks = try [SignatureAlgorithm.rs256, .es256].map { try key($0).publicKey.publicJWK }
        return try .fixture(
            metadata: ["jwks": ["keys": .array(jwks)], "request_uris": [.string(uri + "#one")]]
                .merging(change) { $1 }.filter { $0.value != .null })
    }

    private static func object(
        _ change: [String: JSON?] = [:], _ algorithm: SignatureAlgorithm = .es256, type: String = RequestObject.type
    ) throws -> String {
        try JWS.sign(header: type, claims: changed(change), key: key(algorithm))
    }

    private static func changed(_ change: [String: JSON?]) -> JSON {
        .object(claims.merging(change.compactMapValues { $0 }) { $1 }.filter { change[$0.key] != .some(nil) })
    }

    /// RFC 7519 §6.
    private static func unsigned(_ change: [String: JSON?] = [:]) -> String {
        let header = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
        return header + "." + Base64URL.encode(changed(change).serialized()) + "."
    }

    /// With what OpenID Connect Core §6.1 wants beside the object, and nothing else.
    private func validated(
        _ fields: [String: String], of client: Client? = nil, at now: Timestamp = .noon
    ) throws -> ValidatedAuthorizationRequest {
        let beside = ["client_id": "app", "response_type": "code", "scope": "openid"]
        return try AuthorizationRequest(Parameters(beside.merging(fields) { $1 })).validated(
            for: try client ?? Self.client(), hints: .fixture(), objects: .fixture(proofs, at: now))
    }

    private func refused(_ fields: [String: String], of client: Client? = nil) throws -> (OAuthError, RedirectTarget) {
        try redirect { try validated(fields, of: client) }
    }

    /// The page that is shown, whatever the error is called.
    private func shown(_ fields: [String: String]) -> AuthorizationFailure.PageKind? {
        do { _ = try validated(fields) } catch AuthorizationFailure.page(let kind, _) { return kind } catch {
            Issue.record("\(error)")
        }
        return nil
    }

    @Test func `what it says supersedes what stands beside it, and the rest is taken from there`() throws {
        let object = try Self.object([
            "state": nil, "max_age": 60, "prompt": "login consent", "claims": ["id_token": ["email": .null]],
        ])
        let request = try validated([
            "request": object, "state": "beside", "redirect_uri": "https://evil.example/", "nonce": "another",
            "scope": "openid phone", "login_hint": "ann",
        ])
        #expect(request.target.uri == Client.redirectURI)
        #expect(request.target.state == "beside")
        #expect(request.nonce == "the nonce")
        #expect(request.scope.names == ["openid", "profile", "email"])
        #expect(request.maxAge == 60)
        #expect(request.prompt == [.login, .consent])
        #expect(request.loginHint == "ann")
        #expect(request.codeChallenge?.value == RFC7636.challenge)
        #expect(request.request.isSigned)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `each algorithm that the client's keys serve`(algorithm: SignatureAlgorithm) throws {
        let jwks: JSON = ["keys": [try Self.key(algorithm).publicKey.publicJWK]]
        let object = try Self.object([:], algorithm)
        #expect(try validated(["request": object], of: Self.client(["jwks": jwks])).request.isSigned)
        let registered = try Self.client(["jwks": jwks, "request_object_signing_alg": .string(algorithm.rawValue)])
        #expect(try validated(["request": object], of: registered).request.isSigned)
    }

    @Test func `keys that the client publishes serve as well`() throws {
        try proofs.publish([Self.key(.es256).publicKey.publicJWK], at: "https://app.example/jwks")
        let client = try Self.client(["jwks": .null, "jwks_uri": "https://app.example/jwks"])
        #expect(try validated(["request": Self.object()], of: client).request.isSigned)
        let elsewhere = try Self.client(["jwks": .null, "jwks_uri": "https://app.example/other"])
        #expect(try refused(["request": Self.object()], of: elsewhere).0.code == .temporarilyUnavailable)
    }

    @Test(arguments: MACAlgorithm.allCases)
    func `a secret serves where it is registered to`(algorithm: MACAlgorithm) throws {
        let key = try #require(MACKey(Array(Self.secret.utf8), for: algorithm))
        let object = JWS.authenticate(header: "JWT", claims: .object(Self.claims), key: key)
        var client = try Self.client(["jwks": .null, "request_object_signing_alg": .string(algorithm.rawValue)])
        client.sealedSecret = ClientSecret(Self.secret).sealed(for: client.id, by: try .fixture())
        #expect(try validated(["request": object], of: client).request.isSigned)
        var other = try Self.client()
        other.sealedSecret = client.sealedSecret
        #expect(try refused(["request": object], of: other).0.code == .invalidRequestObject)
    }

    // RFC 8725 §3.1
    @Test func `another algorithm than the registered one is refused`() throws {
        let client = try Self.client(["request_object_signing_alg": "RS256"])
        #expect(try validated(["request": Self.object([:], .rs256)], of: client).request.isSigned)
        #expect(try refused(["request": Self.object([:], .es256)], of: client).0.code == .invalidRequestObject)
    }

    // RFC 9101 §10.8, RFC 8725 §3.11
    @Test(arguments: [RequestObject.type, "application/oauth-authz-req+jwt", "OAUTH-AUTHZ-REQ+JWT", "JWT"])
    func `its typ is that of request objects, or none in particular`(type: String) throws {
        #expect(try validated(["request": Self.object(type: type)]).request.isSigned)
    }

    @Test(arguments: ["client-authentication+jwt", "at+jwt", "logout+jwt", "dpop+jwt"])
    func `a JWT of another kind is no request object`(type: String) throws {
        #expect(try refused(["request": Self.object(type: type)]).0.code == .invalidRequestObject)
    }

    @Test(
        arguments: [
            ["iss": nil], ["aud": nil], ["exp": nil], ["iat": nil], ["client_id": nil], ["response_type": nil],
            ["aud": ["https://other.example/", .string(Issuer.text)]], ["nbf": .integer(Timestamp.noon.seconds + 30)],
            ["exp": .integer(Timestamp.noon.seconds - 29)], ["unknown": ["a"]], ["prompt": .null],
            ["resource": []],
        ] as [[String: JSON?]])
    func `what RFC 9101 §4 leaves open is taken`(change: [String: JSON?]) throws {
        #expect(try validated(["request": Self.object(change)]).request.isSigned)
    }

    @Test(
        arguments: [
            ["iss": "other"], ["iss": 1], ["client_id": "other"], ["aud": "https://other.example/"], ["aud": []],
            ["aud": .string(Issuer.text + "/")], ["exp": .integer(Timestamp.noon.seconds - 30)], ["exp": "soon"],
            ["nbf": .integer(Timestamp.noon.seconds + 31)], ["iat": .integer(Timestamp.noon.seconds + 31)],
            ["request": "e30.e30.e30"], ["request_uri": "https://app.example/request"], ["state": 1],
            ["max_age": 1.5], ["scope": ["openid"]], ["claims": []], ["resource": [1]],
        ] as [[String: JSON?]])
    func `what it says wrongly is invalid_request_object, told to the client`(change: [String: JSON?]) throws {
        let (error, target) = try refused([
            "request": Self.object(change), "redirect_uri": Client.redirectURI, "state": "beside",
        ])
        #expect(error.code == .invalidRequestObject)
        #expect(target.uri == Client.redirectURI && target.state == "beside")
    }

    @Test func `what can be read of it tells where the client is told`() throws {
        for change in [["max_age": 1.5], ["exp": 1], ["iss": "other"]] as [[String: JSON?]] {
            let (error, target) = try refused(["request": Self.object(change), "redirect_uri": "", "state": ""])
            #expect(error.code == .invalidRequestObject)
            #expect(target.uri == Client.redirectURI && target.state == "the state")
        }
    }

    @Test func `another response_type beside it is refused`() throws {
        let (error, _) = try refused(["request": Self.object(["response_type": "token"])])
        #expect(error.code == .invalidRequest)
        let both = try refused(["request": Self.object(["response_type": "token"]), "response_type": "token"])
        #expect(both.0.code == .unsupportedResponseType)
    }

    @Test func `a parameter that came twice is refused, whatever the object says`() throws {
        let object = try Self.object()
        let fields = ["client_id": "app", "request": object, "state": "one"].map { (name: $0.key, value: $0.value) }
        let (error, _) = try redirect {
            try AuthorizationRequest(Parameters(fields + [(name: "state", value: "two")])).validated(
                for: Self.client(), hints: .fixture(), objects: .fixture(proofs))
        }
        #expect(error.code == .invalidRequest)
    }

    @Test(arguments: [
        "", "e30.e30", "e30.e30.e30", "a", "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "eyJhbGciOiJFUzI1NiJ9.WzFd.AAAA",
    ])
    func `what is no signed JWT is refused`(text: String) throws {
        guard !text.isEmpty else {
            // RFC 6749 §3.1: a parameter without a value is as good as left out.
            #expect(shown(["request": text]) == .badRequest)
            return
        }
        let (error, target) = try refused(["request": text, "redirect_uri": Client.redirectURI, "state": "beside"])
        #expect(error.code == .invalidRequestObject)
        #expect(target.state == "beside")
    }

    @Test func `a key of someone else, and a changed request, are refused`() throws {
        let stranger = try JWS.sign(header: "JWT", claims: .object(Self.claims), key: .generate(.es256))
        #expect(try refused(["request": stranger]).0.code == .invalidRequestObject)
        var parts = try Self.object().split(separator: ".").map(String.init)
        parts[1] = Base64URL.encode(Self.changed(["prompt": "none"]).serialized())
        #expect(try refused(["request": parts.joined(separator: ".")]).0.code == .invalidRequestObject)
    }

    // §3.1.2.6; the client's redirect URI may stand in the object alone, and then is as good as beside it.
    @Test func `an unsigned one is not supported, which the client is told`() throws {
        let (error, target) = try refused(["request": Self.unsigned()])
        #expect(error.code == .requestNotSupported)
        #expect(target.uri == Client.redirectURI && target.state == "the state")
        #expect(try refused(["request": Self.unsigned()], of: .fixture()).0.code == .requestNotSupported)
        proofs.publish(request: Self.unsigned(), at: Self.uri)
        let referred = try refused(["request_uri": Self.uri])
        #expect(referred.0.code == .requestURINotSupported)
        #expect(referred.1.uri == Client.redirectURI && referred.1.state == "the state")
    }

    // RFC 6749 §4.1.2.1
    @Test func `a redirect URI that isn't the client's is a page, wherever it stands`() throws {
        let evil = "https://evil.example/"
        #expect(shown(["request": Self.unsigned(["redirect_uri": .string(evil)])]) == .redirectMismatch)
        #expect(shown(["request": Self.unsigned(), "redirect_uri": evil]) == .redirectMismatch)
        let signed = try Self.object(["redirect_uri": .string(evil)])
        #expect(shown(["request": signed]) == .redirectMismatch)
        #expect(shown(["request": Self.unsigned(["redirect_uri": nil])]) == .badRequest)
        let other = try Self.object(["redirect_uri": nil])
        #expect(shown(["request": other]) == .badRequest)
    }

    @Test func `a client without keys is not registered for them`() throws {
        let (error, target) = try refused(["request": Self.object()], of: .fixture())
        #expect(error.code == .requestNotSupported)
        #expect(target.state == "the state")
        let fields = ["request_uri": Self.uri, "redirect_uri": Client.redirectURI]
        #expect(try refused(fields, of: .fixture()).0.code == .requestURINotSupported)
        let withoutURIs = try Self.client(["request_uris": .null])
        #expect(try refused(fields, of: withoutURIs).0.code == .requestURINotSupported)
    }

    // §6.2
    @Test(arguments: [Self.uri, Self.uri + "#one", Self.uri + "#another", Self.uri + "#"])
    func `one by reference is fetched from where it is registered, whatever stands after the fragment's sign`(
        uri: String
    ) throws {
        proofs.publish(request: try Self.object(), at: uri)
        let request = try validated(["request_uri": uri])
        #expect(request.target.state == "the state" && request.request.isSigned)
    }

    @Test(arguments: [
        Self.uri + "/", Self.uri + "?a", "https://app.example/Request", "https://evil.example/request", "urn:x",
        "request",
    ])
    func `one from elsewhere is not fetched`(uri: String) throws {
        proofs.publish(request: try Self.object(), at: uri)
        let (error, target) = try refused(["request_uri": uri, "redirect_uri": Client.redirectURI, "state": "beside"])
        #expect(error.code == .invalidRequestURI)
        #expect(target.state == "beside")
    }

    @Test func `one that can't be fetched is told where it can be, else on a page`() throws {
        let fields = ["request_uri": Self.uri, "redirect_uri": Client.redirectURI, "state": "beside"]
        #expect(try refused(fields).0.code == .invalidRequestURI)
        #expect(shown(["request_uri": Self.uri]) == .badRequest)
    }

    // RFC 9101 §5
    @Test func `by value and by reference at once is refused`() throws {
        let object = try Self.object()
        proofs.publish(request: object, at: Self.uri)
        let fields = ["request": object, "request_uri": Self.uri, "redirect_uri": Client.redirectURI]
        #expect(try refused(fields).0.code == .invalidRequest)
    }

    // RFC 9101 §6.3 and §10.5
    @Test func `a client that must sign is heard in nothing else`() throws {
        let strict = try Self.client(["require_signed_request_object": true])
        let (error, target) = try redirect {
            try AuthorizationRequest.fixture().validated(
                for: Self.client(["require_signed_request_object": true]), hints: .fixture(), objects: .fixture(proofs))
        }
        #expect(error.code == .invalidRequest && target.state == "the state")
        let request = try validated(
            ["request": Self.object(["nonce": nil]), "nonce": "beside", "prompt": "none"], of: strict)
        #expect(request.nonce == nil && request.prompt.isEmpty)
    }

    @Test func `an attempt keeps that it was signed`() throws {
        let strict = try Self.client(["require_signed_request_object": true])
        let request = try validated(["request": Self.object()], of: strict).request
        let token = BrowserToken(random: FixedRandom())
        let attempt = Attempt(request, in: token, at: .noon, random: FixedRandom())
        let opened = try Attempt(sealed: attempt.sealed(by: .fixture()), opening: .fixture())
        // Long after: the object has expired, and isn't asked for again.
        let again = try opened.request.validated(
            for: strict, hints: .fixture(), objects: .fixture(proofs, at: .noon + 900))
        #expect(again.target.state == "the state")
        let plain = Attempt(try .fixture(), in: token, at: .noon, random: FixedRandom())
        let reopened = try Attempt(sealed: plain.sealed(by: .fixture()), opening: .fixture())
        #expect(!reopened.request.isSigned)
    }
}
