/// Why a rule doesn't take a CI job's identity token. Nothing is told of claims before the signature was right.
package enum CITokenFault: Error, Sendable, Equatable {
    /// The header's `alg` is none of the rule's.
    case algorithm
    /// No key of the issuer's verifies it.
    case signature
    case claims([ClaimMismatch])
    /// `exp` or `iat` is missing, or is no time.
    case timeless
    case expired, notYetValid, livesTooLong, hasNoID, hasNoSubject, usedBefore

    /// What whoever runs the job is told. Values of claims are for the administrator.
    fileprivate var text: StaticString {
        switch self {
        case .algorithm: "the CI token is signed by an alg that its rule does not take"
        case .signature: "the CI token is not signed by a key that its issuer publishes"
        case .claims(let mismatches) where mismatches.contains { $0.claim == "aud" }:
            "aud of the CI token must be the one that its rule names, this provider's issuer if it names none, and nothing else"
        case .claims: "claims of the CI token are not as its rule wants them; the administrator sees which"
        case .timeless: "exp and iat of the CI token are needed"
        case .expired: "the CI token has expired; let the job ask for it right before it registers"
        case .notYetValid: "the CI token is not valid yet: look at nbf and iat, and at the clocks"
        case .livesTooLong: "the CI token lives for more than an hour; give the job a shorter timeout"
        case .hasNoID: "jti of the CI token is missing"
        case .hasNoSubject: "sub of the CI token is missing, or longer than 1 KiB"
        case .usedBefore: "the CI token was used before: it registers one app; let the job ask for another"
        }
    }
}

/// A rule, and why it doesn't take a token.
struct CIRefusal {
    let rule: CIRule
    let fault: CITokenFault

    var error: OAuthError {
        .invalidToken(fault.text, cause: "CI rule \(rule.name)", detail: .ciToken(rule: rule.name, fault))
    }

    /// Whether the token came farther by this rule than by the other: to a later check, or with more claims that are right.
    func isNearer(than other: CIRefusal) -> Bool { rank > other.rank }

    private var rank: (Int, Int, Int) {
        switch fault {
        case .algorithm: return (0, 0, 0)
        case .signature: return (1, 0, 0)
        case .claims(let mismatches):
            let wrong = mismatches.filter { rule.claims.values[$0.claim] != nil }.count
            return (2, rule.claims.values.count - wrong, -mismatches.count)
        case .timeless, .expired, .notYetValid, .livesTooLong, .hasNoID, .hasNoSubject, .usedBefore: return (3, 0, 0)
        }
    }
}
