import JOSE
import OIDCLogic

/// What a sign-in, or a service's token request, would come to, and why.
package struct Explanation {
    /// Nil: what the client is given for itself.
    package let user: User?
    package let client: Client
    package let request: ExplainedRequest
    package let assumed: ExplanationAssumptions
    /// What the client asks for, by saying so or by saying nothing.
    package let requested: Scope
    /// One for each scope that was asked for.
    package let scopes: [ScopeOutcome]
    /// What the rules said that concern the request; a service's, none do.
    package let findings: [RuleFinding]
    /// What keeps the user from signing in, or the service from its token; nil if nothing does.
    package let obstacle: Obstacle?
    /// What the app is given; nil: nothing.
    package let granted: Scope?
    /// Whether the user is shown the consent page.
    package let asksForConsent: Bool
    /// One for each custom claim of the client; none where the policy refuses it.
    package let customClaims: [ClaimOutcome]
    private let tokens: [ClaimDestination: [String: JSON]]

    package enum Obstacle: Sendable {
        /// Nobody has approved the app yet.
        case awaitedApproval
        /// The app is for no user.
        case noCodeGrant
        /// The app is no service.
        case noServiceGrant
        case disabled
        case refused(RuleFinding)
        case nothingGranted
        case requiredClaim(ClaimFault)
        /// A token would be too large for its users.
        case tokenTooLarge(OAuthError)
        /// It must be asked for, and `prompt=none` forbids that.
        case consentForbidden
    }

    /// What became of one of the scopes, as it is told.
    package struct ScopeOutcome {
        package let name: String
        package let isGranted: Bool
        package let reason: String
    }

    /// What became of a custom claim, as it is told.
    package struct ClaimOutcome {
        package let claim: CustomClaim
        package let isReleased: Bool
        package let reason: String
    }

    /// Of a user's sign-in.
    ///
    /// - Parameter granted: what would be, if there were no obstacle; nil: the policy refuses the client.
    init(
        of user: User, at client: Client, _ request: ExplainedRequest, _ assumed: ExplanationAssumptions,
        requested: Scope, _ decision: ScopeDecision, obstacle: Obstacle?, granted: Scope? = nil,
        asksForConsent: Bool = false, custom: [ComputedClaim] = [],
        tokens: ExplainedTokens? = nil
    ) {
        self.init(
            user: user, client: client, request: request, assumed: assumed, requested: requested,
            scopes: decision.scopes.map {
                ScopeOutcome(name: $0.name, isGranted: $0.isGranted, reason: $0.reason.description)
            }, findings: decision.findings, obstacle: obstacle, granted: granted, asksForConsent: asksForConsent,
            custom: custom, tokens: tokens)
    }

    /// Of a service's token request.
    init(
        service client: Client, _ request: ExplainedRequest, _ assumed: ExplanationAssumptions, requested: Scope,
        _ scopes: [ScopeOutcome], obstacle: Obstacle?, granted: Scope? = nil, custom: [ComputedClaim] = [],
        tokens: ExplainedTokens? = nil
    ) {
        self.init(
            user: nil, client: client, request: request, assumed: assumed, requested: requested, scopes: scopes,
            findings: [], obstacle: obstacle, granted: granted, asksForConsent: false, custom: custom, tokens: tokens)
    }

    private init(
        user: User?, client: Client, request: ExplainedRequest, assumed: ExplanationAssumptions, requested: Scope,
        scopes: [ScopeOutcome], findings: [RuleFinding], obstacle: Obstacle?, granted: Scope?, asksForConsent: Bool,
        custom: [ComputedClaim], tokens: ExplainedTokens?
    ) {
        let succeeds = obstacle == nil
        self.user = user
        self.client = client
        self.request = request
        self.assumed = assumed
        self.requested = requested
        self.scopes = scopes.map { scope in
            guard scope.isGranted, !succeeds else { return scope }
            return ScopeOutcome(name: scope.name, isGranted: false, reason: "else granted \(scope.reason)")
        }
        self.findings = findings
        self.obstacle = obstacle
        self.granted = succeeds ? granted : nil
        self.asksForConsent = asksForConsent && succeeds
        customClaims = custom.map { computed in
            let reason = computed.reason(isService: user == nil)
            guard computed.isReleased, !succeeds else {
                return ClaimOutcome(claim: computed.claim, isReleased: computed.isReleased, reason: reason)
            }
            return ClaimOutcome(claim: computed.claim, isReleased: false, reason: "else \(reason)")
        }
        self.tokens = succeeds ? tokens?.claims ?? [:] : [:]
    }

    /// What would be read there, all of it; none where nothing is.
    package func claims(for destination: ClaimDestination) -> [String: JSON] { tokens[destination] ?? [:] }

    /// In one sentence.
    package var verdict: String {
        let who = user.map { "\($0.username)" } ?? "The service"
        if let obstacle {
            return "\(who) can’t \(user == nil ? "have a token" : "sign in"): \(obstacle.description)."
        }
        let scope = granted.map { $0.isEmpty ? "no scope" : $0.description } ?? ""
        return "\(who) is granted \(scope)." + (asksForConsent ? " They are asked for their consent first." : "")
    }
}

