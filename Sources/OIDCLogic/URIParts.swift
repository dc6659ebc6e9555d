/// The parts of an absolute URI that the rules here look at (RFC 3986 §3). Nothing is normalised.
struct URIParts {
    let scheme: Substring
    /// Nil where no authority follows the scheme.
    let authority: Authority?
    let hasFragment: Bool
    let query: Substring?

    struct Authority {
        let userInfo: Substring?
        let host: Substring
        let port: Substring?
        /// The URI before and after `:port`.
        let beforePort: Substring
        let afterPort: Substring

        /// RFC 8252 §7.3 and §8.3: loopback by address, and by the name that desktop apps use all the same.
        var isLoopback: Bool { host == "127.0.0.1" || host == "[::1]" || host == "localhost" }

        /// Whether the host is what it seems to whoever reads it: RFC 3986 §3.2.2 allows escapes and more there, which
        /// browsers take for other characters or refuse.
        var hasPlainHost: Bool {
            if host.hasPrefix("[") { return host.dropFirst().dropLast().utf8.allSatisfy(Self.isOfAddress) }
            let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            // The root's dot may stand at the end.
            let named = labels.count > 1 && labels[labels.count - 1].isEmpty ? labels.dropLast() : labels[...]
            return named.allSatisfy { label in
                !label.isEmpty && label.allSatisfy { $0.isASCIIAlphanumeric || "-_".utf8.contains($0) }
            }
        }

        private static func isOfAddress(_ byte: UInt8) -> Bool {
            UnicodeScalar(byte).properties.isASCIIHexDigit || ":.".utf8.contains(byte)
        }
    }

    /// Nil unless it is printable ASCII with a scheme.
    init?(_ uri: String) {
        guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let colon = uri.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        scheme = uri[..<colon]
        guard let first = scheme.utf8.first, first.isASCIILetter,
            scheme.utf8.allSatisfy({ $0.isASCIIAlphanumeric || [0x2B, 0x2D, 0x2E].contains($0) })
        else { return nil }
        let rest = uri[uri.utf8.index(after: colon)...]
        hasFragment = rest.utf8.contains(UInt8(ascii: "#"))
        query = rest.utf8.firstIndex(of: UInt8(ascii: "?")).map { mark in
            Substring(rest[rest.utf8.index(after: mark)...].utf8.prefix { $0 != UInt8(ascii: "#") })
        }
        let hasAuthority = rest.utf8.starts(with: "//".utf8)
        authority = hasAuthority ? Authority(in: uri, from: rest.utf8.index(rest.startIndex, offsetBy: 2)) : nil
        if hasAuthority, authority == nil { return nil }
    }
}

extension URIParts.Authority {
    init?(in uri: String, from start: String.Index) {
        let end = uri.utf8[start...].firstIndex { "/?#".utf8.contains($0) } ?? uri.endIndex
        let text = uri[start..<end]
        let hostStart = text.utf8.lastIndex(of: UInt8(ascii: "@")).map(text.utf8.index(after:)) ?? text.startIndex
        userInfo = hostStart == text.startIndex ? nil : text[..<text.utf8.index(before: hostStart)]
        let hostAndPort = text[hostStart...]
        let portColon: Substring.Index?
        if hostAndPort.utf8.first == UInt8(ascii: "[") {
            guard let bracket = hostAndPort.utf8.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let after = hostAndPort.utf8.index(after: bracket)
            guard after == hostAndPort.endIndex || hostAndPort.utf8[after] == UInt8(ascii: ":") else { return nil }
            portColon = after == hostAndPort.endIndex ? nil : after
        } else {
            portColon = hostAndPort.utf8.firstIndex(of: UInt8(ascii: ":"))
        }
        host = hostAndPort[..<(portColon ?? hostAndPort.endIndex)]
        guard !host.isEmpty, !host.utf8.contains(UInt8(ascii: "\\")) else { return nil }
        port = portColon.map { hostAndPort[hostAndPort.utf8.index(after: $0)...] }
        if let port {
            guard port.utf8.allSatisfy(\.isASCIIDigit), let number = UInt16(port), number > 0 else { return nil }
        }
        beforePort = uri[..<(portColon ?? end)]
        afterPort = uri[end...]
    }
}
