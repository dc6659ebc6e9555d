/// What a redeemed authorization code gave: the record that its tokens hang on.
///
/// Its id is the code's, so "used" and "granted" are one row and can't disagree.
package struct Grant: Sendable, Equatable {
    package let id: GrantID
    package let clientID: ClientID
    package let authentication: AuthenticationContext
    package let request: SignInRequest
    package let scope: Scope
    /// What its access tokens may be for; none: the client's default audience.
    package let resources: [ResourceIndicator]
    /// Nil: it can't be refreshed.
    package var refresh: RefreshFamily?
    package let createdAt: Timestamp
    /// When the last token of it has ended, and the row can go.
    package var expiresAt: Timestamp
    package var isRevoked: Bool
    /// Claims that were asked for by their names.
    package var claims: GrantedClaims
    /// By whom its user had signed in; nil: by a password here.
    package let upstream: UpstreamLinkID?

    package init(
        id: GrantID, clientID: ClientID, authentication: AuthenticationContext, request: SignInRequest, scope: Scope,
        resources: [ResourceIndicator] = [], refresh: RefreshFamily? = nil, createdAt: Timestamp, expiresAt: Timestamp,
        isRevoked: Bool = false, claims: GrantedClaims = .none, upstream: UpstreamLinkID? = nil
    ) {
        self.id = id
        self.clientID = clientID
        self.authentication = authentication
        self.request = request
        self.scope = scope
        self.resources = resources
        self.refresh = refresh
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.isRevoked = isRevoked
        self.claims = claims
        self.upstream = upstream
    }

    package var userID: UserID { authentication.userID }
}
