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
