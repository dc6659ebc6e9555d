/// Whom claims are about, and what has been granted: all that decides which of them are released.
package struct ClaimSubject: Sendable {
    package let client: Client
    package let user: User
    package let authentication: AuthenticationContext
    package let request: SignInRequest
    package let scope: Scope
    /// What the client asked for claim by claim, as far as it may have it.
    package let requested: GrantedClaims
    /// Which of the scopes are roles.
    package let catalogue: ScopeCatalogue

    package init(
        client: Client, user: User, authentication: AuthenticationContext, request: SignInRequest, scope: Scope,
        requested: GrantedClaims, catalogue: ScopeCatalogue = .empty
    ) {
        self.client = client
        self.user = user
        self.authentication = authentication
        self.request = request
        self.scope = scope
        self.requested = requested
        self.catalogue = catalogue
    }

    /// - Parameter scope: what a token of the grant says; nil: all that the grant has.
    package init(_ live: LiveGrant, scope: Scope? = nil, in catalogue: ScopeCatalogue = .empty) {
        self.init(
            client: live.client, user: live.user, authentication: live.grant.authentication,
            request: live.grant.request, scope: scope ?? live.scope, requested: live.claims,
            catalogue: catalogue)
    }

    var documents: SubjectDocuments {
        SubjectDocuments(
            client: client, user: user, authentication: authentication, request: request, in: catalogue)
    }
}
