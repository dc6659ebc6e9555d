import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Core §2, §3.1.3.6 and §5.4.
struct IDTokenTests {
    private func claims(
        _ change: Change = [:], of client: Client? = nil, user: User = .fixture()
    ) throws -> [String: JSON] {
        let accepted = try CodeExchange.Accepted.fixture(change, of: client, user: user)
        let json = IDToken.claims(
            for: accepted.live, releasing: ClaimRelease(ClaimSubject(accepted.live)).claims(for: .idToken),
            nonce: accepted.nonce,
            accessToken: "the access token", issuer: try .fixture(), lifetimes: Lifetimes(), at: .noon + 1)
        return try #require(json.objectValue)
    }

    private let lean: [String: JSON] = [
        "iss": "https://login.example/oidc", "sub": "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11", "aud": "app",
        "iat": 1_800_000_001, "exp": 1_800_003_601, "auth_time": 1_800_000_000, "nonce": "the nonce", "acr": "1",
        "amr": ["pwd"],
    ]

    private func expected(_ more: [String: JSON] = [:]) -> [String: JSON] {
        var claims = lean.merging(more) { _, new in new }
        claims["at_hash"] = .string(Base64URL.encode(Digest.sha256(Array("the access token".utf8)).prefix(16)))
        claims["sid"] = .string(Session.fixture().sid(for: ClientID("app")))
        return claims
    }

    @Test func `preset standard: lean, whatever was granted`() throws {
        #expect(try claims() == expected())
    }

    @Test func `preset mendix: scope and the granted claims as well`() throws {
        let claims = try claims(of: .fixture(preset: .mendix))
        #expect(
            claims
                == expected([
                    "scope": "openid profile email", "name": "Ann Example", "preferred_username": "ann",
                    "username": "ann", "given_name": "Ann", "updated_at": 1_799_999_950, "email": "ann@app.example",
                    "email_verified": true,
                ]))
    }

    @Test func `preset mendix: what wasn't granted stays out`() throws {
        let claims = try claims(["scope": "openid"], of: .fixture(preset: .mendix))
        #expect(
            claims
                == expected([
                    "scope": "openid", "name": "Ann Example", "preferred_username": "ann", "username": "ann",
                ]))
    }

    // `user set --attribute preferred_username=…` is an administrator's word, so it counts, everywhere alike.
    @Test func `a preferred_username of its own goes before the user name`() throws {
        let user = User.fixture(attributes: ["preferred_username": "Annie"])
        let claims = try claims(of: .fixture(preset: .mendix), user: user)
        #expect(claims["preferred_username"] == "Annie")
        #expect(claims["username"] == "ann")
        #expect(StandardClaims.released(to: .standard, of: user)["preferred_username"] == "Annie")
        #expect(StandardClaims.released(to: .standard, of: .fixture())["preferred_username"] == "ann")
    }

    // §3.1.2.1: "The value is passed through unmodified."
    @Test(arguments: ["e\u{301}", "\"\\\u{1}", " ", String(repeating: "n", count: 512)])
    func `the nonce comes back byte by byte`(nonce: String) throws {
        let value = try #require(try claims(["nonce": nonce])["nonce"]?.stringValue)
        #expect(value.utf8.elementsEqual(nonce.utf8))
    }

    @Test func `without a nonce there is none`() throws {
        #expect(try claims(["nonce": nil])["nonce"] == nil)
    }

    // §3.1.3.6: by the hash of the ID token's own algorithm
    @Test(arguments: [("RS256", 16), ("PS256", 16), ("ES256", 16), ("EdDSA", 32)])
    func `at_hash is half of the algorithm's hash`(algorithm: String, count: Int) throws {
        let client = try Client.fixture(metadata: ["id_token_signed_response_alg": .string(algorithm)])
        let hash = try claims(of: client)["at_hash"]?.stringValue.flatMap(Base64URL.decode)
        #expect(hash?.count == count)
    }

    // An attribute must not stand in for a claim of the protocol.
    @Test(arguments: [ClaimPreset.standard, .mendix])
    func `a user's attributes can't set a claim of the protocol`(preset: ClaimPreset) throws {
        let client = try Client.fixture(preset: preset)
        let clean = try claims(of: client)
        var attributes = User.attributes
        for name in ["iss", "sub", "aud", "exp", "nonce", "auth_time", "acr", "scope", "username", "updated_at"] {
            attributes[name] = "forged"
        }
        #expect(try claims(of: client, user: .fixture(attributes: attributes)) == clean)
    }

    @Test func `sid differs from client to client, and stays the same for one`() {
        let session = Session.fixture()
        #expect(session.sid(for: ClientID("a")) == session.sid(for: ClientID("a")))
        #expect(session.sid(for: ClientID("a")) != session.sid(for: ClientID("b")))
    }
}
