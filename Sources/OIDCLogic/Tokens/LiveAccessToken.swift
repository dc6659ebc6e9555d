/// An access token that is still good, with what it hangs on as that is now.
package struct LiveAccessToken: Sendable {
    package let token: AccessToken
    package let subject: TokenSubject

    /// What the token says. The grant may have been given more.
    package var scope: Scope { token.scope }

    /// Throws `invalid_token` if what it hangs on has ended.
    package init(_ token: AccessToken, of live: LiveGrant) throws(OAuthError) {
        guard live.grant.id == token.grantID, live.client.id == token.clientID,
            live.user.id.value.hasSameBytes(as: token.subject)
        else { throw .invalidToken("the token is of another grant") }
        self.token = token
        subject = .user(live)
    }
}
