import JOSE

/// What a client is told about a token (RFC 7662 §2.2).
package enum Introspection {
    /// For what is no token, no longer one, or none of the client's business: no difference is shown.
    package static let inactive: JSON = ["active": false]

    /// For whoever ``maySee(_:_:issuer:)``.
    ///
    /// - Parameter claims: those of the token, and what is told beside them.
    package static func answer(claims: [String: JSON]) -> JSON {
        var answer = claims
        answer["active"] = true
        answer["token_type"] = "Bearer"
        return .object(answer)
    }

    /// A refresh token is its own client's business alone.
    package static func answer(refreshing live: LiveGrant, until end: Timestamp, issuer: Issuer) -> JSON {
        var answer: [String: JSON] = [
            "active": true, "iss": .string(issuer.value), "sub": .string(live.subject.value),
            "client_id": .string(live.client.id.value), "scope": .string(live.scope.description),
            "iat": .integer(live.grant.createdAt.seconds), "exp": .integer(end.seconds),
        ]
        if live.client.mayBeToldNames(by: live.scope) { answer["username"] = .string(live.user.username.value) }
        return .object(answer)
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
