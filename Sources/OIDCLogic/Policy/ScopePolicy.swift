/// The authorization decision: which of the requested scopes a user gets through a client (RFC 6749 §3.3).
package struct ScopePolicy: Sendable {
    package init() {}

    /// Requested, allowed for the client, and built in.
    package func answer(_ question: ScopeQuestion) -> ScopeAnswer {
        .granted(question.requested.intersection(question.client.metadata.scope).intersection(.builtIn))
    }
}
