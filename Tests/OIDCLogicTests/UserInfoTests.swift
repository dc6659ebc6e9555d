import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Core §5.3 and §5.4, RFC 6750 §3.1.
struct UserInfoTests {
    private func answer(
        scope: String = "openid profile email", client: Client?? = .none, user: User? = .fixture(),
        grant change: (inout Grant?) -> Void = { _ in }
    ) throws -> Result<JSON, OAuthError> {
        let registered = try Client.fixture(preset: .mendix)
        let accepted = try CodeExchange.Accepted.fixture(["scope": scope], of: registered)
        let profile = try ResourceServers().profile(
            for: [], client: registered, issuer: .fixture(), lifetimes: Lifetimes())
        let claims = AccessToken.claims(
            for: .user(accepted.live), releasing: [:], profile: profile, issuer: try .fixture(), at: .noon,
            random: FixedRandom())
        let token = try AccessToken(verified: claims, issuer: .fixture())
        var grant: Grant? = accepted.live.grant
        change(&grant)
        let issuer = try Issuer.fixture()
        let subjects = try SubjectIdentifiers.fixture()
        return Result { () throws(OAuthError) in
            let live = try LiveAccessToken(
                token, of: LiveGrant(grant, client: client ?? registered, user: user, subjects: subjects))
            let subject = try UserInfo.subject(of: live, in: .empty, issuer: issuer)
            return UserInfo.claims(of: live, releasing: ClaimRelease(subject).claims(for: .userInfo))
        }
    }

    private func error(_ result: Result<JSON, OAuthError>) -> OAuthError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    @Test(
        arguments: [
            ("openid", [:]),
            ("openid email", ["email": "ann@app.example", "email_verified": true]),
            ("openid phone", ["phone_number": "+31 20 000 0000", "phone_number_verified": false]),
            ("openid address", ["address": ["locality": "Utrecht"]]),
            (
                "openid profile",
                ["name": "Ann Example", "given_name": "Ann", "preferred_username": "ann", "updated_at": 1_799_999_950]
            ),
        ] as [(String, [String: JSON])])
    func `each scope releases its claims and no others`(scope: String, claims: [String: JSON]) throws {
        let expected = claims.merging(["sub": "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11"]) { _, new in new }
        #expect(try answer(scope: scope).get() == .object(expected))
    }

    // §5.3.2: "If a Claim is not returned, that Claim Name SHOULD be omitted …; it SHOULD NOT be present with a null or
    // empty string value."
    @Test func `what has no value is left out`() throws {
        let user = User.fixture(attributes: [
            "name": .null, "given_name": "", "email": "", "email_verified": true, "phone_number": .null,
        ])
        let claims = try answer(scope: "openid profile email phone", user: user).get().objectValue
        #expect(claims?.keys.sorted() == ["preferred_username", "sub", "updated_at"])
    }

    @Test(
        arguments: [("true", false), ("false", false), (1, false), (nil, false), (true, true), (false, false)]
            as [(JSON?, Bool)])
    func `an address is verified if that is said by true`(value: JSON?, verified: Bool) throws {
        var attributes: [String: JSON] = ["email": "ann@app.example", "phone_number": "1"]
        attributes["email_verified"] = value
        attributes["phone_number_verified"] = value
        let claims = try answer(scope: "openid email phone", user: .fixture(attributes: attributes)).get()
        #expect(claims["email_verified"] == .bool(verified))
        #expect(claims["phone_number_verified"] == .bool(verified))
    }

    @Test func `the sub is the user's, whatever the attributes say`() throws {
        let user = User.fixture(attributes: ["sub": "forged", "preferred_username": ""])
        let claims = try answer(scope: "openid profile", user: user).get()
        #expect(claims["sub"] == "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11")
        #expect(claims["preferred_username"] == "ann")
    }

    @Test func `without openid it is insufficient_scope`() throws {
        #expect(error(try answer(scope: "profile email")) == .insufficientScope)
    }

    // RFC 9068 §4: "The resource server MUST validate that the "aud" claim contains a resource indicator value
    // corresponding to an identifier the resource server expects for itself."
    @Test(
        arguments: [
            ("aud", "https://login.example/oidc", nil), ("aud", "app", nil),
            ("aud", "https://api.example/", .invalidToken),
            ("client_id", "other", .invalidToken), ("sub", "other", .invalidToken), ("jti", "other.x", .invalidToken),
        ] as [(String, String, OAuthError.Code?)])
    func `a token for another audience, or of another grant, is invalid_token`(
        claim: String, value: String, code: OAuthError.Code?
    ) throws {
        let accepted = try CodeExchange.Accepted.fixture(["scope": "openid"])
        let profile = try ResourceServers().profile(
            for: [], client: accepted.live.client, issuer: .fixture(), lifetimes: Lifetimes())
        let claims = AccessToken.claims(
            for: .user(accepted.live), releasing: [:], profile: profile, issuer: try .fixture(), at: .noon,
            random: FixedRandom())
        let changed = JSON.object((claims.objectValue ?? [:]).merging([claim: .string(value)]) { _, new in new })
        let token = try AccessToken(verified: changed, issuer: .fixture())
        let issuer = try Issuer.fixture()
        let result = Result { () throws(OAuthError) in
            try UserInfo.subject(of: LiveAccessToken(token, of: accepted.live), in: .empty, issuer: issuer)
        }
        switch result {
        case .success: #expect(code == nil)
        case .failure(let error): #expect(error.code == code)
        }
    }

    @Test func `a token of less than its grant releases what it says itself`() throws {
        let accepted = try CodeExchange.Accepted.fixture(["scope": "openid email"])
        let claims = AccessToken.claims(
            for: .user(accepted.live), releasing: [:],
            profile: try ResourceServers().profile(
                for: [], client: accepted.live.client, issuer: .fixture(), lifetimes: Lifetimes()),
            issuer: try .fixture(), at: .noon, random: FixedRandom())
        let narrowed = JSON.object((claims.objectValue ?? [:]).merging(["scope": "openid"]) { _, new in new })
        let token = try AccessToken(verified: narrowed, issuer: .fixture())
        let subject = try UserInfo.subject(
            of: try LiveAccessToken(token, of: accepted.live), in: .empty, issuer: .fixture())
        #expect(ClaimRelease(subject).claims(for: .userInfo).isEmpty)
    }

    // The claims are those of now, and so is the right to them.
    @Test func `what has ended since is invalid_token`() throws {
        #expect(error(try answer { $0 = nil }) == .invalidToken)
        #expect(error(try answer { $0?.isRevoked = true }) == .invalidToken)
        #expect(error(try answer(client: .some(nil))) == .invalidToken)
        #expect(error(try answer(user: nil)) == .invalidToken)
        #expect(error(try answer(user: .fixture(isDisabled: true))) == .invalidToken)
    }

    @Test func `a grant of another client or user is invalid_token`() throws {
        for (client, user) in [("other", User.fixture().id.value), ("app", "other")] {
            let result = try answer {
                $0 = $0.map {
                    Grant(
                        id: $0.id, clientID: ClientID(client),
                        authentication: AuthenticationContext(.fixture(of: .fixture(user)), for: ClientID(client)),
                        request: $0.request, scope: $0.scope, createdAt: $0.createdAt, expiresAt: $0.expiresAt)
                }
            }
            #expect(error(result) == .invalidToken)
        }
    }
}
