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

    /// All that it may authenticate by, the newest first. Throws `server_error` for one that can't be opened.
    func secrets(of client: Client, at now: Timestamp) throws(OAuthError) -> [ClientSecret] {
        guard let current = try secret(of: client) else { return [] }
        guard let former = client.formerSecret, now < former.expiresAt else { return [current] }
        return [current, try open(former.sealed, of: client)]
    }

    /// The newest. Nil: it has none. Throws `server_error` for one that can't be opened.
    package func secret(of client: Client) throws(OAuthError) -> ClientSecret? {
        guard let sealed = client.sealedSecret else { return nil }
        if let known = opened[client.id], known.sealed.hasSameBytes(as: sealed) { return known.secret }
        let secret = try open(sealed, of: client)
        if opened.count >= Self.limit { opened.removeAll() }
        opened[client.id] = (sealed, secret)
        return secret
    }

    private func open(_ sealed: String, of client: Client) throws(OAuthError) -> ClientSecret {
        do { return try ClientSecret(sealed: sealed, of: client.id, opening: seal) } catch {
            throw .serverError(cause: "the secret of client \(client.id) can't be opened: \(error)")
        }
    }
}
