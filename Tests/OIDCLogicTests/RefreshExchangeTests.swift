import JOSE
import Testing

@testable import OIDCLogic

/// RFC 6749 §6, RFC 9700 §4.14.2, OpenID Connect Core §11 and §12.
struct RefreshExchangeTests {
    private static let metadata: [String: JSON] = ["grant_types": ["authorization_code", "refresh_token"]]

    private let client: Client
    private let accepted: CodeExchange.Accepted
    private let token: RefreshToken

    init() throws {
        client = try .fixture(metadata: Self.metadata)
        accepted = try .fixture(["scope": "openid email offline_access"], of: client)
        token = try #require(accepted.refreshToken)
    }

    private var grant: Grant { accepted.live.grant }

    private func exchange(
        _ change: Change = [:], token: RefreshToken? = nil, from client: Client? = nil
    ) throws -> RefreshExchange {
        try RefreshExchange(
            Parameters(["refresh_token": (token ?? self.token).text], changing: change),
            from: .fixture(client ?? self.client), opening: .fixture())
    }

    private func step(
        _ exchange: RefreshExchange, _ grant: Grant, at now: Timestamp, lifetimes: Lifetimes = Lifetimes(),
        random: UInt8 = 8
    ) throws -> RefreshExchange.Step {
        try exchange.step(grant, lifetimes: lifetimes, at: now, random: FixedRandom(random))
    }

    private func code<Result>(_ body: () throws -> Result) throws -> OAuthError.Code {
        do { _ = try body() } catch let error as OAuthError { return error.code }
        throw Unexpected("it was not refused")
    }

    /// The grant after its token was used, and what took its place.
    private func rotated(at now: Timestamp, _ change: Change = [:]) throws -> (Grant, RefreshToken) {
        guard case .rotate(let family, let successor) = try step(try exchange(change), grant, at: now) else {
            throw Unexpected("it was not rotated")
        }
        var grant = grant
        grant.refresh = family
        return (grant, successor)
    }

    // MARK: Who gets one

    @Test func `offline_access gives one, recorded by its digest`() throws {
        #expect(grant.refresh?.digest == token.digest)
        #expect(grant.refresh?.expiresAt == .noon + 1 + 15 * 86_400)
        #expect(grant.expiresAt == .noon + 1 + 15 * 86_400, "the grant lives as long as its refresh token")
    }

    @Test func `without offline_access, or without the grant type, there is none`() throws {
        #expect(try CodeExchange.Accepted.fixture(["scope": "openid"], of: client).refreshToken == nil)
        let without = try CodeExchange.Accepted.fixture(["scope": "openid offline_access"])
        #expect(without.refreshToken == nil)
        #expect(!without.live.scope.contains("offline_access"))
    }

    // Core §11: "MUST ensure that the prompt parameter contains consent unless other conditions … are in place".
    @Test func `a client that asks for consent gets it by prompt=consent alone`() throws {
        let third = try Client.fixture(metadata: Self.metadata, isFirstParty: false)
        let scope = "openid offline_access"
        #expect(try AuthorizationGrant.fixture(["scope": scope], of: third).scope.names == ["openid"])
        let asked = try ValidatedAuthorizationRequest.fixture(["scope": scope, "prompt": "consent"], of: third)
        let access = try asked.access(
            for: .fixture(), policy: ScopePolicy(), customClaims: .none, from: "192.0.2.1", at: .noon)
        #expect(access.scope.names == ["openid", "offline_access"])
    }

    // MARK: The step

    @Test func `the living one is rotated`() throws {
        let (next, successor) = try rotated(at: .noon + 100)
        #expect(next.refresh?.digest == successor.digest)
        #expect(next.refresh?.expiresAt == .noon + 100 + 15 * 86_400)
        #expect(next.refresh?.predecessor?.digest == token.digest)
        #expect(next.refresh?.predecessor?.usedAt == .noon + 100)
        #expect(next.refresh?.predecessor?.salt == Array(repeating: 8, count: 32))
    }

    @Test(arguments: [0, 9] as [Int64])
    func `whoever lost the answer is given the same one again`(seconds: Int64) throws {
        let (next, successor) = try rotated(at: .noon + 100)
        guard case .giveAgain(let again) = try step(try exchange(), next, at: .noon + 100 + seconds, random: 99) else {
            throw Unexpected("it was not given again")
        }
        #expect(again == successor)
    }

