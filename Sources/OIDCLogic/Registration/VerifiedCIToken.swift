import JOSE

/// A CI job's identity token that a rule takes. Only ``CIToken`` makes one.
package struct VerifiedCIToken: Sendable {
    package let rule: CIRule
    /// `sub`: which job, in the words of the CI system.
    package let subject: String
    /// Of its `jti`: it serves once, whatever rules there are.
    package let id: AssertionID
    /// Until when its id is to be kept.
    package let end: Timestamp

    /// In seconds: how far the CI system's clock and ours may be apart.
    package static let clockSkew: Int64 = 30
    /// In seconds, from `iat` to `exp`. GitHub's live for 5 minutes, GitLab's as long as the job may take, which is an hour
    /// unless somebody says otherwise. What leaks from a log an hour later is worth nothing.
    package static let longestLifetime: Int64 = 3600
    /// In bytes.
    private static let subjectLimit = 1024

    /// - Parameter claims: of a token with the rule's issuer, whose signature was right.
    init(_ claims: JSON, by rule: CIRule, at now: Timestamp) throws(CITokenFault) {
        var mismatches = rule.claims.mismatches(in: claims)
        let audiences = claims["aud"].map { $0.arrayValue ?? [$0] } ?? []
        if audiences != [.string(rule.audience)] {
            mismatches.insert(ClaimMismatch("aud", came: claims["aud"], expected: .string(rule.audience)), at: 0)
        }
        guard mismatches.isEmpty else { throw .claims(mismatches) }
        guard let expiresAt = Timestamp(numericDate: claims["exp"]),
            let issuedAt = Timestamp(numericDate: claims["iat"])
        else { throw .timeless }
        guard now < expiresAt + Self.clockSkew else { throw .expired }
        for name in ["nbf", "iat"] where claims[name] != nil {
            guard let time = Timestamp(numericDate: claims[name]), time <= now + Self.clockSkew, time <= expiresAt
            else {
                throw .notYetValid
            }
        }
        guard expiresAt - issuedAt <= Self.longestLifetime else { throw .livesTooLong }
        guard let id = claims["jti"]?.stringValue, !id.isEmpty else { throw .hasNoID }
        guard let subject = claims["sub"]?.stringValue, !subject.isEmpty, subject.utf8.count <= Self.subjectLimit else {
            throw .hasNoSubject
        }
        self.rule = rule
        self.subject = subject
        self.id = AssertionID(id, issuedBy: rule.issuer)
        end = expiresAt + Self.clockSkew
    }

    /// Of whoever comes second with the same.
    package var usedBefore: OAuthError { CIRefusal(rule: rule, fault: .usedBefore).error }
}
