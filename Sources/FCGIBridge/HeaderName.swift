/// A response header's name: a token of RFC 9110 section 5.6.2, compared without regard to case.
///
/// Names by which a handler would take over the framing, or command the web server, have no spelling here:
/// `Status`, `Content-Length`, `Transfer-Encoding`, `Connection` and their like, and `X-Accel-Redirect`.
package struct HeaderName: Sendable {
    package let text: String

    /// `nil` if `text` is not a token, or is one of the names that belong to the bridge.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy(\.isTokenByte) else { return nil }
        let name = Self(known: text)
        guard !Self.reserved.contains(name) else { return nil }
        self = name
    }

    private init(known text: String) {
        self.text = text
    }

    private static let reserved: [HeaderName] = [
        "Connection", "Content-Length", "Keep-Alive", "Status", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "X-Accel-Redirect",
    ].map(Self.init(known:))

    package static let accessControlAllowOrigin = Self(known: "Access-Control-Allow-Origin")
    package static let accessControlAllowHeaders = Self(known: "Access-Control-Allow-Headers")
    package static let accessControlAllowMethods = Self(known: "Access-Control-Allow-Methods")
    package static let accessControlMaxAge = Self(known: "Access-Control-Max-Age")
    package static let allow = Self(known: "Allow")
    package static let cacheControl = Self(known: "Cache-Control")
    package static let contentLanguage = Self(known: "Content-Language")
    package static let contentSecurityPolicy = Self(known: "Content-Security-Policy")
    package static let contentType = Self(known: "Content-Type")
    package static let eTag = Self(known: "ETag")
    package static let location = Self(known: "Location")
    package static let permissionsPolicy = Self(known: "Permissions-Policy")
    package static let pragma = Self(known: "Pragma")
    package static let referrerPolicy = Self(known: "Referrer-Policy")
    package static let retryAfter = Self(known: "Retry-After")
    package static let setCookie = Self(known: "Set-Cookie")
    package static let vary = Self(known: "Vary")
    package static let wwwAuthenticate = Self(known: "WWW-Authenticate")
    package static let xContentTypeOptions = Self(known: "X-Content-Type-Options")
    package static let xFrameOptions = Self(known: "X-Frame-Options")
}

extension HeaderName: Hashable {
    package static func == (one: Self, other: Self) -> Bool {
        one.text.utf8.lazy.map(\.asciiLowercased).elementsEqual(other.text.utf8.lazy.map(\.asciiLowercased))
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte.asciiLowercased) }
    }
}
