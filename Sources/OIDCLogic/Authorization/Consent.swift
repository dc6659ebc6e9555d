/// What a user has allowed a client to know, remembered (OpenID Connect Core §3.1.2.4).
package struct Consent: Sendable, Equatable {
    package let userID: UserID
    package let clientID: ClientID
    package let scope: Scope
    package let grantedAt: Timestamp

    package init(userID: UserID, clientID: ClientID, scope: Scope, grantedAt: Timestamp) {
        self.userID = userID
        self.clientID = clientID
        self.scope = scope
        self.grantedAt = grantedAt
    }
}
