import JOSE

/// The text of an initial access token, or of a registration access token (RFC 7592 §1.2): 256 random bits. The store
/// knows its digest only.
package struct RegistrationToken: Sendable {
    package let text: String

    package init(random: some RandomSource) { text = Base64URL.encode(random.bytes(32)) }

    /// Nil for what was never one of ours.
    package init?(_ bearer: String) {
        guard bearer.utf8.count == 43, Base64URL.decode(bearer)?.count == 32 else { return nil }
        text = bearer
    }

    package var digest: [UInt8] { Digest.sha256(Array(text.utf8)) }
}
