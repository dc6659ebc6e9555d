import JOSE
import OIDCLogic

extension UpstreamIdentity {
    /// A text that it could be called by here, as a user name; nil for what can be none. A `sub` may be longer than a user name,
    /// and of characters that have no place in one (OpenID Connect Core §2), so that it stands in for none: whoever has no other
    /// name is called by its digest, which is the same each time.
    func username(choosing text: String, at upstream: UpstreamName) -> Username? {
        if let name = try? Username(choosing: text) { return name }
        guard text.hasSameBytes(as: "\(subject)@\(upstream)") else { return nil }
        let digest = Digest.sha256(Array("\(issuer.value)\n\(subject)".utf8))
        return Username("user-" + Base32.encode(digest.prefix(10)))
    }
}
