import JOSE

/// Which jobs of a CI system register apps by the identity token that it signs for each of them, and what they may
/// register. An administrator writes it into the configuration.
package struct CIRule: Sendable, Equatable {
    package let name: CIRuleName
    /// `iss`, to the byte.
    package let issuer: WebURI
    /// `aud`, and nothing beside it: a token that is good elsewhere as well can be used here by whoever got it there.
    package let audience: String
    package let claims: ExactClaims
    /// RFC 8725 §3.1: never those of the token's header.
    package let algorithms: [SignatureAlgorithm]
    package let keys: KeyPlace
    package let permit: RegistrationPermit

    /// - Parameter keys: nil: as the issuer's discovery document says.
    package init(
        name: CIRuleName, issuer: WebURI, audience: String, claims: ExactClaims,
        algorithms: [SignatureAlgorithm] = [.rs256], keys: WebURI? = nil, permit: RegistrationPermit
    ) {
        self.name = name
        self.issuer = issuer
        self.audience = audience
        self.claims = claims
        self.algorithms = algorithms
        self.keys = keys.map(KeyPlace.uri) ?? .issuer(issuer)
        self.permit = permit
    }
}

package enum CIRuleNameKind {}
/// What the audit log and refusals call a rule.
package typealias CIRuleName = Identifier<CIRuleNameKind>

extension CIRuleName {
    /// Nil unless it has 1 to 64 lower-case letters, digits and `-` `.` `_`.
    package init?(configured text: String) {
        let isName = text.utf8.allSatisfy { $0.isASCIIDigit || (0x61...0x7A).contains($0) || "-._".utf8.contains($0) }
        guard isName, (1...64).contains(text.utf8.count) else { return nil }
        self.init(text)
    }
}
