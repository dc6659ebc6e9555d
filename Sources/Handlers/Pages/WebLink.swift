/// A link that an app gave us to show: absolute, `https` or `http`, printable ASCII, without user information.
///
/// So neither `javascript:` nor `https://trusted.example@evil.example/` reaches a page.
package struct WebLink: Sendable, Hashable {
    package let uri: String
    /// The host, and the port if one is named: shown beside the link, so that people see where it leads.
    package let host: String

    /// Nil for anything else.
    package init?(_ uri: String) {
        let bytes = Array(uri.utf8)
        guard bytes.count <= 8_192, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            return nil
        }
        // Browsers read the scheme in any case.
        let scheme = bytes.prefix { $0 != UInt8(ascii: ":") }.map { $0 | 0x20 }
        guard scheme.elementsEqual("https".utf8) || scheme.elementsEqual("http".utf8) else { return nil }
        let rest = bytes.dropFirst(scheme.count)
        guard rest.starts(with: "://".utf8) else { return nil }
        let ends = Set("/?#".utf8)
        let authority = rest.dropFirst(3).prefix { !ends.contains($0) }
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:[]".utf8)
        guard let first = authority.first, first != UInt8(ascii: ":"), authority.allSatisfy(allowed.contains) else {
            return nil
        }
        self.uri = uri
        self.host = String(decoding: authority, as: UTF8.self)
    }
}
