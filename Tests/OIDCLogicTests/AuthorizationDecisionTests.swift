import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Core §3.1.2.3 and §3.1.2.4.
struct AuthorizationDecisionTests {
    /// What a decision came to, without its contents.
    enum Outcome: Equatable {
        case signIn(SignInReason)
        case askConsent([String])
        case grant([String])
        case refuse(OAuthError.Code)
    }

    private let start = Timestamp.noon
    private let asked = ["openid", "profile", "email"]

    private func decide(
        _ change: Change = [:], of client: Client? = nil, hints: HintVerifier? = nil, signedIn: SignedIn? = .fixture(),
        consent: Scope? = nil, progress: Progress = .arrived, customClaims: CustomClaims = .none,
        hasUpstreams: Bool = false, at now: Timestamp = .noon
    ) throws -> Outcome {
        let client = try client ?? .fixture()
        let request = try ValidatedAuthorizationRequest.fixture(change, of: client, hints: hints)
        let remembered = consent.map {
            Consent(userID: User.fixture().id, clientID: client.id, scope: $0, grantedAt: .noon)
        }
        let subjects = try SubjectIdentifiers.fixture(client)
        let decision = Result { () throws(AuthorizationFailure) in
            try request.decide(
                signedIn: signedIn, consent: remembered, progress: progress, policy: ScopePolicy(),
                customClaims: customClaims, subjects: subjects, from: "192.0.2.1", hasUpstreams: hasUpstreams,
                at: now)
        }
        switch decision {
        case .success(.signIn(let reason)): return .signIn(reason)
        case .success(.askConsent(let access)): return .askConsent(access.consentScope.names)
        case .success(.grant(let grant)): return .grant(grant.scope.names)
        case .failure(let failure):
            let (error, target) = try redirect { throw failure }
            #expect(target.state == "the state")
            return .refuse(error.code)
        }
    }

    private func thirdParty(_ metadata: [String: JSON] = [:]) throws -> Client {
        try .fixture(metadata: metadata, isFirstParty: false)
    }

    @Test func `nobody signed in: the login page`() throws {
        #expect(try decide(signedIn: nil) == .signIn(.noSession))
    }

    @Test func `signed in at a first-party client: granted, and nobody is asked`() throws {
        #expect(try decide() == .grant(asked))
    }

    @Test func `signed in at another client: asked for consent`() throws {
        #expect(try decide(of: thirdParty()) == .askConsent(asked))
    }

    // Policy
    @Test func `what the client isn't allowed is left out, and so are names that nobody knows`() throws {
        let client = try Client.fixture(metadata: ["scope": "email openid clerk"])
        #expect(try decide(["scope": "openid profile email clerk admin"], of: client) == .grant(["openid", "email"]))
    }

    @Test(arguments: ["clerk", "offline_access", nil])
    func `nothing granted is invalid_scope`(scope: String?) throws {
        #expect(try decide(["scope": scope]) == .refuse(.invalidScope))
    }

    @Test func `nothing granted is an empty grant for preset mendix`() throws {
        #expect(try decide(["scope": "clerk"], of: .fixture(preset: .mendix)) == .grant([]))
    }

    // §3.1.2.1, prompt=none: "The Authorization Server MUST NOT display any authentication or consent user interface pages."
    @Test func `prompt none never shows a page`() throws {
        let none: Change = ["prompt": "none"]
        #expect(try decide(none, signedIn: nil) == .refuse(.loginRequired))
        #expect(try decide(none.merging(["max_age": "0"]) { $1 }) == .refuse(.loginRequired))
        #expect(try decide(none, of: thirdParty()) == .refuse(.consentRequired))
        #expect(try decide(none, of: thirdParty(), consent: .standard) == .grant(asked))
        #expect(try decide(none) == .grant(asked))
    }

    // The browser has another's session by the time it goes on: nobody gets to the app as someone else.
    @Test(arguments: [[:], ["prompt": "login"], ["prompt": "consent"]] as [Change])
    func `whoever signed in goes on as themselves, or signs in anew`(change: Change) throws {
        let progress = Progress.signedIn(as: UserID("someone-else"), since: start)
        #expect(try decide(change, progress: progress) == .signIn(.anotherUser))
        #expect(try decide(change, signedIn: nil, progress: progress) == .signIn(.noSession))
    }

