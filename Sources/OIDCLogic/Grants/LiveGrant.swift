/// A grant that still serves, with its client and its user as they are now. Tokens are made of one, and looked at
/// beside one.
package struct LiveGrant: Sendable {
    package let grant: Grant
    package let client: Client
    package let user: User
    /// What the client knows the user as: the `sub` of all that it is given.
    package let subject: SubjectIdentifier
    /// Of what was granted, what the tokens are to have.
    package let scope: Scope
    /// Asked for by their names, as far as they may still be given.
    package let claims: GrantedClaims

    /// Throws `invalid_token` if it has been revoked, or if its client is gone, or its user may no longer sign in.
    ///
    /// - Parameters:
    ///   - subjects: of the client.
    ///   - scope: nil: all that was granted.
    ///   - claims: nil: likewise.
    package init(
        _ grant: Grant?, client: Client?, user: User?, subjects: SubjectIdentifiers, scope: Scope? = nil,
        claims: GrantedClaims? = nil
    ) throws(OAuthError) {
        guard let grant, !grant.isRevoked else {
            throw .invalidToken("the token has been revoked", detail: .credential(.accessToken, .revoked))
        }
        guard let client, client.id == grant.clientID else {
            throw .invalidToken(
                "the token's client has been removed", detail: .credential(.accessToken, .clientRemoved))
        }
        guard let user, user.id == grant.userID, !user.isDisabled else {
            throw .invalidToken(
                "the token's user can no longer sign in", detail: .credential(.accessToken, .userEnded))
        }
        self.grant = grant
        self.client = client
        self.user = user
        subject = subjects.identifier(of: user.id)
        self.scope = scope ?? grant.scope
        self.claims = claims ?? grant.claims
    }
}
