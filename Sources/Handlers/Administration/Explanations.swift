import JOSE
import OIDCLogic

/// Replays the decision and the claims that a sign-in would come to, without one.
package struct Explanations {
    private let store: any Store
    private let policy: [PolicyRule]
    private let settings: ClaimSettings
    private let users: UserAdministration
    private let clients: ClientAdministration
    private let now: Clock

    init(
        store: any Store, policy: [PolicyRule], claims settings: ClaimSettings, users: UserAdministration,
        clients: ClientAdministration, now: @escaping Clock
    ) {
        self.store = store
        self.policy = policy
        self.settings = settings
        self.users = users
        self.clients = clients
        self.now = now
    }

    /// Throws ``AdministrationError`` if there is no such user or client.
    ///
    /// - Parameters:
    ///   - scope: what the client asks for; nil: all that it may.
    ///   - address: the browser's.
    package func explain(
        user name: String, client id: String, scope: Scope?, address: String, acr: String
    ) throws -> Explanation {
        let user = try users.user(name)
        let client = try clients.client(id)
        let evaluator = try SandboxedExpressions()
        let catalogue = try store.catalogue()
        let time = now()
        let requested = scope ?? client.metadata.scope
        let authentication = AuthenticationContext(
            userID: user.id, sessionID: SessionID(""), sid: "of-the-session", authTime: time,
            amr: Authentication.passwordAMR, acr: acr)
        let request = SignInRequest(
            address: address, at: time, untrusted: ["scope": .string(requested.description)])
        let question = ScopeQuestion(
            client: client, user: user, authentication: authentication, request: request, requested: requested)
        let decision = ScopePolicy(catalogue: catalogue, rules: policy, evaluator: evaluator).decide(question)
        let granted: Scope? = if case .granted(let granted) = decision.answer { granted } else { nil }
        let subject = ClaimSubject(
            client: client, user: user, authentication: authentication, request: request, scope: granted ?? .none,
            requested: .none, catalogue: catalogue)
        let custom = CustomClaims(
            try store.customClaims(for: client.id), evaluator: evaluator, mendixProfile: settings.mendixProfile
        ).outcomes(for: subject)
        return Explanation(
            user: user, client: client, requested: requested, decision: decision, granted: granted, custom: custom,
            release: ClaimRelease(subject, custom: custom, mendixProfile: settings.mendixProfile))
    }
}

/// What a sign-in would come to, and why.
package struct Explanation {
    package let user: User
    package let client: Client
    package let requested: Scope
    package let decision: ScopeDecision
    /// Nil: the user is refused this client.
    package let granted: Scope?
    package let custom: [ComputedClaim]
    private let release: ClaimRelease

    init(
        user: User, client: Client, requested: Scope, decision: ScopeDecision, granted: Scope?,
        custom: [ComputedClaim], release: ClaimRelease
    ) {
        self.user = user
        self.client = client
        self.requested = requested
        self.decision = decision
        self.granted = granted
        self.custom = custom
        self.release = release
    }

    /// What keeps the user from signing in at all, in one sentence; nil if nothing does.
    package var obstacle: String? {
        if user.isDisabled { return "the user is disabled" }
        guard let granted else {
            if case .refused(let rule) = decision.answer { return "refused by the rule \(rule)" }
            return "refused"
        }
        if granted.isEmpty, client.preset != .mendix {
            return "nothing of what was asked for is granted (invalid_scope)"
        }
        return custom.first(where: \.isFault).map { "the required claim \($0.claim.name) has no value" }
    }

    /// The claims about the user that stand there beside those of the protocol; none where nothing is issued.
    package func claims(for destination: ClaimDestination) -> [String: JSON] {
        guard obstacle == nil, let granted else { return [:] }
        let needsOpenID = destination == .idToken || destination == .userInfo
        guard !needsOpenID || granted.contains(Scope.openID) else { return [:] }
        var claims = release.claims(for: destination)
        claims["sub"] = .string(user.id.value)
        switch destination {
        case .accessToken, .introspection: claims["scope"] = .string(granted.description)
        case .idToken, .userInfo: break
        }
        return claims
    }

    package var json: JSON {
        var object: [String: JSON] = [
            "user": .object(["username": .string(user.username.value), "sub": .string(user.id.value)]),
            "client": .string(client.id.value),
            "requested": .string(requested.description),
            "granted": granted.map { .string($0.description) } ?? .null,
            "obstacle": obstacle.map(JSON.string) ?? .null,
            "scopes": .array(
                decision.scopes.map {
                    .object([
                        "name": .string($0.name), "granted": .bool(granted != nil && $0.isGranted),
                        "reason": .string($0.reason.description),
                    ])
                }),
            "rules": .array(
                decision.findings.map {
                    .object([
                        "name": .string($0.rule.name), "effect": .string($0.rule.effect.rawValue),
                        "scope": $0.rule.scope.map { .string($0.description) } ?? .null,
                        "holds": .bool($0.verdict.holds), "reason": .string($0.verdict.description),
                    ])
                }),
            "custom_claims": .array(
                custom.map {
                    .object([
                        "id": .string($0.claim.id.value), "name": .string($0.claim.name.text),
                        "client_id": $0.claim.clientID.map { .string($0.value) } ?? .null,
                        "released": .bool($0.isReleased), "reason": .string($0.reason),
                    ])
                }),
        ]
        object["claims"] = .object(
            Dictionary(
                ClaimDestination.allCases.map { ($0.rawValue, JSON.object(claims(for: $0))) },
                uniquingKeysWith: { first, _ in first }))
        return .object(object)
    }
}

extension ComputedClaim {
    package var isReleased: Bool { if case .value = outcome { true } else { false } }

    var isFault: Bool {
        switch outcome {
        case .value, .withheld: false
        case .none, .failed: claim.isRequired
        }
    }

    /// Why it is there, or isn't.
    package var reason: String {
        switch outcome {
        case .value:
            "in " + ClaimDestination.allCases.filter(destinations.contains).map(\.rawValue).joined(separator: ", ")
        case .none: claim.isRequired ? "required, and has no value for this user" : "has no value for this user"
        case .withheld: "the scope \(claim.scope ?? "") is not granted"
        case .failed(let failure): "its expression \(failure.reason)"
        }
    }
}
