import JOSE

@testable import OIDCLogic

extension Timestamp {
    static let noon = Timestamp(1_800_000_000)

    static func - (time: Timestamp, seconds: Int64) -> Timestamp { time + -seconds }
}

/// Random bytes that a test knows.
struct FixedRandom: RandomSource {
    let byte: UInt8

    init(_ byte: UInt8 = 7) { self.byte = byte }

    func bytes(_ count: Int) -> [UInt8] { Array(repeating: byte, count: count) }
}

/// RFC 7636, Appendix B.
enum RFC7636 {
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
}

/// What a case changes in a good request: nil takes a parameter away.
typealias Change = [String: String?]

extension Parameters {
    init(_ good: [String: String], changing change: Change = [:]) {
        let changed = good.merging(change.compactMapValues { $0 }) { _, new in new }
        self.init(
            changed.filter { change[$0.key] != .some(nil) }.map { (name: $0.key, value: $0.value) }
                .sorted { $0.name < $1.name })
    }

    /// With one parameter twice.
    init(_ good: [String: String], repeating name: String, as value: String) {
        self.init(good.map { (name: $0.key, value: $0.value) } + [(name: name, value: value)])
    }
}

extension Seal {
    static func fixture(_ byte: UInt8 = 1, issuer: String = Issuer.text) throws -> Seal {
        Seal(current: try SealingKey.fixture(byte), context: issuer)
    }
}

extension SealingKey {
    static func fixture(_ byte: UInt8) throws -> SealingKey {
        guard let key = SealingKey(bytes: Array(repeating: byte, count: 32)) else { throw SealError.malformed }
        return key
    }
}

extension Issuer {
    static let text = "https://login.example/oidc"

    static func fixture() throws -> Issuer { try Issuer(text) }
}

extension Client {
    static let secret = "correct horse battery staple: ü"
    static let redirectURI = "https://app.example/callback"

    static func fixture(
        _ id: String = "app", metadata change: [String: JSON] = [:], preset: ClaimPreset = .standard,
        isFirstParty: Bool = true
    ) throws -> Client {
        let metadata = try ClientMetadata.fixture(change)
        let secret = ClientSecret(Client.secret).sealed(for: ClientID(id), by: try .fixture())
        return Client(
            id: ClientID(id), metadata: metadata, sealedSecret: metadata.hasSecret ? secret : nil, preset: preset,
            isFirstParty: isFirstParty, createdAt: .noon, updatedAt: .noon)
    }

    /// A program on the user's machine (RFC 8252).
    static func native(isFirstParty: Bool = true) throws -> Client {
        try .fixture(
            metadata: [
                "application_type": "native", "token_endpoint_auth_method": "none",
                "redirect_uris": [
                    "http://127.0.0.1/callback", "com.example.app:/callback", "https://app.example/callback",
                ],
            ], isFirstParty: isFirstParty)
    }
}

extension ClientMetadata {
    static func fixture(_ change: [String: JSON] = [:]) throws -> ClientMetadata {
        let good: [String: JSON] = ["redirect_uris": [.string(Client.redirectURI)], "client_name": "App"]
        return try ClientMetadata(.object(good.merging(change) { _, new in new }))
    }
}

extension User {
    static func fixture(
        _ id: String = "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11", name: String = "ann", isDisabled: Bool = false,
        attributes: [String: JSON] = User.attributes
    ) -> User {
        User(
            id: UserID(id), username: Username(name), passwordHash: "hash", isDisabled: isDisabled,
            attributes: attributes, createdAt: .noon - 100, updatedAt: .noon - 50)
    }

    static let attributes: [String: JSON] = [
        "name": "Ann Example", "given_name": "Ann", "email": "ann@app.example", "email_verified": true,
        "phone_number": "+31 20 000 0000", "address": ["locality": "Utrecht"], "salary": 1,
    ]
}

extension Session {
    static func fixture(
        _ id: String = "session", of user: User = .fixture(), authTime: Timestamp? = .noon, amr: [String] = ["pwd"]
    ) -> Session {
        Session(
            id: SessionID(id), userID: user.id, authTime: authTime, amr: amr, acr: "1", createdAt: authTime ?? .noon,
            lastUsedAt: .noon, expiresAt: .noon + 24 * 3600, sidKey: Array(repeating: 9, count: 32))
    }
}

