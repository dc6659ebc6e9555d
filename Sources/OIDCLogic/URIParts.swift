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
    }

    /// Nil unless it is printable ASCII with a scheme.
    init?(_ uri: String) {
        guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let colon = uri.firstIndex(of: ":") else {
            return nil
        }
        scheme = uri[..<colon]
        guard let first = scheme.utf8.first, first.isASCIILetter,
            scheme.utf8.allSatisfy({ $0.isASCIIAlphanumeric || [0x2B, 0x2D, 0x2E].contains($0) })
        else { return nil }
        let rest = uri[uri.index(after: colon)...]
        hasFragment = rest.contains("#")
        query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...].prefix { $0 != "#" } }
        authority = rest.hasPrefix("//") ? Authority(in: uri, from: rest.index(rest.startIndex, offsetBy: 2)) : nil
        if rest.hasPrefix("//"), authority == nil { return nil }
    }
}

extension URIParts.Authority {
    init?(in uri: String, from start: String.Index) {
        let end = uri[start...].firstIndex { "/?#".contains($0) } ?? uri.endIndex
        let text = uri[start..<end]
        let hostStart = text.lastIndex(of: "@").map(text.index(after:)) ?? text.startIndex
        userInfo = hostStart == text.startIndex ? nil : text[..<text.index(before: hostStart)]
        let hostAndPort = text[hostStart...]
        let portColon: Substring.Index?
        if hostAndPort.first == "[" {
            guard let bracket = hostAndPort.firstIndex(of: "]") else { return nil }
            let after = hostAndPort.index(after: bracket)
            guard after == hostAndPort.endIndex || hostAndPort[after] == ":" else { return nil }
            portColon = after == hostAndPort.endIndex ? nil : after
        } else {
            portColon = hostAndPort.firstIndex(of: ":")
        }
        host = hostAndPort[..<(portColon ?? hostAndPort.endIndex)]
        guard !host.isEmpty, !host.contains("\\") else { return nil }
        port = portColon.map { hostAndPort[hostAndPort.index(after: $0)...] }
        if let port {
            guard port.utf8.allSatisfy(\.isASCIIDigit), let number = UInt16(port), number > 0 else { return nil }
        }
        beforePort = uri[..<(portColon ?? end)]
        afterPort = uri[end...]
    }
}
