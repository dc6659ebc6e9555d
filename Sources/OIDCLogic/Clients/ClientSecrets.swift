import JOSE

/// The secrets of clients as one thread opened them. Opening one costs more than all else of a client's authentication.
package final class ClientSecrets {
    private typealias Opened = (sealed: String, secret: ClientSecret)

    /// Entries. Beyond it all are forgotten.
    private static let limit = 1_000

    private let seal: Seal
    private var opened: [ClientID: Opened] = [:]

    /// - Parameter seal: under `state.key`.
    package init(seal: Seal) { self.seal = seal }

    /// Nil: it has none. Throws `server_error` for one that can't be opened.
    package func secret(of client: Client) throws(OAuthError) -> ClientSecret? {
        guard let sealed = client.sealedSecret else { return nil }
        if let known = opened[client.id], known.sealed.hasSameBytes(as: sealed) { return known.secret }
        do {
            let secret = try ClientSecret(sealed: sealed, of: client.id, opening: seal)
            if opened.count >= Self.limit { opened.removeAll() }
            opened[client.id] = (sealed, secret)
            return secret
        } catch {
            throw .serverError(cause: "the secret of client \(client.id) can't be opened: \(error)")
        }
    }
}
