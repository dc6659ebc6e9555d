import JOSE

/// What an administrator changes in a client.
package struct ClientChange: Sendable {
    /// Members of RFC 7591 metadata that take the place of those that are there; null takes one out.
    package var metadata: [String: JSON] = [:]
    package var addedRedirectURIs: [String] = []
    package var removedRedirectURIs: [String] = []
    package var isFirstParty: Bool?
    /// Ends its waiting for approval.
    package var approves = false
    package var secret = SecretChange.keep
    /// In seconds, how long the secret that was there is taken beside a new one.
    package var overlap: Int64 = 0

    package enum SecretChange: Sendable {
        case keep
        case generate
        case choose(String)
    }

    package init() {}
}
