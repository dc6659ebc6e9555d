/// An http or https URI that a page may link to, or that is asked for what is there.
package struct WebURI: Sendable, Hashable {
    package let value: String

    package init?(_ value: String) {
        guard value.utf8.count <= 1024, let parts = URIParts(value), parts.scheme == "https" || parts.scheme == "http",
            let authority = parts.authority, authority.userInfo == nil
        else { return nil }
        self.value = value
    }

    /// One that was registered before, by whatever rules there were.
    init(stored value: String) { self.value = value }

    /// https, or http that doesn't leave the machine (OpenID Connect Registration §2, `initiate_login_uri`).
    package var isSecure: Bool {
        guard let parts = URIParts(value) else { return false }
        return parts.scheme == "https" || parts.authority?.isLoopback ?? false
    }

    /// As it is written, an IPv6 address without its brackets.
    package var host: String {
        let host = URIParts(value)?.authority?.host ?? ""
        return String(host.hasPrefix("[") ? host.dropFirst().dropLast() : host)
    }

    var hasFragment: Bool { URIParts(value)?.hasFragment ?? false }

    var withoutFragment: Substring { value.prefix { $0 != "#" } }

    /// Nil: it has none.
    package var fragment: Substring? { hasFragment ? value.dropFirst(withoutFragment.count + 1) : nil }
}
