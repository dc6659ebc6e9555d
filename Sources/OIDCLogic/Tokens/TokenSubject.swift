/// Whom an access token is about (RFC 9068 §2.2).
package enum TokenSubject: Sendable {
    /// A user, by a grant of theirs.
    case user(LiveGrant)
    /// The client itself (RFC 6749 §4.4), with the scope that it was given.
    case client(Client, scope: Scope)

    package var client: Client {
        switch self {
        case .user(let live): live.client
        case .client(let client, _): client
        }
    }

    package var scope: Scope {
        switch self {
        case .user(let live): live.scope
        case .client(_, let scope): scope
        }
    }

    /// The `sub`: what the client that the token is issued to calls the user, whomever else the token is for. That client can
    /// read the token, and compares this with its ID token's (OpenID Connect Core §5.3.2). No user's is any client's id
    /// (RFC 9700 §4.15).
    package var value: String {
        switch self {
        case .user(let live): live.subject.value
        case .client(let client, _): client.id.value
        }
    }

    package var grantID: GrantID? {
        switch self {
        case .user(let live): live.grant.id
        case .client: nil
        }
    }
}