    // 10 s from the first use, also when the clock is set back.
    @Test(arguments: [10, 3600, -1] as [Int64])
    func `after the grace it is reuse`(seconds: Int64) throws {
        let (next, _) = try rotated(at: .noon + 100)
        guard case .reuse = try step(try exchange(), next, at: .noon + 100 + seconds) else {
            throw Unexpected("it was not reuse")
        }
    }

    @Test func `the grace is over when the successor is used`() throws {
        var (next, successor) = try rotated(at: .noon + 100)
        guard case .rotate(let family, _) = try step(try exchange(token: successor), next, at: .noon + 101) else {
            throw Unexpected("the successor was not rotated")
        }
        next.refresh = family
        guard case .reuse = try step(try exchange(), next, at: .noon + 102) else {
            throw Unexpected("it was not reuse")
        }
    }

    @Test(arguments: [["scope": "openid"], ["resource": "https://api.example/"]] as [Change])
    func `for something else it is not given again`(change: Change) throws {
        let (next, _) = try rotated(at: .noon + 100)
        #expect(try code { try step(try exchange(change), next, at: .noon + 101) } == .invalidGrant)
    }

    @Test func `what has ended is invalid_grant, and no reuse`() throws {
        let week = Lifetimes().refreshToken
        #expect(throws: Never.self) { try step(try exchange(), grant, at: .noon + week) }
        #expect(try code { try step(try exchange(), grant, at: .noon + 1 + week) } == .invalidGrant)
        var short = Lifetimes()
        short.refreshTokenAbsolute = 60
        #expect(try code { try step(try exchange(), grant, at: .noon + 61, lifetimes: short) } == .invalidGrant)
        var revoked = grant
        revoked.isRevoked = true
        #expect(try code { try step(try exchange(), revoked, at: .noon + 2) } == .invalidGrant)
        let other = try Client.fixture("other", metadata: Self.metadata)
        #expect(try code { try step(try exchange(from: other), grant, at: .noon + 2) } == .invalidGrant)
    }

    @Test func `no rotation outlives the absolute end`() throws {
        var lifetimes = Lifetimes()
        lifetimes.refreshTokenAbsolute = 1000
        guard case .rotate(let family, _) = try step(try exchange(), grant, at: .noon + 900, lifetimes: lifetimes)
        else { throw Unexpected("it was not rotated") }
        #expect(family.expiresAt == .noon + 1001)
    }

    // MARK: What it gives

    @Test func `it gives what was granted, or less if less is asked for`() throws {
        let whole = try exchange().accept(
            grant, user: .fixture(), consent: nil, policy: ScopePolicy(), subjects: .fixture())
        #expect(whole.scope.names == ["openid", "email", "offline_access"])
        let less = try exchange(["scope": "email"]).accept(
            grant, user: .fixture(), consent: nil, policy: ScopePolicy(), subjects: .fixture())
        #expect(less.scope.names == ["email"])
        #expect(less.grant.scope == grant.scope, "the refresh token keeps its scope (RFC 6749 §6)")
    }

