import JOSE

/// What failures are counted for, and how they slow it down. Names are digested: whatever was typed as a user name may
/// have been a password.
package struct ThrottleKey: Hashable, Sendable {
    package let text: String
    package let throttle: Throttle

    package static func login(account: Username) -> Self { Self(.account, "login-account", account.value) }
    package static func login(address: String) -> Self { Self(.address, "login-address", network(of: address)) }
    package static func client(_ id: ClientID, address: String) -> Self {
        Self(.client, "client", id.value, network(of: address))
    }
    /// All clients that there are none of: whoever makes up ids makes no rows by that.
    package static func unknownClient(address: String) -> Self {
        Self(.client, "unknown-client", network(of: address))
    }

    /// Of apps that nobody has asked to come. What is counted are registrations, not failures.
    package static func openRegistration(address: String) -> Self {
        Self(.openRegistration, "open-registration", network(of: address))
    }

    private init(_ throttle: Throttle, _ parts: String...) {
        // Length-prefixed, so that no two lists of parts read alike.
        var bytes: [UInt8] = []
        for part in parts {
            bytes += "\(part.utf8.count):".utf8
            bytes += part.utf8
        }
        text = "\(parts[0]):\(Base64URL.encode(Digest.sha256(bytes).prefix(18)))"
        self.throttle = throttle
    }

    /// An IPv4 address, or the /64 of an IPv6 one, which is what one household or machine has.
    ///
    /// A socket for both families shows IPv4 as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2); the /64 of those is everyone.
    package static func network(of address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")) else { return address }
        if address.utf8.contains(UInt8(ascii: ".")), let colon = address.lastIndex(of: ":") {
            return String(address[address.index(after: colon)...])
        }
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        var groups = halves[0].split(separator: ":").map(String.init)
        if halves.count == 2 {
            let tail = halves[1].split(separator: ":").count
            groups += Array(repeating: "0", count: max(0, 8 - groups.count - tail))
            groups += halves[1].split(separator: ":").map(String.init)
        }
        return groups.prefix(4).joined(separator: ":")
    }
}
