/// All that the authorization decision looks at.
package struct ScopeQuestion: Sendable {
    package let client: Client
    package let user: User
    package let authentication: AuthenticationContext
    package let request: SignInRequest
    package let requested: Scope
    private let partial: PartialDocuments

    /// - Parameter partial: what expressions see in place of what is known: a policy's test says so.
    package init(
        client: Client, user: User, authentication: AuthenticationContext, request: SignInRequest, requested: Scope,
        replacing partial: PartialDocuments = PartialDocuments()
    ) {
        self.client = client
        self.user = user
        self.authentication = authentication
        self.request = request
        self.requested = requested
        self.partial = partial
    }

    func documents(in catalogue: ScopeCatalogue) -> SubjectDocuments {
        SubjectDocuments(
            client: client, user: user, authentication: authentication, request: request, in: catalogue,
            replacing: partial)
    }
}

/// What was decided.
package enum ScopeAnswer: Sendable, Equatable {
    /// Of what was requested; it may be nothing.
    case granted(Scope)
    /// The user may not use this client at all.
    case refused(by: RuleFinding)
}
