/// An access token that is still good, with what it hangs on as that is now.
package struct LiveAccessToken: Sendable {
    package let token: AccessToken
    package let subject: TokenSubject

    /// What the token says. The grant may have been given more.
    package var scope: Scope { token.scope }

    /// Of a user's grant. Throws `invalid_token` if it is none of that grant's.
    package init(_ token: AccessToken, of live: LiveGrant) throws(OAuthError) {
        guard live.grant.id == token.grantID, live.client.id == token.clientID,
            live.subject.value.hasSameBytes(as: token.subject)
        else {
            throw .invalidToken("the token is of another grant", detail: .credential(.accessToken, .foreign))
        }
        self.token = token
        subject = .user(live)
    }

    /// Of the client's own. Throws `invalid_token` if that is gone, or is another one of the same id.
    package init(_ token: AccessToken, of client: Client?) throws(OAuthError) {
        guard token.grantID == nil, let client, client.id == token.clientID,
            client.id.value.hasSameBytes(as: token.subject), token.issuedAt >= client.createdAt
        else {
            throw .invalidToken(
                "the token's client has been removed", detail: .credential(.accessToken, .clientRemoved))
        }
        self.token = token
        subject = .client(client, scope: token.scope)
    }
}
