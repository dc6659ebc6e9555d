import JOSE
import Testing

@testable import OIDCLogic

/// RFC 9068 §2.2 and §4.
struct AccessTokenTests {
    private func claims(of client: Client? = nil, _ change: Change = [:]) throws -> [String: JSON] {
        let live = try CodeExchange.Accepted.fixture(change, of: client).live
        let profile = try ResourceServers().profile(
            for: [], client: live.client, issuer: .fixture(), lifetimes: Lifetimes())
        let json = AccessToken.claims(
            for: .user(live), releasing: ClaimRelease(ClaimSubject(live)).claims(for: .accessToken), profile: profile,
            issuer: try .fixture(), at: .noon + 1, random: FixedRandom(3))
        return try #require(json.objectValue)
    }

    private func read(_ claims: [String: JSON], at now: Timestamp = .noon + 1) throws -> AccessToken {
        let token = try AccessToken(verified: .object(claims), issuer: .fixture())
        try token.requireTime(now)
        return token
    }

    @Test(arguments: [
        (ClaimPreset.standard, "https://login.example/oidc"), (ClaimPreset.mendix, "app"),
    ])
    func `it has exactly these claims`(preset: ClaimPreset, audience: String) throws {
        let accepted = try CodeExchange.Accepted.fixture()
        #expect(
            try claims(of: .fixture(preset: preset)) == [
                "iss": "https://login.example/oidc", "sub": "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11",
                "aud": .string(audience), "iat": 1_800_000_001, "nbf": 1_800_000_001, "exp": 1_800_003_601,
                "jti": .string("\(accepted.live.grant.id).AwMDAwMDAwMD"), "client_id": "app",
                "scope": "openid profile email", "name": "Ann Example",
            ])
    }

    @Test func `it leads back to its grant`() throws {
        let token = try read(try claims())
        #expect(token.clientID == ClientID("app"))
        #expect(token.subject == User.fixture().id.value)
        #expect(token.grantID == (try AuthorizationCode.fixture().id))
        #expect(token.scope.names == ["openid", "profile", "email"])
        #expect(try read(try claims(of: .fixture(preset: .mendix))).clientID == ClientID("app"))
    }

    @Test func `an empty scope is a scope`() throws {
        let token = try read(try claims(of: .fixture(preset: .mendix), ["scope": "clerk"]))
        #expect(token.scope.isEmpty)
    }

    @Test(
        arguments: [
            ("iss", "https://login.example/oidc/"), ("iss", "https://evil.example"), ("iss", nil), ("iss", 1),
            ("aud", nil), ("aud", []), ("aud", [1]), ("aud", 1), ("iat", nil), ("exp", nil), ("exp", "1800003601"),
            ("exp", 1_800_000_001),
            ("exp", 0), ("nbf", nil), ("nbf", 1_800_000_007), ("client_id", nil), ("sub", nil), ("sub", 1),
            ("jti", nil),
            ("jti", ""), ("scope", nil), ("scope", ["openid"]), ("scope", "open\"id"),
        ] as [(String, JSON?)])
    func `a claim that is missing or wrong makes it no token`(name: String, value: JSON?) throws {
        var claims = try claims()
        claims[name] = value
        #expect(throws: OAuthError.self) { try read(claims) }
    }

    @Test func `it lives for an hour`() throws {
        let claims = try claims()
        #expect(throws: Never.self) { try read(claims, at: .noon + 3600) }
        let error = #expect(throws: OAuthError.self) { try read(claims, at: .noon + 3601) }
        #expect(error?.code == .invalidToken)
    }

    @Test func `a clock that is five seconds behind is forgiven`() throws {
        let claims = try claims()
        #expect(throws: Never.self) { try read(claims, at: .noon - 4) }
        let error = #expect(throws: OAuthError.self) { try read(claims, at: .noon - 5) }
        #expect(error?.code == .invalidToken)
    }

    @Test(arguments: [JSON.null, "text", [], [:]] as [JSON])
    func `what is no object of claims is refused`(json: JSON) throws {
        let error = #expect(throws: OAuthError.self) { try AccessToken(verified: json, issuer: .fixture()) }
        #expect(error?.code == .invalidToken)
    }
}
