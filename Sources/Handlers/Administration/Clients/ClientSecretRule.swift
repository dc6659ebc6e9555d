import JOSE
import OIDCLogic

/// Which secrets a client may have.
enum ClientSecretRule {
    /// Generated: 256 random bits, or 384 for a client that needs more than 43 characters.
    static func generate(from random: some RandomSource, for metadata: ClientMetadata) -> ClientSecret {
        ClientSecret(Base64URL.encode(random.bytes(metadata.fewestSecretBytes > 43 ? 48 : 32)))
    }

    /// Chosen: 16 to 255 characters of RFC 6749 Appendix A.2, and as many as its algorithm needs.
    static func accept(_ text: String, for metadata: ClientMetadata) throws(ClientMetadataError) -> ClientSecret {
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw ClientMetadataError(
                "client_secret", "has a character that is not printable ASCII (RFC 6749 appendix A.2)")
        }
        guard text.utf8.count >= 16 else {
            throw ClientMetadataError(
                "client_secret", "has fewer than 16 characters; leave it out to have a strong one made")
        }
        guard text.utf8.count <= 255 else { throw ClientMetadataError("client_secret", "has more than 255 characters") }
        let secret = ClientSecret(text)
        try require(secret, for: metadata)
        return secret
    }

    /// RFC 7518 §3.2.
    static func require(_ secret: ClientSecret, for metadata: ClientMetadata) throws(ClientMetadataError) {
        let fewest = metadata.fewestSecretBytes
        guard secret.byteCount >= fewest else {
            throw ClientMetadataError(
                "client_secret",
                "has fewer than \(fewest) characters, which \(metadata.secretAlgorithm?.rawValue ?? "its use") needs; have a "
                    + "new one made")
        }
    }
}