    // prompt=login: "The Authorization Server SHOULD prompt the End-User for reauthentication."
    @Test func `prompt login wants a sign-in of this attempt`() throws {
        let login: Change = ["prompt": "login"]
        #expect(try decide(login) == .signIn(.promptLogin))
        #expect(try decide(login, signedIn: nil) == .signIn(.noSession))
        let before = SignedIn.fixture(authTime: start - 1)
        #expect(
            try decide(login, signedIn: before, progress: .signedIn(as: User.fixture().id, since: start))
                == .signIn(.promptLogin))
        #expect(try decide(login, progress: .signedIn(as: User.fixture().id, since: start)) == .grant(asked))
        #expect(
            try decide(
                login, signedIn: .fixture(authTime: start + 9), progress: .signedIn(as: User.fixture().id, since: start)
            )
                == .grant(asked))
    }

    @Test func `prompt select_account is a sign-in anew`() throws {
        let select: Change = ["prompt": "select_account"]
        #expect(try decide(select) == .signIn(.selectAccount))
        #expect(try decide(select, progress: .signedIn(as: User.fixture().id, since: start)) == .grant(asked))
    }

    @Test func `prompt consent asks in spite of what is remembered, and at a first-party client`() throws {
        let consent: Change = ["prompt": "consent"]
        #expect(try decide(consent) == .askConsent(asked))
        #expect(try decide(consent, of: thirdParty(), consent: .standard) == .askConsent(asked))
        #expect(try decide(consent, progress: .consented(since: start)) == .grant(asked))
        // Signing in is not consenting.
        #expect(try decide(consent, progress: .signedIn(as: User.fixture().id, since: start)) == .askConsent(asked))
    }

    @Test func `prompt login consent wants both`() throws {
        let both: Change = ["prompt": "login consent"]
        #expect(try decide(both) == .signIn(.promptLogin))
        #expect(try decide(both, progress: .signedIn(as: User.fixture().id, since: start)) == .askConsent(asked))
        #expect(try decide(both, progress: .consented(since: start)) == .grant(asked))
        // Someone who consented on a page of an attempt that another's older session was in.
        let before = SignedIn.fixture(authTime: start - 1)
        #expect(try decide(both, signedIn: before, progress: .consented(since: start)) == .signIn(.promptLogin))
    }

    // §5.5.1, sub: "the Authorization Server MUST only send a positive response if the End-User identified by that sub value
    // has an active session … or has been Authenticated as a result of the request."
    @Test(arguments: ["id_token", "userinfo"])
    func `the user that claims asks for goes on, another signs in`(member: String) throws {
        func asking(_ wish: String) -> Change { ["claims": "{\"\(member)\": {\"sub\": \(wish)}}"] }
        let own = User.fixture().id.value
        #expect(try decide(asking("{\"value\": \"\(own)\"}")) == .grant(asked))
        #expect(try decide(asking("{\"values\": [\"x\", \"\(own)\"]}")) == .grant(asked))
        #expect(try decide(asking("null")) == .grant(asked))
        let other = asking("{\"value\": \"someone-else\"}")
        #expect(try decide(other) == .signIn(.anotherUser))
        #expect(try decide(other.merging(["prompt": "none"]) { $1 }) == .refuse(.loginRequired))
        #expect(try decide(other, progress: .signedIn(as: User.fixture().id, since: start)) == .refuse(.loginRequired))
    }

    // §5.5.1.1: "If this is an Essential Claim and the requirement cannot be met, then the Authorization Server MUST treat
    // that outcome as a failed authentication attempt."
    @Test func `an essential acr is met, signed in for, or refused`() throws {
        func asking(_ wish: String) -> Change { ["claims": "{\"id_token\": {\"acr\": \(wish)}}"] }
        #expect(try decide(asking(#"{"essential": true, "values": ["1", "2"]}"#)) == .grant(asked))
        #expect(try decide(asking(#"{"essential": true}"#)) == .grant(asked))
        #expect(try decide(asking(#"{"values": ["2"]}"#)) == .grant(asked), "voluntary")
        for wish in [#"{"essential": true, "values": ["2"]}"#, #"{"essential": true, "value": 1}"#] {
            #expect(try decide(asking(wish)) == .refuse(.unmetAuthenticationRequirements))
            #expect(try decide(asking(wish), signedIn: nil) == .signIn(.noSession))
        }
        var lower = Session.fixture()
        lower.acr = "0"
        let before = SignedIn.fixture(lower, of: .fixture())
        let one = asking(#"{"essential": true, "value": "1"}"#)
        #expect(try decide(one, signedIn: before) == .signIn(.authenticationContext))
        #expect(
            try decide(one, signedIn: before, progress: .signedIn(as: User.fixture().id, since: start))
                == .refuse(.unmetAuthenticationRequirements))
    }

    @Test func `an essential acr that isn't ours is an upstream's to meet, once`() throws {
        let gold: Change = ["claims": #"{"id_token": {"acr": {"essential": true, "value": "gold"}}}"#]
        #expect(try decide(gold, hasUpstreams: true) == .signIn(.authenticationContext))
        #expect(
            try decide(gold, progress: .signedIn(as: User.fixture().id, since: start), hasUpstreams: true)
                == .refuse(.unmetAuthenticationRequirements))
        var session = Session.fixture()
        session.acr = nil
        #expect(
            try decide(gold, signedIn: .fixture(session, of: .fixture()), hasUpstreams: true)
                == .signIn(.authenticationContext), "an upstream that says none meets none")
        session.acr = "gold"
        #expect(try decide(gold, signedIn: .fixture(session, of: .fixture()), hasUpstreams: true) == .grant(asked))
    }

    @Test func `claims that are asked for by name want the consent that their scope wants`() throws {
        let claims: Change = ["scope": "openid", "claims": #"{"userinfo": {"email": null}}"#]
        #expect(try decide(claims) == .grant(["openid"]))
        #expect(try decide(claims, of: thirdParty()) == .askConsent(["openid", "email"]))
        #expect(try decide(claims, of: thirdParty(), consent: Scope("openid")) == .askConsent(["openid", "email"]))
        #expect(try decide(claims, of: thirdParty(), consent: Scope("openid email")) == .grant(["openid"]))
        #expect(try decide(claims, of: thirdParty(["scope": "openid"])) == .askConsent(["openid"]), "not allowed")
    }

    @Test func `a required claim without a value fails the sign-in`() throws {
        func custom(_ source: ClaimSource) throws -> CustomClaims {
            let claim = CustomClaim(
                id: ClaimID("1"), name: try #require(ClaimName("x")), clientID: nil, source: source, scope: nil,
                destinations: [.userInfo], isRequired: true, createdAt: .noon, updatedAt: .noon)
            return CustomClaims([claim], evaluator: PolicyRuleTests.Spoken())
        }
        #expect(try decide(customClaims: try custom(.constant(1))) == .grant(asked))
        #expect(try decide(customClaims: try custom(.attribute("none"))) == .refuse(.accessDenied))
        #expect(try decide(customClaims: try custom(.expression("error"))) == .refuse(.serverError))
    }

    // §8.1: what a client says of a user it says by what it calls them.
    @Test func `a pairwise client names the user as it knows them, and another sector's identifier tells it nothing`()
        throws
    {
        let key = try SigningKey.generate(.es256)
        let client = try Client.fixture(metadata: ["subject_type": "pairwise"])
        let other = try Client.fixture(
            metadata: ["subject_type": "pairwise", "redirect_uris": ["https://other.example/"]])
        func decide(hint: String? = nil, claim: String? = nil) throws -> Outcome {
            var change: Change = ["prompt": "none"]
            change["id_token_hint"] = try hint.map { sub in
                let claims: JSON = ["iss": .string(Issuer.text), "sub": .string(sub), "exp": 1, "iat": 0]
                return try JWS.sign(header: "JWT", claims: claims, key: key)
            }
            change["claims"] = claim.map { #"{"id_token":{"sub":{"value":"\#($0)"}}}"# }
            let hints = HintVerifier(keys: [key.keyID: key.publicKey], issuer: try .fixture())
            return try self.decide(change, of: client, hints: hints)
        }
        let user = User.fixture().id
        let own = try SubjectIdentifiers.fixture(client).identifier(of: user).value
        let foreign = try SubjectIdentifiers.fixture(other).identifier(of: user).value
        #expect(try decide(hint: own) == .grant(asked))
        #expect(try decide(claim: own) == .grant(asked))
        for sub in [foreign, user.value] {
            #expect(try decide(hint: sub) == .refuse(.loginRequired))
            #expect(try decide(claim: sub) == .refuse(.loginRequired))
        }
    }

    // id_token_hint, §3.1.2.1: "If the End-User identified by the ID Token is logged in or is logged in by the request, then
    // the Authorization Server returns a positive response; otherwise, it SHOULD return an error, such as login_required."
    @Test func `the user of the hint goes on, another signs in`() throws {
        let key = try SigningKey.generate(.es256)
        func decide(_ subject: String, _ change: Change = [:], progress: Progress = .arrived) throws -> Outcome {
            let claims: JSON = ["iss": .string(Issuer.text), "sub": .string(subject), "exp": 1, "iat": 0]
            let hint = try JWS.sign(header: "JWT", claims: claims, key: key)
            let hints = HintVerifier(keys: [key.keyID: key.publicKey], issuer: try .fixture())
            return try self.decide(change.merging(["id_token_hint": hint]) { $1 }, hints: hints, progress: progress)
        }
        let own = User.fixture().id.value
        #expect(try decide(own) == .grant(asked))
        #expect(try decide(own, ["prompt": "none"]) == .grant(asked))
        #expect(try decide("someone-else") == .signIn(.anotherUser))
        #expect(try decide("someone-else", ["prompt": "none"]) == .refuse(.loginRequired))
        #expect(try decide("someone-else", ["prompt": "login"]) == .signIn(.promptLogin))
        // Whoever has just signed in isn't asked again and again.
        #expect(
            try decide("someone-else", progress: .signedIn(as: User.fixture().id, since: start))
                == .refuse(.loginRequired))
        #expect(try decide(own, progress: .signedIn(as: User.fixture().id, since: start)) == .grant(asked))
    }

    // max_age: "If the elapsed time is greater than this value, the OP MUST attempt to actively re-authenticate."
    @Test(
        arguments: [
            ("60", -59, .grant(["openid", "profile", "email"])),
            ("60", -60, .signIn(.maxAge)),
            ("60", -3600, .signIn(.maxAge)),
            ("0", 0, .signIn(.maxAge)),
            ("9999999999", -3600, .grant(["openid", "profile", "email"])),
            // The clock was set back since: how old the sign-in is, isn't known.
            ("60", 1, .signIn(.maxAge)),
        ] as [(String, Int64, Outcome)])
    func `max_age bounds the age of the sign-in`(maxAge: String, age: Int64, outcome: Outcome) throws {
        #expect(try decide(["max_age": maxAge], signedIn: .fixture(authTime: .noon + age)) == outcome)
    }

    @Test func `a sign-in of this attempt meets any max_age`() throws {
        let progress = Progress.signedIn(as: User.fixture().id, since: start)
        #expect(try decide(["max_age": "0"], progress: progress, at: start + 30) == .grant(asked))
        #expect(
            try decide(["max_age": "0"], signedIn: .fixture(authTime: start - 1), progress: progress)
                == .signIn(.maxAge))
    }

    @Test func `a sign-in of an age that nobody knows is too old for any max_age, and for who wants to know it`() throws
    {
        let unknown = SignedIn.fixture(authTime: nil)
        #expect(try decide(signedIn: unknown) == .grant(asked))
        #expect(try decide(["max_age": "9999999999"], signedIn: unknown) == .signIn(.maxAge))
        #expect(try decide(["max_age": "60", "prompt": "none"], signedIn: unknown) == .refuse(.loginRequired))
        let voluntary: Change = ["claims": #"{"id_token": {"auth_time": null}}"#]
        #expect(try decide(voluntary, signedIn: unknown) == .grant(asked))
        let essential: Change = ["claims": #"{"id_token": {"auth_time": {"essential": true}}}"#]
        let required = try Client.fixture(metadata: ["require_auth_time": true])
        #expect(try decide(essential, signedIn: unknown) == .signIn(.maxAge))
        #expect(try decide(of: required, signedIn: unknown) == .signIn(.maxAge))
        #expect(try decide(of: required) == .grant(asked))
        let again = Progress.signedIn(as: User.fixture().id, since: start)
        #expect(try decide(of: required, signedIn: unknown, progress: again) == .refuse(.loginRequired))
    }

    @Test func `without max_age a sign-in of any age serves`() throws {
        #expect(try decide(signedIn: .fixture(authTime: .noon - 9_999_999)) == .grant(asked))
        #expect(try decide(signedIn: .fixture(authTime: .noon + 9_999_999)) == .grant(asked))
    }

    // §3.1.2.4
    @Test func `remembered consent serves for as much as it covers`() throws {
        #expect(try decide(of: thirdParty(), consent: .standard) == .grant(asked))
        #expect(try decide(of: thirdParty(), consent: Scope("openid profile")) == .askConsent(asked))
        #expect(
            try decide(["scope": "openid"], of: thirdParty(), consent: Scope("openid profile")) == .grant(["openid"]))
    }

    // RFC 8252 §8.6: "the authorization server SHOULD NOT process authorization requests automatically without user
    // consent or interaction" for a client that can't be told from another program.
    @Test(
        arguments: [
            ("http://127.0.0.1:4711/callback", .askConsent(["openid", "profile", "email"])),
            ("com.example.app:/callback", .askConsent(["openid", "profile", "email"])),
            ("https://app.example/callback", .grant(["openid", "profile", "email"])),
        ] as [(String, Outcome)])
    func `a public client on loopback or a private scheme asks each time`(uri: String, outcome: Outcome) throws {
        let client = try Client.native(isFirstParty: false)
        #expect(try decide(["redirect_uri": uri], of: client, consent: .standard) == outcome)
        #expect(
            try decide(["redirect_uri": uri], of: client, progress: .consented(since: start)) == .grant(asked),
            "once asked, it is granted")
    }

    @Test func `a confidential client on loopback is remembered`() throws {
        let client = try thirdParty(["redirect_uris": ["http://localhost:3000/cb"]])
        let uri: Change = ["redirect_uri": "http://localhost:3000/cb"]
        #expect(try decide(uri, of: client, consent: .standard) == .grant(asked))
    }
}
