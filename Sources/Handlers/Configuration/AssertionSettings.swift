/// How assertions of clients are taken (RFC 7523 §3).
package struct AssertionSettings: Sendable, Equatable {
    /// Whether they may be for the token endpoint's URI, as OpenID Connect Core §9 has it, and not for the issuer alone.
    package let takesTokenEndpoint: Bool
    /// In seconds: how far ahead their end may be.
    package let lifetime: Int64

    package init(takesTokenEndpoint: Bool = true, lifetime: Int64 = 5 * 60) {
        self.takesTokenEndpoint = takesTokenEndpoint
        self.lifetime = lifetime
    }
}
