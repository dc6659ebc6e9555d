import JOSE
import OIDCLogic

extension Timestamp {
    package static let noon = Timestamp(1_800_000_000)
}

/// Names that are told apart by their bytes alone, or that end early where a C string is read.
enum AwkwardName {
    static let composed = "Zo\u{EB}"
    static let decomposed = "Zoe\u{308}"
    static let quoted = "O\"\u{301}Brien'; DROP TABLE user; --"
    static let withNUL = "before\u{0}after"
    static let all = [composed, decomposed, quoted, withNUL, "before", "ZO\u{CB}", "𝒵", " ", ""]
}

extension Client {
    package static func fixture(
        _ id: String = "app", name: String = "App", secret: String? = "sealed", preset: ClaimPreset = .standard,
        approval: ClientApproval = .given, createdAt: Timestamp = .noon
    ) throws -> Client {
        Client(
            id: ClientID(id), metadata: try .fixture(name: name), sealedSecret: secret,
            formerSecret: secret.map { FormerSecret(sealed: $0 + " before", expiresAt: .noon + 60) }, preset: preset,
            isFirstParty: true, approval: approval, createdAt: createdAt, updatedAt: createdAt + 1)
    }
}

extension ClientMetadata {
    /// Every member is there.
    static func fixture(name: String) throws -> ClientMetadata {
        try ClientMetadata(
            .object([
                "client_name": .string(name),
                "redirect_uris": .array([
                    .string("com.example.app:/callback"), .string("http://127.0.0.1:1/callback"),
                    .string("https://app.example/callback?a=%22&b"),
                ]),
                "application_type": .string("native"), "token_endpoint_auth_method": .string("client_secret_post"),
                "scope": .string("profile openid clerk"), "id_token_signed_response_alg": .string("ES256"),
                "client_uri": .string("https://app.example/"), "logo_uri": .string("https://app.example/logo.png"),
                "policy_uri": .string("https://app.example/policy"), "tos_uri": .string("https://app.example/tos"),
                "initiate_login_uri": .string("https://app.example/login"),
                "contacts": .array([.string("one@app.example"), .string("O\"\u{301}Brien';--@app.example")]),
                "default_max_age": .integer(3600), "require_auth_time": .bool(true), "require_pkce": .bool(true),
                "default_scope": .string("clerk openid"), "roles_claim": .string("roles"),
                "groups_claim": .string("https://app.example/groups"), "alias": .string("an-app"),
                "software_id": .string("4NRB1-0XZABZI9E6-5SM3R"), "software_version": .string(AwkwardName.quoted),
                "backchannel_logout_uri": .string("https://app.example/backchannel"),
                "backchannel_logout_session_required": .bool(true),
                "frontchannel_logout_uri": .string("https://app.example/frontchannel"),
                "revoke_at_logout": .bool(true), "upstreams": .array([.string("corp"), .string("local")]),
                "default_acr_values": .array([.string("1"), .string("0")]),
                "client_name#de": .string("Anwendung"), "tos_uri#pt-BR": .string("https://app.example/termos"),
                "jwks_uri": .string("https://app.example/jwks"), "request_object_signing_alg": .string("PS256"),
                "request_uris": .array([.string("https://app.example/request#v1")]),
                "require_signed_request_object": .bool(true),
            ]))
    }
}

extension User {
    package static func fixture(_ id: String = "sub-1", name: String = "ann") -> User {
        User(
            id: UserID(id), username: Username(name), passwordHash: "$y$j9T$salt$hash",
            attributes: [
                "name": .string(AwkwardName.quoted), "nul": .string(AwkwardName.withNUL), "email_verified": .bool(true),
                "number": .number(1.5), "level": .integer(.max), "nothing": .null,
                "address": .object(["locality": .string(AwkwardName.decomposed), "lines": .array([.string("")])]),
            ], createdAt: .noon - 5, updatedAt: .noon)
    }
}

extension Session {
    package static func fixture(_ id: String = "session-1", of user: UserID = UserID("sub-1")) -> Session {
        Session(
            id: SessionID(id), userID: user, authTime: .noon - 2, amr: ["pwd", "o \" t\u{301}p", ""],
            acr: "urn:example:\"gold\"", createdAt: .noon - 1, lastUsedAt: .noon, expiresAt: .noon + 1000,
            sidKey: [0, 255, 1, 0], device: SessionDevice(address: "2001:db8::1", userAgent: "\(id)'s browser"))
    }
}

