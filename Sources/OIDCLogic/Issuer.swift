/// The issuer (OpenID Connect Discovery §3, RFC 8414 §2): configured once, never taken from a request.
package struct Issuer: Sendable, Equatable, CustomStringConvertible {
    /// As it stands in tokens: no slash at its end.
    package let value: String
    package let isTLS: Bool
    package let host: String
    /// As written, nil for the scheme's own.
    package let port: Int?
    /// Such as `/oidc`; empty for an issuer at the root of its host.
    package let path: String

    /// Throws what is wrong, in words for the administrator. Plain http is for loopback only.
    package init(_ value: String) throws(IssuerFault) {
        guard let parts = URIParts(value), let authority = parts.authority else { throw .notAbsolute }
        guard parts.scheme == "https" || (parts.scheme == "http" && authority.isLoopback) else { throw .insecure }
        guard authority.userInfo == nil, parts.query == nil, !parts.hasFragment, !value.hasSuffix("/") else {
            throw .extra
        }
        guard
            authority.host.utf8.allSatisfy({
                $0.isASCIIDigit || (0x61...0x7A).contains($0) || ".-[]:".utf8.contains($0)
            })
        else { throw .host }
        let path = String(authority.afterPort)
        guard path.split(separator: "/").allSatisfy({ $0.utf8.allSatisfy(\.isUnreserved) && $0 != "." && $0 != ".." }),
            !path.contains("//")
        else { throw .path }
        self.value = value
        self.path = path
        isTLS = parts.scheme == "https"
        host = String(authority.host)
        port = authority.port.flatMap { Int($0) }
    }

    /// Scheme, host and port: what a browser calls the origin (RFC 6454 §6.2).
    package var origin: String { String(value.dropLast(path.utf8.count)) }

    /// An endpoint's URL, such as `https://login.example.com/oidc/token`.
    package func endpoint(_ name: String) -> String { "\(value)/\(name)" }

    package var description: String { value }
}

/// What is wrong with an issuer.
package enum IssuerFault: String, Error, Sendable {
    case notAbsolute = "is not an absolute URL, such as https://login.example.com/oidc"
    case insecure = "must be https; http is for localhost, 127.0.0.1 and [::1] only"
    case extra = "must have no user, query, fragment or slash at its end"
    case host = "must have a host of lower-case letters, digits, dots and hyphens"
    case path = "must have a path of letters, digits, and - . _ ~ between single slashes"
}
