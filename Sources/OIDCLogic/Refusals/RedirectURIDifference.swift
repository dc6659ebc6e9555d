/// Where a redirect URI that came differs from a registered one (RFC 6749 §3.1.2.3: they must be the same, byte for
/// byte), in words for whoever has to mend it.
package struct RedirectURIDifference: Sendable, Equatable {
    package let descriptions: [String]
    /// Whether nothing but the port differs.
    package let isOfPortAlone: Bool
    /// Whether they are the same: one that is registered by now.
    package let isNone: Bool

    package init(_ came: RedactedURI, from registered: String) {
        let expected = RedactedURI(redacting: registered)
        guard came != expected else {
            descriptions = [
                came.value.contains("?")
                    ? "differs in the query, if at all: its values are not written down"
                    : "none: it is registered by now"
            ]
            isOfPortAlone = false
            isNone = !came.value.contains("?")
            return
        }
        isNone = false
        guard let one = Parts(came.value) else {
            descriptions = ["it is no absolute URI of printable ASCII"]
            isOfPortAlone = false
            return
        }
        guard let other = Parts(expected.value) else {
            descriptions = ["differs from the beginning on"]
            isOfPortAlone = false
            return
        }
        let found = [
            Self.part("scheme", one.scheme, other.scheme),
            one.hasUser && !other.hasUser ? "has a user name before the host" : nil,
            Self.part("host", one.host, other.host), Self.part("port", one.port, other.port),
            Self.path(one.path, other.path), Self.query(one.query, other.query),
            one.hasFragment ? "has a fragment (#...), which no redirect URI may have" : nil,
        ]
        descriptions = found.compactMap { $0 }
        isOfPortAlone = descriptions.count == 1 && found[3] != nil
    }

    /// What the rules compare, of a URI whose secrets are gone.
    private struct Parts {
        let scheme: String
        let hasUser: Bool
        let host: String?
        let port: String?
        let path: String
        let query: String?
        let hasFragment: Bool

        init?(_ uri: String) {
            guard let parts = URIParts(uri) else { return nil }
            scheme = String(parts.scheme)
            hasUser = parts.authority?.userInfo != nil
            host = parts.authority.map { String($0.host) }
            port = parts.authority?.port.map(String.init)
            let rest = parts.authority?.afterPort ?? uri.dropFirst(parts.scheme.count + 1)
            path = String(rest.prefix { $0 != "?" && $0 != "#" })
            query = parts.query.map(String.init)
            hasFragment = parts.hasFragment
        }
    }

    private static func part(_ name: String, _ one: String?, _ other: String?) -> String? {
        if one == other { return nil }
        if let one, let other, one.lowercased() == other.lowercased() {
            return "differs in the case of the \(name): \(one) came, \(other) is registered"
        }
        return "differs in the \(name): \(one ?? "none") came, \(other ?? "none") is registered"
    }

    private static func path(_ one: String, _ other: String) -> String? {
        if one == other { return nil }
        if one == other + "/" { return "differs at the end: a slash too many" }
        if other == one + "/" { return "differs at the end: a slash is missing" }
        return part("path", one.isEmpty ? nil : one, other.isEmpty ? nil : other)
    }

    private static func query(_ one: String?, _ other: String?) -> String? {
        switch (one, other) {
        case (nil, nil): nil
        case (.some, nil): "has a query, and none is registered"
        case (nil, .some): "lacks the query that is registered"
        case (let one?, let other?): one == other ? nil : "differs in the query: ?\(one) came, ?\(other) is registered"
        }
    }
}
