import JOSE
import Testing

@testable import OIDCLogic

struct CustomClaimsTests {
    private func claim(
        _ name: String, _ source: ClaimSource, client: String? = nil, scope: String? = nil,
        in destinations: Set<ClaimDestination>? = nil, isRequired: Bool = false
    ) throws -> CustomClaim {
        CustomClaim(
            id: ClaimID(name), name: try #require(ClaimName(name)), clientID: client.map { ClientID($0) },
            source: source, scope: scope, destinations: destinations, isRequired: isRequired, createdAt: .noon,
            updatedAt: .noon)
    }

    private func subject(
        scope: String = "openid", preset: ClaimPreset = .standard, user: User = .fixture(), claims: String? = nil
    ) throws -> ClaimSubject {
        let client = try Client.fixture(preset: preset)
        let change: Change = ["scope": scope, "claims": claims]
        return ClaimSubject(try CodeExchange.Accepted.fixture(change, of: client, user: user).live)
    }

    private func released(
        _ claims: [CustomClaim], to destination: ClaimDestination = .userInfo, of subject: ClaimSubject? = nil,
        mendixProfile: Bool = false
    ) throws -> [String: JSON] {
        let subject = try subject ?? self.subject()
        let custom = CustomClaims(claims, evaluator: PolicyRuleTests.Spoken(), mendixProfile: mendixProfile)
        return ClaimRelease(subject, custom: try custom.values(for: subject), mendixProfile: mendixProfile)
            .claims(for: destination)
    }

    @Test(
        arguments: [
            (.constant(["a": [1, true, .null]]), ["a": [1, true, .null]]), (.constant("x"), "x"),
            (.attribute("salary"), 1), (.attribute("address"), ["locality": "Utrecht"]), (.attribute("none"), nil),
            (.expression("computed"), "computed"), (.expression("NULL"), nil), (.expression("error"), nil),
        ] as [(ClaimSource, JSON?)])
    func `a value is a constant, an attribute or computed; what has none is left out`(
        source: ClaimSource, value: JSON?
    ) throws {
        #expect(try released([claim("x", source)])["x"] == value)
    }

    @Test func `an expression sees the four documents`() throws {
        let value = try released([claim("x", .expression("documents"))])["x"]?.arrayValue
        #expect(value?.map { $0.objectValue?.isEmpty } == [false, false, false, false])
        #expect(value?[3]["untrusted"]?["scope"] == "openid", "of the sign-in, at the code exchange too")
    }

    @Test func `where a claim goes, the preset says, unless the claim does`() throws {
        let everywhere = try [claim("x", .constant(1))]
        let inIDToken = try [claim("x", .constant(1), in: [.idToken])]
        for (preset, places) in [
            (ClaimPreset.standard, [ClaimDestination.accessToken, .userInfo, .introspection]),
            (.mendix, ClaimDestination.allCases),
        ] {
            let subject = try subject(preset: preset)
            for place in ClaimDestination.allCases {
                #expect(try (released(everywhere, to: place, of: subject)["x"] == 1) == places.contains(place))
                #expect(try (released(inIDToken, to: place, of: subject)["x"] == 1) == (place == .idToken))
            }
        }
        #expect(try released([claim("x", .constant(1), in: [])])["x"] == nil)
    }

    @Test func `the scope that releases it must be granted`() throws {
        let claims = try [claim("x", .constant(1), scope: "email")]
        #expect(try released(claims)["x"] == nil)
        #expect(try released(claims, of: subject(scope: "openid email"))["x"] == 1)
    }