extension Grant {
    package static func fixture(
        _ id: String = "code-1", client: String = "app", user: UserID = UserID("sub-1"), session: String = "session-1",
        until: Timestamp = .noon + 60, refresh: RefreshFamily? = nil
    ) -> Grant {
        Grant(
            id: GrantID(id), clientID: ClientID(client),
            authentication: AuthenticationContext(
                userID: user, sessionID: SessionID(session), sid: "sid \"1\"", authTime: .noon - 3,
                amr: ["pwd", "o\"tp"], acr: "urn:example:\"gold\""),
            request: SignInRequest(address: "2001:db8::1", at: .noon - 2, untrusted: ["acr_values": "\"1\""]),
            scope: Scope(names: ["profile", "openid"]),
            resources: ["https://api.example/\"", "urn:b"].map(ResourceIndicator.init(stored:)), refresh: refresh,
            createdAt: .noon, expiresAt: until,
            claims: GrantedClaims(stored: ["i": "email name#de", "u": "phone_number", "s": "email phone"]) ?? .none)
    }
}

extension CustomClaim {
    package static func fixture(
        _ id: String = "claim-1", name: String = "department", client: String? = nil,
        source: ClaimSource = .expression("user ->> 'it''s \"so\"'"), scope: String? = "hr\"s",
        destinations: Set<ClaimDestination>? = [.idToken, .introspection]
    ) throws -> CustomClaim {
        CustomClaim(
            id: ClaimID(id), name: try ClaimName(name).orBroken("the fixture has a name"),
            clientID: client.map { ClientID($0) }, source: source, scope: scope, destinations: destinations,
            isRequired: true, createdAt: .noon, updatedAt: .noon + 1)
    }
}

extension SigningKeyRecord {
    package static func fixture(
        _ id: String = "key-1", _ algorithm: SignatureAlgorithm = .es256, createdAt: Timestamp = .noon,
        state: SigningKeyState = .next(sealed: "sealed")
    ) -> SigningKeyRecord {
        SigningKeyRecord(
            keyID: id, algorithm: algorithm,
            publicJWK: .object(["kty": .string("EC"), "kid": .string(id), "x": .string("\"")]),
            createdAt: createdAt, state: state)
    }

    /// The same key, in another state.
    package func fixture(_ state: SigningKeyState) -> SigningKeyRecord {
        SigningKeyRecord(
            keyID: keyID, algorithm: algorithm, publicJWK: publicJWK, createdAt: createdAt, state: state)
    }
}

extension Timestamp {
    static func - (time: Timestamp, seconds: Int64) -> Timestamp { time + -seconds }
}

extension AuthenticatedUser {
    /// Someone whose password was right when they were as `user` says.
    static func fixture(_ user: User, betterHash: String? = nil) throws -> AuthenticatedUser {
        let authenticated = Authentication.user(
            user, password: "", decoy: "", verify: { _, _ in true }, improve: { _, _ in betterHash })
        guard let authenticated else { throw BrokenPromise(description: "the fixture can't sign in") }
        return authenticated
    }
}

extension SessionStore {
    /// Starts a session of a user whose password was right when they were as `user` says.
    package func start(
        _ session: Session, digest: [UInt8], of user: User = .fixture(), betterHash: String? = nil,
        former: SessionStart.Former = .absent, spending attempt: String, until: Timestamp = .noon + 60,
        clearing cleared: [ThrottleKey] = []
    ) throws -> SessionStart.Outcome {
        try start(
            SessionStart(
                session, digest: digest, of: .password(.fixture(user, betterHash: betterHash)), former: former,
                spending: AttemptID(attempt), until: until, clearing: cleared))
    }
}

extension Store {
    /// The user, client and session that ``Grant/fixture`` hangs on.
    package func addFixtures() throws {
        try add(User.fixture())
        try add(try Client.fixture())
        try expect(try start(.fixture(), digest: [0xF1], spending: "fixture") == .started, "a session starts")
    }
}
