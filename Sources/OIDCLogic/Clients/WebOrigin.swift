/// Where a web page comes from, as a browser writes it in `Origin` (RFC 6454 §6.2): scheme, host, and any port that
/// isn't the scheme's own.
package struct WebOrigin: Sendable, Hashable {
    package let value: String

    /// Nil for `null`, and for what no browser sends.
    package init?(header value: String) {
        guard value.utf8.count <= 300, let origin = Self(of: value), origin.value.hasSameBytes(as: value) else {
            return nil
        }
        self = origin
    }

    /// That of a page at this URI. Nil unless it is http or https.
    package init?(of uri: String) {
        guard let parts = URIParts(uri), let authority = parts.authority,
            ["https", "http"].contains(parts.scheme.lowercased())
        else { return nil }
        let scheme = parts.scheme.lowercased()
        let own = scheme == "https" ? "443" : "80"
        let port = authority.port.flatMap { $0 == own ? nil : ":\($0)" } ?? ""
        value = "\(scheme)://\(authority.host.lowercased())\(port)"
    }

    package static func == (one: Self, other: Self) -> Bool { one.value.hasSameBytes(as: other.value) }
}

extension ClientMetadata {
    /// The origins of the pages that the client receives its answers at: its scripts may call the endpoints from there.
    package var webOrigins: Set<WebOrigin> { Set(redirectURIs.compactMap { WebOrigin(of: $0.value) }) }
}