    // People are shown scopes, so what needs none is nothing that they could consent to.
    @Test func `an app that asks for consent gets a claim without a scope only as its own`() throws {
        var client = try Client.fixture()
        client.isFirstParty = false
        let subject = ClaimSubject(
            client: client, user: .fixture(), authentication: AuthenticationContext(.fixture(), for: client.id),
            request: SignInRequest(address: "192.0.2.1", at: .noon), scope: try Scope("openid email"), requested: .none)
        let claims = try [
            claim("all", .constant(1)), claim("own", .constant(2), client: "app"),
            claim("scoped", .constant(3), scope: "email"), claim("required", .attribute("none"), isRequired: true),
        ]
        #expect(
            try released(claims, of: subject).filter { $0.key != "email" && $0.key != "email_verified" } == [
                "own": 2, "scoped": 3,
            ])
    }

    @Test func `a client's own claim goes before the global one, even where it has no value`() throws {
        let global = try claim("x", .constant("global"))
        #expect(try released([global, claim("x", .constant("own"), client: "app")])["x"] == "own")
        #expect(try released([claim("x", .expression("NULL"), client: "app"), global])["x"] == nil)
    }

    @Test func `dots are part of a name, a path leads into objects, which are merged`() throws {
        let claims = try [
            claim("com.example.x", .constant(1)), claim("https://example.com/x", .constant(2)),
            claim("/resource_access/app/roles", .constant(["a"])), claim("/resource_access/app/level", .constant(3)),
            claim("/resource_access/other", .constant(4)), claim("flat", .constant(["kept": 1])),
            claim("/flat/new", .constant(2)), claim("/a~1b/c~0d", .constant(5)),
        ]
        var claims0 = try released(claims)
        #expect(claims0.removeValue(forKey: "com.example.x") == 1)
        #expect(claims0.removeValue(forKey: "https://example.com/x") == 2)
        #expect(claims0.removeValue(forKey: "resource_access") == ["app": ["level": 3, "roles": ["a"]], "other": 4])
        #expect(claims0.removeValue(forKey: "flat") == ["kept": 1, "new": 2])
        #expect(claims0.removeValue(forKey: "a/b") == ["c~d": 5])
        #expect(claims0.isEmpty)
    }

    @Test func `a path through what is no object is left out`() throws {
        let claims = try [claim("x", .constant("text")), claim("/x/y", .constant(1))]
        #expect(try released(claims) == ["x": "text"])
    }

    // RFC 7662 §2.2: what was signed stays, and what goes to introspection alone is beside it, in objects as well.
    @Test func `introspection tells what the token carries, and what is to be read there alone`() throws {
        let claims = try [
            claim("/access/app/roles", .constant(["new"]), in: [.accessToken]),
            claim("/access/app/level", .constant("new"), in: [.accessToken, .introspection]),
            claim("/access/app/unit", .constant("sales"), in: [.introspection]), claim("flat", .constant("new")),
            claim("text", .constant("x"), in: [.introspection]), claim("/text/within", .constant(1)),
            claim("elsewhere", .constant(1), in: [.userInfo]), claim("username", .constant("ann@corp")),
        ]
        let subject = try subject()
        let custom = try CustomClaims(claims, evaluator: NoExpressions()).values(for: subject)
        let signed: [String: JSON] = [
            "access": ["app": ["roles": ["old"], "level": "old"]], "flat": "old", "exp": 5, "gone": true,
        ]
        #expect(
            ClaimRelease(subject, custom: custom).claims(introspecting: signed) == [
                "access": ["app": ["roles": ["old"], "level": "old", "unit": "sales"]], "flat": "old", "exp": 5,
                "gone": true, "text": "x", "name": "Ann Example", "username": "ann@corp",
            ])
    }

    // No scope but `profile` stands for what someone is called.
    @Test func `an app that asks for consent is told no names without profile`() throws {
        for (isFirstParty, scope, isTold) in [
            (true, "openid", true), (false, "openid email", false), (false, "openid profile", true),
        ] {
            var client = try Client.fixture()
            client.isFirstParty = isFirstParty
            let subject = ClaimSubject(
                client: client, user: .fixture(), authentication: AuthenticationContext(.fixture(), for: client.id),
                request: SignInRequest(address: "192.0.2.1", at: .noon), scope: try Scope(scope), requested: .none)
            let told = ClaimRelease(subject).claims(introspecting: [:])
            #expect((told["name"] != nil) == isTold)
            #expect((told["username"] == "ann") == isTold, "\(scope)")
            #expect((ClaimRelease(subject).claims(for: .accessToken)["name"] != nil) == isTold)
        }
    }

    // RFC 6749 §4.4
    @Test func `a service has the claims that need no user`() throws {
        var client = try Client.fixture()
        client.metadata.rolesClaim = "roles"
        let catalogue = ScopeCatalogue(scopes: [], roles: [Role(RoleID("clerk"))], groups: [])
        let scope = try Scope("read clerk")
        let claims = try [
            claim("tenant", .constant("acme")), claim("/in/it", .constant(1), scope: "read"),
            claim("department", .attribute("department"), isRequired: true), claim("seen", .expression("documents")),
            claim("broken", .expression("error"), isRequired: true), claim("withheld", .constant(1), scope: "write"),
            claim("read", .constant(1), in: [.introspection]), claim("sub", .constant("forged")),
            claim("id", .constant(1), in: [.idToken, .userInfo]),
        ]
        let custom = CustomClaims(claims, evaluator: PolicyRuleTests.Spoken())
        let service = ServiceClaims(
            client, scope: scope,
            custom: custom.outcomes(ofService: client, scope: scope, in: [.accessToken, .introspection]), in: catalogue)
        var released = service.inAccessToken
        let seen = released.removeValue(forKey: "seen")?.arrayValue
        #expect(seen?.map { $0 == .null } == [true, false, true, true], "it sees the client alone")
        #expect(released == ["tenant": "acme", "in": ["it": 1], "roles": ["clerk"]])
        #expect(service.introspecting(["sub": "app", "tenant": "old"])["read"] == 1)
        #expect(service.introspecting(["sub": "app", "tenant": "old"])["tenant"] == "old")
        #expect(service.introspecting(["sub": "app"])["sub"] == "app")
    }

    @Test(arguments: [
        "", "/", "//", "/a", "/a/", "/a//b", "a b", "ü", "a\u{0}", "/a~", "/a~2", "/1/2/3/4/5/6/7/8/9",
        String(repeating: "a", count: 257),
    ])
    func `what is no name`(text: String) {
        #expect(ClaimName(text) == nil)
    }

    @Test(arguments: [
        "iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "auth_time", "at_hash", "sid", "acr", "amr", "azp",
        "client_id", "scope", "active", "cnf", "act", "events", "email_verified", "phone_number_verified",
        "/sub/x", "/cnf/jkt", "com.mendix.user.roles", "/com.mendix.user.x/y",
    ])
    func `reserved names are refused when defined, and never released`(name: String) throws {
        let claimName = try #require(ClaimName(name))
        #expect(ReservedClaims.refusesClaim(claimName, mendixProfile: false))
        #expect(ReservedClaims.refusesClaim(claimName, mendixProfile: true) == !name.contains("com.mendix"))
        #expect(try released([claim(name, .constant("forged"))]).isEmpty)
    }

    @Test func `a protocol claim stands, whatever custom claims, attributes and requests say`() throws {
        let user = User.fixture(attributes: ["sub": "forged", "iss": "forged", "scope": "admin", "exp": 1])
        let claims = #"{"id_token": {"iss": {"value": "x"}, "exp": null}, "userinfo": {"iss": null}}"#
        let subject = try subject(preset: .mendix, user: user, claims: claims)
        let custom = try ["sub", "iss", "exp", "aud", "scope"].map { try claim($0, .constant("forged")) }
        for place in ClaimDestination.allCases {
            let all = try released(custom, to: place, of: subject)
            #expect(!all.values.contains("forged") && !all.values.contains("admin"))
        }
    }

    @Test func `a custom e-mail address isn't proven by the user's own`() throws {
        let subject = try subject(scope: "openid email")
        #expect(try released([], of: subject)["email_verified"] == true)
        let replaced = try released([claim("email", .constant("other@app.example"))], of: subject)
        #expect(replaced["email"] == "other@app.example")
        #expect(replaced["email_verified"] == false)
        #expect(try released([claim("email", .attribute("email"))], of: subject)["email_verified"] == true)
    }

    @Test func `a required claim without a value is a fault, unless it is withheld`() throws {
        for source in [ClaimSource.expression("error"), .expression("NULL"), .attribute("none")] {
            let required = try claim("x", source, isRequired: true)
            #expect(throws: ClaimFault.self) { try released([required]) }
            #expect(try released([claim("x", source, scope: "email", isRequired: true)]).isEmpty)
            #expect(try released([claim("x", source)]).isEmpty)
        }
        let missing = OAuthError(.missing(try claim("x", .constant(1))))
        #expect(missing.code == .accessDenied && missing.cause?.contains("x") == true)
        let failed = OAuthError(.failed(try claim("x", .constant(1)), ExpressionFailure("failed: on purpose")))
        #expect(failed.code == .serverError && failed.cause?.contains("on purpose") == true)
    }

    // OpenID Connect Core §5.5
    @Test func `a custom claim can be asked for by its name`() throws {
        let claims = try [claim("x", .constant(1), scope: "email"), claim("y", .constant(2), in: [.userInfo])]
        let client = try Client.fixture()
        let custom = CustomClaims(claims, evaluator: NoExpressions())
        let asked = try ClaimsRequest(#"{"id_token": {"x": null, "y": null}}"#)
        #expect(asked.scope(custom) == (try Scope("email")))
        let subject = ClaimSubject(
            client: client, user: .fixture(), authentication: AuthenticationContext(.fixture(), for: client.id),
            request: SignInRequest(address: "192.0.2.1", at: .noon), scope: try Scope("openid"),
            requested: asked.granted(try Scope("openid email"), beyond: try Scope("openid"), custom))
        #expect(try released(claims, to: .idToken, of: subject) == ["x": 1], "y says itself where it goes")
        #expect(try released(claims, of: subject) == ["x": 1, "y": 2])
    }

    @Test func `the Mendix profile, from attributes of its names or from what says the same`() throws {
        let user = User.fixture(attributes: [
            "locale": "nl_NL", "zoneinfo": "Europe/Amsterdam", "com.mendix.user.language": "de_DE",
            "com.mendix.user.entity": "Administration.Account", "com.mendix.user.attributes": ["a": 1],
        ])
        let subject = try subject(scope: "openid", preset: .mendix, user: user)
        let withRoles = ClaimSubject(
            client: subject.client, user: user, authentication: subject.authentication, request: subject.request,
            scope: try Scope("openid clerk email mx:app:userrole:1"), requested: .none)
        let expected: [String: JSON] = [
            "com.mendix.user.language": "de_DE", "com.mendix.user.timezone": "Europe/Amsterdam",
            "com.mendix.user.entity": "Administration.Account", "com.mendix.user.attributes": ["a": 1],
            "com.mendix.user.roles": ["clerk", "mx:app:userrole:1"],
        ]
        let mendix = { (claims: [String: JSON]) in claims.filter { $0.key.hasPrefix("com.mendix.user.") } }
        #expect(mendix(try released([], to: .idToken, of: withRoles, mendixProfile: true)) == expected)
        #expect(mendix(try released([], to: .idToken, of: withRoles)).isEmpty, "it is off")
        #expect(
            mendix(try released([], to: .userInfo, of: subject, mendixProfile: true))["com.mendix.user.roles"] == nil)
        let standard = try self.subject(user: user)
        #expect(mendix(try released([], to: .idToken, of: standard, mendixProfile: true)).isEmpty)
        let own = try claim("com.mendix.user.language", .constant("fr_FR"))
        #expect(
            try released([own], of: subject, mendixProfile: true)["com.mendix.user.language"] == "fr_FR",
            "a claim of the administrator's goes before it")
    }
}