extension Explanation {
    package var json: JSON {
        .object([
            "user": user.map {
                .object(["username": .string($0.username.value), "sub": .string($0.id.value)])
            } ?? .null,
            "client": .string(client.id.value),
            "request": request.json,
            "assumed": assumed.json,
            "requested": .string(requested.description),
            "granted": granted.map { .string($0.description) } ?? .null,
            "verdict": .string(verdict),
            "obstacle": obstacle.map { .string($0.description) } ?? .null,
            "consent": .bool(asksForConsent),
            "scopes": .array(
                scopes.map {
                    .object([
                        "name": .string($0.name), "granted": .bool($0.isGranted), "reason": .string($0.reason),
                    ])
                }),
            "rules": .array(
                findings.map {
                    .object([
                        "name": .string($0.rule.name), "effect": .string($0.rule.effect.rawValue),
                        "scope": $0.rule.scope.map { .string($0.description) } ?? .null,
                        "holds": .bool($0.verdict.holds), "reason": .string($0.verdict.description),
                    ])
                }),
            "custom_claims": .array(
                customClaims.map {
                    .object([
                        "id": .string($0.claim.id.value), "name": .string($0.claim.name.text),
                        "client_id": $0.claim.clientID.map { .string($0.value) } ?? .null,
                        "released": .bool($0.isReleased), "reason": .string($0.reason),
                    ])
                }),
            "claims": .object(
                Dictionary(
                    ClaimDestination.allCases.map { ($0.rawValue, JSON.object(claims(for: $0))) },
                    uniquingKeysWith: { first, _ in first })),
        ])
    }
}

extension ClaimDestination {
    /// Where claims of a service are read.
    static let ofServices: Set<ClaimDestination> = [.accessToken, .introspection]
}

extension Explanation.Obstacle: CustomStringConvertible {
    /// One sentence, without its full stop; the code is what the app is told.
    package var description: String {
        switch self {
        case .awaitedApproval: "the app waits for an administrator's approval: postern client approve"
        case .noCodeGrant: "the app is not registered for the grant authorization_code (unauthorized_client)"
        case .noServiceGrant:
            "the app is not registered for the grant client_credentials, or has no secret (unauthorized_client)"
        case .disabled: "the user is disabled"
        case .refused(let finding): "refused by the rule \(finding) (access_denied)"
        case .nothingGranted: "nothing of what was asked for is granted (invalid_scope)"
        case .consentForbidden: "the user must consent, and prompt=none forbids to ask (consent_required)"
        case .tokenTooLarge(let error): "the app gets no token (server_error): \(error.cause ?? "")"
        case .requiredClaim(let fault):
            switch fault {
            case .missing(let claim): "the required claim \(claim.name) has no value (access_denied)"
            case .failed(let claim, let failure):
                "the required claim \(claim.name) can't be computed: it \(failure.reason) (server_error)"
            }
        }
    }
}

extension ComputedClaim {
    fileprivate var isReleased: Bool { if case .value = outcome { true } else { false } }

    /// Why it is there, or isn't.
    fileprivate func reason(isService: Bool) -> String {
        switch outcome {
        case .value:
            return "in "
                + ClaimDestination.allCases.filter {
                    destinations.contains($0) && (!isService || ClaimDestination.ofServices.contains($0))
                }.map(\.rawValue).joined(separator: ", ")
        case .none where isService: return "has no value without a user"
        case .none: return claim.isRequired ? "required, and has no value for this user" : "has no value for this user"
        case .withheld:
            return claim.scope.map { "the scope \($0) is not granted" }
                ?? "an app that asks people for consent gets a claim without a scope only as its own"
        case .failed(let failure): return "its expression \(failure.reason)"
        }
    }
}
