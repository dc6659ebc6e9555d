import JOSE
import Testing

@testable import OIDCLogic

/// RFC 6749 §4.1.3 and §5.2, RFC 7636 §4.6, RFC 9700 §2.1.1.
struct CodeExchangeTests {
    private func code<Result>(_ body: () throws -> Result) throws -> OAuthError.Code {
        do { _ = try body() } catch let error as OAuthError { return error.code }
        throw Unexpected("it was not refused")
    }

    @Test func `a good exchange gives a grant under the code's id`() throws {
        let accepted = try CodeExchange.Accepted.fixture()
        let grant = accepted.live.grant
        #expect(grant.id == (try AuthorizationCode.fixture().id))
        #expect(grant.clientID == ClientID("app"))
        #expect(grant.userID == User.fixture().id)
        #expect(grant.authentication.sessionID == SessionID("session"))
        #expect(grant.scope.names == ["openid", "profile", "email"])
        #expect(grant.authentication.authTime == .noon)
        #expect(grant.createdAt == .noon + 1)
        #expect(grant.expiresAt == .noon + 1 + Lifetimes().accessToken, "the row stays as long as its tokens")
        #expect(!grant.isRevoked)
    }

    @Test(
        arguments: [
            (["redirect_uri": nil], .invalidRequest),
            (["redirect_uri": ""], .invalidRequest),
            (["redirect_uri": "https://evil.example/"], .invalidGrant),
            (["redirect_uri": Client.redirectURI + "/"], .invalidGrant),
            (["redirect_uri": "https://app.example:443/callback"], .invalidGrant),
            (["code_verifier": nil], .invalidGrant),
            (["code_verifier": ""], .invalidGrant),
            (["code_verifier": "short"], .invalidGrant),
            (["code_verifier": RFC7636.challenge], .invalidGrant),
            (["code_verifier": RFC7636.verifier + "a"], .invalidGrant),
        ] as [(Change, OAuthError.Code)])
    func `a faulty exchange gets its error`(change: Change, expected: OAuthError.Code) throws {
        #expect(try code { try CodeExchange.fixture(change) } == expected)
    }