extension SignedIn {
    static func fixture(authTime: Timestamp? = .noon, user: User = .fixture()) -> SignedIn {
        fixture(.fixture(of: user, authTime: authTime), of: user)
    }
}

extension SignedIn {
    static func fixture(_ session: Session, of user: User) -> SignedIn {
        guard let signedIn = SignedIn(session, of: user, idle: 3600, at: .noon) else {
            preconditionFailure("the fixture is signed in")
        }
        return signedIn
    }
}

extension HintVerifier {
    /// One that knows no key.
    static func fixture() throws -> HintVerifier { HintVerifier(keys: [:], issuer: try .fixture()) }
}

extension AuthorizationRequest {
    static let good = [
        "client_id": "app", "redirect_uri": Client.redirectURI, "response_type": "code",
        "scope": "openid profile email", "state": "the state", "nonce": "the nonce",
        "code_challenge": RFC7636.challenge, "code_challenge_method": "S256",
    ]

    static func fixture(_ change: Change = [:]) throws -> AuthorizationRequest {
        try AuthorizationRequest(Parameters(good, changing: change))
    }
}

extension ValidatedAuthorizationRequest {
    static func fixture(
        _ change: Change = [:], of client: Client? = nil, hints: HintVerifier? = nil
    ) throws -> ValidatedAuthorizationRequest {
        try AuthorizationRequest.fixture(change).validated(
            for: try client ?? .fixture(), hints: hints ?? .fixture(), objects: .fixture())
    }
}

extension AuthorizationGrant {
    static func fixture(_ change: Change = [:], of client: Client? = nil) throws -> AuthorizationGrant {
        let client = try client ?? .fixture()
        let request = try ValidatedAuthorizationRequest.fixture(change, of: client)
        let consent = Consent(
            userID: User.fixture().id, clientID: client.id, scope: .standard, grantedAt: .noon)
        let decision = try request.decide(
            signedIn: .fixture(), consent: consent, progress: .consented(since: .noon), policy: ScopePolicy(),
            subjects: .fixture(client), from: "192.0.2.1", at: .noon)
        guard case .grant(let grant) = decision else { throw OAuthError.accessDenied("the fixture is not granted") }
        return grant
    }
}

extension AuthorizationCode {
    static func fixture(_ change: Change = [:], of client: Client? = nil) throws -> AuthorizationCode {
        AuthorizationCode(
            try .fixture(change, of: client), at: .noon, ids: IDSource(random: FixedRandom(), milliseconds: { 0 }))
    }
}

extension PairwiseSalt {
    static var fixture: PairwiseSalt { PairwiseSalt(bytes: Array(0..<32)) }
}

extension SubjectIdentifiers {
    /// Of a client of subject type public, unless it is another.
    static func fixture(_ client: Client? = nil) throws -> SubjectIdentifiers {
        SubjectIdentifiers(of: try client ?? .fixture(), salt: .fixture)
    }
}

extension AuthenticatedClient {
    static func fixture(_ client: Client? = nil) throws -> AuthenticatedClient {
        let client = try client ?? .fixture()
        let secret = client.metadata.isPublic ? nil : Client.secret
        let parameters = Parameters(["client_id": client.id.value], changing: ["client_secret": secret])
        return try ClientCredentials(parameters, authorization: nil).authenticate(client, by: .fixture())
    }
}

extension CodeExchange {
    static let good = ["redirect_uri": Client.redirectURI, "code_verifier": RFC7636.verifier]

    static func fixture(
        _ change: Change = [:], code: AuthorizationCode? = nil, from client: Client? = nil
    ) throws -> CodeExchange {
        let code = try code ?? .fixture(of: client)
        return try CodeExchange(
            Parameters(good, changing: change), code: try code.sealed(by: .fixture()), from: .fixture(client),
            opening: .fixture())
    }
}

extension CodeExchange.Accepted {
    static func fixture(
        _ change: Change = [:], of client: Client? = nil, user: User = .fixture()
    ) throws -> CodeExchange.Accepted {
        let client = try client ?? .fixture()
        return try CodeExchange.fixture(code: .fixture(change, of: client), from: client).accept(
            user: user, session: .fixture(), consent: nil, policy: ScopePolicy(), subjects: .fixture(client),
            lifetimes: Lifetimes(), at: .noon + 1,
            random: FixedRandom())
    }
}
