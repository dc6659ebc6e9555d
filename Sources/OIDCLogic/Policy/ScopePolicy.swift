/// The authorization decision: which of the requested scopes a user gets through a client (RFC 6749 §3.3).
package struct ScopePolicy: Sendable {
    /// As it is at the request.
    package let catalogue: ScopeCatalogue

    package init(catalogue: ScopeCatalogue = .empty) { self.catalogue = catalogue }

    package func answer(_ question: ScopeQuestion) -> ScopeAnswer {
        .granted(DefaultScopeRule(catalogue: catalogue).granted(question))
    }
}
