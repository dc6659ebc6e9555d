import JOSE
import OIDCLogic

/// What a sign-in would come to, and why.
package struct Explanation {
    package let user: User
    package let client: Client
    package let requested: Scope
    package let decision: ScopeDecision
    /// What keeps the user from signing in at all; nil if nothing does.
    package let obstacle: Obstacle?
    /// What the app is given; nil: the sign-in fails.
    package let granted: Scope?
    /// Whether the user is shown the consent page.
    package let asksForConsent: Bool
    private let custom: [ComputedClaim]
    private let release: ClaimRelease?

    package enum Obstacle: Sendable {
        /// The app is for no user.
        case noCodeGrant
        case disabled
        case refused(RuleFinding)
        case nothingGranted
        case requiredClaim(ClaimFault)
        /// A token would be too large for its users.
        case tokenTooLarge(cause: String)
        /// It must be asked for, and `prompt=none` forbids that.
        case consentForbidden
    }

    /// Where the policy refuses the client.
    init(user: User, client: Client, requested: Scope, decision: ScopeDecision, obstacle: Obstacle) {
        self.user = user
        self.client = client
        self.requested = requested
        self.decision = decision
        self.obstacle = obstacle
        granted = nil
        asksForConsent = false
        custom = []
        release = nil
    }

    init(
        user: User, client: Client, requested: Scope, decision: ScopeDecision, obstacle: Obstacle?, granted: Scope,
        asksForConsent: Bool, custom: [ComputedClaim], release: ClaimRelease
    ) {
        self.user = user
        self.client = client
        self.requested = requested
        self.decision = decision
        self.obstacle = obstacle
        self.granted = obstacle == nil ? granted : nil
        self.asksForConsent = asksForConsent && obstacle == nil
        self.custom = custom
        self.release = release
    }

    /// The claims about the user that stand there beside those of the protocol; none where nothing is issued.
    package func claims(for destination: ClaimDestination) -> [String: JSON] {
        guard let release, let granted else { return [:] }
        let needsOpenID = destination == .idToken || destination == .userInfo
        guard !needsOpenID || granted.contains(Scope.openID) else { return [:] }
        // Introspection tells what the token carries as well.
        var claims =
            destination == .introspection
            ? release.claims(introspecting: release.claims(for: .accessToken)) : release.claims(for: destination)
        claims["sub"] = .string(user.id.value)
        switch destination {
        case .accessToken, .introspection: claims["scope"] = .string(granted.description)
        case .idToken, .userInfo: break
        }
        return claims
    }
}

extension Explanation {
    /// What became of one of the scopes, as it is told.
    package struct ScopeOutcome {
        package let name: String
        package let isGranted: Bool
        package let reason: String
    }

    /// One for each scope that was asked for.
    package var scopes: [ScopeOutcome] {
        decision.scopes.map { trace in
            guard trace.isGranted, obstacle != nil else {
                return ScopeOutcome(name: trace.name, isGranted: trace.isGranted, reason: trace.reason.description)
            }
            return ScopeOutcome(name: trace.name, isGranted: false, reason: "else granted \(trace.reason)")
        }
    }

    /// What became of a custom claim, as it is told.
    package struct ClaimOutcome {
        package let claim: CustomClaim
        package let isReleased: Bool
        package let reason: String
    }

    /// One for each custom claim of the client; none where the policy refuses it.
    package var customClaims: [ClaimOutcome] {
        custom.map { computed in
            guard case .value = computed.outcome, obstacle != nil else {
                return ClaimOutcome(
                    claim: computed.claim, isReleased: computed.isReleased, reason: computed.reason)
            }
            return ClaimOutcome(claim: computed.claim, isReleased: false, reason: "else \(computed.reason)")
        }
    }

    package var json: JSON {
        var object: [String: JSON] = [
            "user": .object(["username": .string(user.username.value), "sub": .string(user.id.value)]),
            "client": .string(client.id.value),
            "requested": .string(requested.description),
            "granted": granted.map { .string($0.description) } ?? .null,
            "obstacle": obstacle.map { .string($0.description) } ?? .null,
            "consent": .bool(asksForConsent),
            "scopes": .array(
                scopes.map {
                    .object([
                        "name": .string($0.name), "granted": .bool($0.isGranted), "reason": .string($0.reason),
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
                customClaims.map {
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

extension Explanation.Obstacle: CustomStringConvertible {
    /// One sentence, without its full stop; the code is what the app is told.
    package var description: String {
        switch self {
        case .noCodeGrant: "the app is not registered for the grant authorization_code (unauthorized_client)"
        case .disabled: "the user is disabled"
        case .refused(let finding): "refused by the rule \(finding) (access_denied)"
        case .nothingGranted: "nothing of what was asked for is granted (invalid_scope)"
        case .consentForbidden: "the user must consent, and prompt=none forbids to ask (consent_required)"
        case .tokenTooLarge(let cause): "the app gets no token (server_error): \(cause)"
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
    fileprivate var reason: String {
        switch outcome {
        case .value:
            "in " + ClaimDestination.allCases.filter(destinations.contains).map(\.rawValue).joined(separator: ", ")
        case .none: claim.isRequired ? "required, and has no value for this user" : "has no value for this user"
        case .withheld:
            claim.scope.map { "the scope \($0) is not granted" }
                ?? "an app that asks people for consent gets a claim without a scope only as its own"
        case .failed(let failure): "its expression \(failure.reason)"
        }
    }
}
