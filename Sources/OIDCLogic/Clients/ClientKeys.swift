import JOSE

/// The public keys of a client (RFC 7591 §2, OpenID Connect Registration §2).
package enum ClientKeys: Sendable, Equatable {
    /// Registered by value, as it was written.
    case set(JSON)
    /// Published by the client, and fetched when they are needed.
    case uri(WebURI)

    /// In bytes of JSON. The store reads no metadata beyond 64 KiB.
    static let limit = 32 * 1024
}

/// Sets of keys that clients publish at their `jwks_uri`.
package protocol PublishedKeys: Sendable {
    /// What the client publishes there, as lately as its caching allows.
    ///
    /// Throws `temporarily_unavailable` where it can't be had now, `invalid_client` where what is there is no set.
    func keys(at uri: WebURI) throws(OAuthError) -> JWKSet

    /// The same once more, for whoever missed a key in what ``keys(at:)`` gave. Nil: it was fetched too lately to be
    /// fetched again.
    func newerKeys(at uri: WebURI) throws(OAuthError) -> JWKSet?
}
