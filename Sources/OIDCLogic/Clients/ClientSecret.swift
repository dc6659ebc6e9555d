import JOSE

package enum ClientSecretKind {}
package typealias ClientSecret = Secret<ClientSecretKind>

extension ClientSecret {
    /// Opens a stored secret. Throws if it was sealed for another client, or under another key.
    package init(sealed text: String, of client: ClientID, opening seal: Seal) throws {
        let bytes = try seal.open(text, purpose: .clientSecret, associated: Array(client.value.utf8))
        self.init(bytes: bytes)
    }

    package func sealed(for client: ClientID, by seal: Seal) -> String {
        seal.seal(revealBytes(), purpose: .clientSecret, associated: Array(client.value.utf8))
    }
}