    @Test func `more than was granted is invalid_scope`() throws {
        let more = try exchange(["scope": "openid phone"])
        #expect(
            try code {
                try more.accept(grant, user: .fixture(), consent: nil, policy: ScopePolicy(), subjects: .fixture())
            } == .invalidScope)
    }

    @Test func `what the client lost meanwhile is no longer given`() throws {
        let metadata = Self.metadata.merging(["scope": "openid offline_access"]) { _, new in new }
        let live = try exchange(from: .fixture(metadata: metadata)).accept(
            grant, user: .fixture(), consent: nil, policy: ScopePolicy(), subjects: .fixture())
        #expect(live.scope.names == ["openid", "offline_access"])
        let without = try exchange(from: .fixture(metadata: Self.metadata.merging(["scope": "openid"]) { $1 }))
        #expect(
            try code {
                try without.accept(grant, user: .fixture(), consent: nil, policy: ScopePolicy(), subjects: .fixture())
            }
                == .invalidGrant)
    }

    // Core §5.5: each claim that was asked for by name stands for the scope that would release it.
    @Test func `of claims asked for by name those alone go whose scope went`() throws {
        let asked =
            #"{"userinfo": {"email": null, "phone_number": null}, "id_token": {"given_name": null, "scope": null}}"#
        let grant = try CodeExchange.Accepted.fixture(
            ["scope": "openid offline_access", "claims": asked], of: client
        ).live.grant
        #expect(grant.claims.scope == (try Scope("email phone profile")))
        func live(_ allowed: String, _ change: Change = [:]) throws -> LiveGrant {
            let metadata = Self.metadata.merging(["scope": .string(allowed)]) { $1 }
            return try exchange(change, from: .fixture(metadata: metadata)).accept(
                grant, user: .fixture(), consent: nil, policy: ScopePolicy(), subjects: .fixture())
        }
        func released(_ live: LiveGrant, _ destination: ClaimDestination) -> Set<String> {
            Set(ClaimRelease(ClaimSubject(live)).claims(for: destination).keys)
        }
        let all = try live("openid email phone profile offline_access")
        #expect(all.claims == grant.claims)
        #expect(released(all, .userInfo) == ["email", "phone_number"])
        let less = try live("openid email offline_access")
        #expect(less.claims.scope.names == ["email"])
        #expect(released(less, .userInfo) == ["email"])
        #expect(released(less, .idToken) == ["scope"], "which stands for no scope")
        #expect(released(try live("openid offline_access"), .userInfo).isEmpty)
    }

    @Test func `a custom claim goes with its scope, and one without a scope stays`() throws {
        func claim(_ name: String, scope: String?) throws -> CustomClaim {
            CustomClaim(
                id: ClaimID(name), name: try #require(ClaimName(name)), clientID: nil, source: .constant(1),
                scope: scope, destinations: nil, isRequired: false, createdAt: .noon, updatedAt: .noon)
        }
        let custom = CustomClaims(
            [try claim("level", scope: "hr"), try claim("tenant", scope: nil)], evaluator: NoExpressions())
        let catalogue = ScopeCatalogue(scopes: [DefinedScope(ScopeName("hr"))], roles: [], groups: [])
        let allowing = Self.metadata.merging(["scope": "openid email hr offline_access"]) { $1 }
        let request = try ValidatedAuthorizationRequest.fixture(
            [
                "scope": "openid offline_access",
                "claims": #"{"id_token": {"level": null, "tenant": null}, "userinfo": {"email": null}}"#,
            ], of: .fixture(metadata: allowing))
        let access = try request.access(
            for: .fixture(), policy: ScopePolicy(catalogue: catalogue), customClaims: custom, from: "192.0.2.1",
            at: .noon)
        var grant = grant
        grant.claims = access.claims
        #expect(grant.claims.scope.names == ["hr", "email"])
        for (allowed, expected) in [("openid email hr", ["level", "tenant"]), ("openid email", ["tenant"])] {
            let client = try Client.fixture(
                metadata: Self.metadata.merging(["scope": .string(allowed + " offline_access")]) { $1 })
            let live = try exchange(from: client).accept(
                grant, user: .fixture(), consent: nil, policy: ScopePolicy(catalogue: catalogue), subjects: .fixture())
            let subject = ClaimSubject(live)
            let release = ClaimRelease(subject, custom: try custom.values(for: subject))
            #expect(release.claims(for: .idToken).keys.sorted() == expected)
            #expect(release.claims(for: .userInfo)["email"] == "ann@app.example")
        }
    }

    @Test func `a user who may not sign in is given nothing`() throws {
        for user in [nil, User.fixture(isDisabled: true), .fixture("other")] {
            #expect(
                try code {
                    try exchange().accept(grant, user: user, consent: nil, policy: ScopePolicy(), subjects: .fixture())
                }
                    == .invalidGrant)
        }
    }

    @Test func `a client without the grant type is unauthorized_client`() throws {
        #expect(try code { try exchange(from: .fixture()) } == .unauthorizedClient)
    }

    @Test func `without a token it is invalid_request`() throws {
        #expect(try code { try exchange(["refresh_token": nil]) } == .invalidRequest)
    }
}
