/// The issuer's parts that nginx needs. Its full check is the configuration's.
struct NginxIssuer: Sendable, Equatable {
    /// No slash at its end.
    let value: String
    let isTLS: Bool
    /// `[::1]` with its brackets.
    let host: String
    let port: Int
    /// Such as `/oidc`; empty at the root of its host.
    let path: String

    init(_ value: String) throws(NginxFault) {
        let isTLS = value.hasPrefix("https://")
        guard isTLS || value.hasPrefix("http://"), !value.hasSuffix("/"), value.utf8.allSatisfy(Self.isIssuerByte)
        else {
            throw .issuer(value)
        }
        let rest = value.dropFirst(isTLS ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        let isLiteral = authority.hasPrefix("[")
        let host = isLiteral ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        let afterHost = authority.dropFirst(host.count)
        guard !host.isEmpty, afterHost.isEmpty || afterHost.hasPrefix(":") else { throw .issuer(value) }
        guard let port = afterHost.isEmpty ? (isTLS ? 443 : 80) : Int(afterHost.dropFirst()) else {
            throw .issuer(value)
        }
        self.value = value
        self.isTLS = isTLS
        self.host = String(host)
        self.port = port
        path = String(rest.dropFirst(authority.count))
    }

    /// Scheme, host and port, the port only where it is not the scheme's own.
    var origin: String { String(value.dropLast(path.utf8.count)) }

    private static func isIssuerByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~/:[]".utf8.contains(byte)
        }
    }
}