    // RFC 6749 §4.1.3: "REQUIRED, if the "redirect_uri" parameter was included in the authorization request".
    @Test func `a redirect URI that wasn't named need not be named here, nor may it be another`() throws {
        let code = try AuthorizationCode.fixture(["redirect_uri": nil, "scope": "profile"])
        _ = try CodeExchange.fixture(["redirect_uri": nil], code: code)
        _ = try CodeExchange.fixture(code: code)
        #expect(
            try self.code { try CodeExchange.fixture(["redirect_uri": "https://evil.example/"], code: code) }
                == .invalidGrant)
    }

    // RFC 9700 §2.1.1: PKCE must not be cut out of the authorization request on its way.
    @Test func `a verifier for a code without a challenge is refused`() throws {
        let without = try AuthorizationCode.fixture(["code_challenge": nil, "code_challenge_method": nil])
        #expect(try code { try CodeExchange.fixture(code: without) } == .invalidGrant)
        _ = try CodeExchange.fixture(["code_verifier": nil], code: without)
    }

    @Test func `a code of another client is refused`() throws {
        let other = try AuthorizationCode.fixture(["client_id": "other"], of: .fixture("other"))
        #expect(try code { try CodeExchange.fixture(code: other) } == .invalidGrant)
    }

    @Test(arguments: ["", "abc", "~abc", "not base64url!"])
    func `a code that is none of ours is invalid_grant`(text: String) throws {
        let refusal = try code {
            try CodeExchange(Parameters(CodeExchange.good), code: text, from: .fixture(), opening: .fixture())
        }
        #expect(refusal == .invalidGrant)
    }

    // A thief of a code who isn't its client learns nothing of it, whatever else is wrong.
    @Test func `the client is compared before anything else`() throws {
        let other = try AuthorizationCode.fixture(["client_id": "other"], of: .fixture("other"))
        #expect(try code { try CodeExchange.fixture(["redirect_uri": nil], code: other) } == .invalidGrant)
    }

    @Test(arguments: [(0, true), (59, true), (60, false), (3600, false), (-1, false)] as [(Int64, Bool)])
    func `a code lives for a minute, and not at all if the clock was set back`(age: Int64, lives: Bool) throws {
        let exchange = try CodeExchange.fixture()
        let accept = {
            try exchange.accept(
                user: .fixture(), session: .fixture(), consent: nil, policy: ScopePolicy(), subjects: .fixture(),
                lifetimes: Lifetimes(),
                at: .noon + age, random: FixedRandom())
        }
        if lives { _ = try accept() } else { #expect(try code(accept) == .invalidGrant) }
    }

    /// What has changed between the code and its exchange.
    struct Meanwhile: CustomTestStringConvertible {
        let testDescription: String
        var user: User? = .fixture()
        var session: Session? = .fixture()
        var at: Timestamp = .noon + 1
    }

    @Test(arguments: [
        Meanwhile(testDescription: "the user was removed", user: nil),
        Meanwhile(testDescription: "the user was disabled", user: .fixture(isDisabled: true)),
        Meanwhile(testDescription: "another user", user: .fixture("other")),
        Meanwhile(testDescription: "the user signed out", session: nil),
        Meanwhile(testDescription: "another session", session: .fixture("other")),
        Meanwhile(testDescription: "another user's session", session: .fixture(of: .fixture("other"))),
        Meanwhile(testDescription: "the session has ended by age", session: .ended(absolutely: true)),
        Meanwhile(testDescription: "the session has ended by idleness", session: .ended(absolutely: false)),
    ])
    func `what holds no more is refused`(meanwhile: Meanwhile) throws {
        let exchange = try CodeExchange.fixture()
        let refusal = try code {
            try exchange.accept(
                user: meanwhile.user, session: meanwhile.session, consent: nil, policy: ScopePolicy(),
                subjects: .fixture(),
                lifetimes: Lifetimes(),
                at: meanwhile.at, random: FixedRandom())
        }
        #expect(refusal == .invalidGrant)
    }

    @Test func `a scope that the client may no longer ask for is refused`() throws {
        let before = try AuthorizationCode.fixture()
        let now = try Client.fixture(metadata: ["scope": "openid profile"])
        let exchange = try CodeExchange.fixture(code: before, from: now)
        #expect(try code { try accept(exchange, consent: nil) } == .invalidGrant)
    }

    // The sector of a pairwise client goes by its redirect URIs.
    @Test func `a code that went to where the client is no more is refused`() throws {
        let moved = try Client.fixture(metadata: ["redirect_uris": ["https://elsewhere.example/callback"]])
        let exchange = try CodeExchange.fixture(code: .fixture(), from: moved)
        #expect(try code { try accept(exchange, consent: nil) } == .invalidGrant)
        let more = try Client.fixture(
            metadata: ["redirect_uris": ["https://elsewhere.example/callback", .string(Client.redirectURI)]])
        _ = try accept(try .fixture(code: .fixture(), from: more), consent: nil)
    }

    @Test func `consent that was taken back is refused`() throws {
        let client = try Client.fixture(isFirstParty: false)
        let exchange = try CodeExchange.fixture(from: client)
        #expect(try code { try accept(exchange, consent: nil) } == .invalidGrant)
        #expect(try code { try accept(exchange, consent: Scope("openid profile")) } == .invalidGrant)
        _ = try accept(exchange, consent: Scope("openid profile email phone"))
    }

    @Test func `a first-party client needs no consent`() throws {
        _ = try accept(try .fixture(), consent: nil)
    }

    @Test func `where consent isn't remembered there is none to look for`() throws {
        let client = try Client.native(isFirstParty: false)
        let uri = "http://127.0.0.1:4711/callback"
        let code = try AuthorizationCode.fixture(["redirect_uri": uri], of: client)
        _ = try accept(try .fixture(["redirect_uri": uri], code: code, from: client), consent: nil)
    }

    private func accept(_ exchange: CodeExchange, consent: Scope?) throws -> CodeExchange.Accepted {
        let remembered = consent.map {
            Consent(userID: User.fixture().id, clientID: ClientID("app"), scope: $0, grantedAt: .noon)
        }
        return try exchange.accept(
            user: .fixture(), session: .fixture(), consent: remembered, policy: ScopePolicy(), subjects: .fixture(),
            lifetimes: Lifetimes(),
            at: .noon + 1, random: FixedRandom())
    }
}

extension Session {
    /// One that ended a second ago.
    fileprivate static func ended(absolutely: Bool) -> Session {
        Session(
            id: SessionID("session"), userID: User.fixture().id, authTime: .noon, amr: ["pwd"], acr: "1",
            createdAt: .noon - 90_000, lastUsedAt: absolutely ? .noon : .noon - Lifetimes().sessionIdle,
            expiresAt: absolutely ? .noon : .noon + 90_000, sidKey: [1])
    }
}
