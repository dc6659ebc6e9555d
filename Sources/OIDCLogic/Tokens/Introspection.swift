import JOSE

/// What a client is told about a token (RFC 7662 §2.2).
package enum Introspection {
    /// For what is no token, no longer one, or none of the client's business: no difference is shown.
    package static let inactive: JSON = ["active": false]

    /// For whoever ``maySee(_:_:issuer:)``.
    package static func answer(
        _ live: LiveAccessToken, releasing released: [String: JSON]
    ) -> JSON {
        guard case .object(let claims) = live.token.claims else { return inactive }
        // What was signed goes before what would be released now: both describe the same token.
        var answer = released.merging(claims) { _, signed in signed }
        answer["active"] = true
        answer["token_type"] = "Bearer"
        if case .user(let grant) = live.subject { answer["username"] = .string(grant.user.username.value) }
        return .object(answer)
    }

    /// A refresh token is its own client's business alone.
    package static func answer(refreshing live: LiveGrant, until end: Timestamp, issuer: Issuer) -> JSON {
        [
            "active": true, "iss": .string(issuer.value), "sub": .string(live.user.id.value),
            "client_id": .string(live.client.id.value), "scope": .string(live.scope.description),
            "username": .string(live.user.username.value), "iat": .integer(live.grant.createdAt.seconds),
            "exp": .integer(end.seconds),
        ]
    }

    /// A confidential client sees what is for it or for a resource that it serves, and what it was given itself.
    /// The issuer is nobody's resource, whatever a client calls itself: it is what tokens for no resource are for.
    package static func maySee(_ token: AccessToken, _ client: Client, issuer: Issuer) -> Bool {
        guard !client.metadata.isPublic else { return false }
        let own = ([client.id.value] + client.metadata.servedResources.map(\.value)).filter {
            !$0.hasSameBytes(as: issuer.value)
        }
        return token.clientID == client.id || own.contains { token.isFor($0) }
    }
}
