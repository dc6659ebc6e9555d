/// An answer of the policy, and what led to it.
package struct ScopeDecision: Sendable {
    package let answer: ScopeAnswer
    /// The rules that concern the request, in the order of the configuration.
    package let findings: [RuleFinding]
    /// One for each scope that was requested.
    package let scopes: [ScopeTrace]

    /// What rules took away or could not decide, for the log; nil if nothing.
    package var cause: String? {
        let against = findings.filter { !$0.verdict.holds }
        return against.isEmpty ? nil : against.map(\.description).joined(separator: "; ")
    }

    /// Rules whose expression failed on this user, rather than decided.
    package var broken: [RuleFinding] {
        findings.filter { if case .broken = $0.verdict { true } else { false } }
    }
}

/// What a rule said.
package struct RuleFinding: Sendable, Equatable, CustomStringConvertible {
    package let rule: PolicyRule
    package let verdict: ExpressionVerdict

    package var description: String { "\"\(rule.name)\": \(verdict)" }
}

/// What became of one requested scope.
package struct ScopeTrace: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        case grantedByDefault
        case grantedBy(RuleFinding)
        /// Not among those that the client may ask for.
        case notAllowed
        case leftOutByDefault
        case leftOutBy(RuleFinding)
        /// The rule that refuses the user the client.
        case refusedBy(RuleFinding)
        /// Of `offline_access` alone: the policy isn't asked.
        case withheld(OfflineAccessObstacle)
    }

    package let name: String
    package let reason: Reason

    package var isGranted: Bool {
        switch reason {
        case .grantedByDefault, .grantedBy: true
        case .notAllowed, .leftOutByDefault, .leftOutBy, .refusedBy, .withheld: false
        }
    }
}

extension ScopeTrace.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .grantedByDefault: "by default"
        case .grantedBy(let finding): "rule \(finding)"
        case .notAllowed: "the client is not allowed it"
        case .leftOutByDefault: "the user does not have it"
        case .leftOutBy(let finding): "rule \(finding)"
        case .refusedBy(let finding): "the whole request is refused by rule \(finding)"
        case .withheld(.noRefreshTokens): "the client is not registered for the grant refresh_token"
        case .withheld(.noConsentPrompt): "a client that asks for consent must send prompt=consent for it"
        }
    }
}
