import JOSE
import OIDCLogic

/// Which secrets a client may have.
enum ClientSecretRule {
    /// Generated: 256 random bits.
    static func generate(from random: some RandomSource) -> ClientSecret {
        ClientSecret(Base64URL.encode(random.bytes(32)))
    }

    /// Chosen: 16 to 255 characters of RFC 6749 Appendix A.2.
    static func accept(_ text: String) throws(AdministrationError) -> ClientSecret {
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .invalid("client_secret has a character that is not printable ASCII (RFC 6749 appendix A.2)")
        }
        guard text.utf8.count >= 16 else {
            throw .invalid("client_secret has fewer than 16 characters; leave it out to have a strong one made")
        }
        guard text.utf8.count <= 255 else { throw .invalid("client_secret has more than 255 characters") }
        return ClientSecret(text)
    }
}
