import Networks

/// Where calls may go: to public addresses by https, and to what the administrator lists.
package struct OutboundRules: Sendable, Equatable {
    /// A range that isn't public, or that may be reached without TLS.
    package struct Listed: Sendable, Equatable {
        package let range: AddressRange
        package let allowsHTTP: Bool

        /// `10.0.0.0/8`, or `http://10.0.0.0/8` where plain http is allowed as well. Nil for what is neither.
        package init?(_ text: String) {
            let http = "http://"
            allowsHTTP = text.hasPrefix(http)
            guard let range = AddressRange(allowsHTTP ? String(text.dropFirst(http.utf8.count)) : text) else {
                return nil
            }
            self.range = range
        }
    }

    private let listed: [Listed]

    package init(listed: [Listed] = []) { self.listed = listed }

    /// Whether plain http may be spoken with anyone.
    var allowsHTTP: Bool { listed.contains(where: \.allowsHTTP) }

    /// `address`: four bytes or sixteen.
    package func permits(_ address: [UInt8], isTLS: Bool) -> Bool {
        let address = Self.unmapped(address)
        if listed.contains(where: { (isTLS || $0.allowsHTTP) && $0.range.contains(address) }) { return true }
        return isTLS && Self.isPublic(address)
    }

    /// IPv4 in the clothes of IPv6 is judged as IPv4: mapped (RFC 4291 §2.5.5.2), or behind a NAT64 (RFC 6052 §2.1).
    private static func unmapped(_ address: [UInt8]) -> [UInt8] {
        let isIPv4 = embedded.contains { $0.contains(address) }
        return isIPv4 ? Array(address.suffix(4)) : address
    }

    private static func isPublic(_ address: [UInt8]) -> Bool {
        guard !special.contains(where: { $0.contains(address) }) else { return false }
        return address.count == 4 || globalUnicast.contains { $0.contains(address) }
    }

    private static let embedded = ["::ffff:0:0/96", "64:ff9b::/96"].compactMap(AddressRange.init)
    /// RFC 4291 §2.4: of IPv6 nothing else is given out.
    private static let globalUnicast = ["2000::/3"].compactMap(AddressRange.init)
    /// RFC 6890 and the IANA registries of special-purpose addresses. 2001::/23 and 2002::/16 lead into tunnels.
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    ].compactMap(AddressRange.init)
}
