import JOSE

/// A URI that a client has registered to receive answers at (RFC 6749 §3.1.2).
package struct RedirectURI: Sendable, Hashable, CustomStringConvertible {
    package let value: String

    /// In bytes.
    static let limit = 1024

    /// Throws what is wrong with it, in words for whoever registers it.
    ///
    /// Web: https, or http on loopback. Native (RFC 8252 §7): also private-use schemes, which hold a dot.
    ///
    /// - Parameter answer: what is added to it.
    package init(
        registering value: String, for type: ApplicationType, answer: AnswerParameters = .authorization
    ) throws(RedirectURIFault) {
        guard value.utf8.count <= Self.limit else { throw .tooLong }
        guard let parts = URIParts(value) else { throw .notAbsolute }
        guard !parts.hasFragment else { throw .fragment }
        guard !value.utf8.contains(UInt8(ascii: "*")) else { throw .wildcard }
        guard !value.utf8.contains(UInt8(ascii: "\\")) else { throw .notAbsolute }
        guard parts.authority?.userInfo == nil else { throw .userInfo }
        guard value.utf8.allSatisfy(\.isURICharacter), Self.hasWholeEscapes(value) else { throw .character }
        guard !Self.servers.contains(parts.scheme) || (parts.authority?.hasPlainHost ?? true) else { throw .host }
        if let query = parts.query, answer.has(aNameOf: query) { throw answer.fault }
        guard parts.scheme.utf8.allSatisfy({ !(0x41...0x5A).contains($0) }),
            parts.authority?.host.utf8.allSatisfy({ !(0x41...0x5A).contains($0) }) ?? true
        else { throw .upperCase }
        switch (parts.scheme, parts.authority, type) {
        case ("https", .some, _): break
        case ("http", .some(let authority), _) where authority.isLoopback: break
        case ("http", _, _): throw .insecure
        case ("https", nil, _): throw .notAbsolute
        case (let scheme, _, .native) where scheme.contains("."): break
        case (_, _, .native): throw .schemeWithoutDot
        case (_, _, .web): throw .scheme
        }
        self.value = value
    }

    /// RFC 3986 §2.1: a percent sign is followed by two hexadecimal digits.
    private static func hasWholeEscapes(_ value: String) -> Bool {
        value.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false).dropFirst().allSatisfy {
            rest in
            rest.prefix(2).count == 2 && rest.prefix(2).allSatisfy { UnicodeScalar($0).properties.isASCIIHexDigit }
        }
    }

    private static let servers: Set<Substring> = ["https", "http"]

    /// One that was registered before, by whatever rules there were.
    init(stored value: String) { self.value = value }

    /// Whether an authorization request may name `requested`: byte by byte the same; for native clients on loopback
    /// the port may differ (RFC 8252 §7.3, RFC 9700 §2.1).
    package func accepts(_ requested: String, from type: ApplicationType) -> Bool {
        if requested.hasSameBytes(as: value) { return true }
        guard type == .native, requested.utf8.count <= Self.limit,
            let own = URIParts(value), own.scheme == "http", let ownAuthority = own.authority, ownAuthority.isLoopback,
            let other = URIParts(requested)?.authority
        else { return false }
        return other.beforePort.utf8.elementsEqual(ownAuthority.beforePort.utf8)
            && other.afterPort.utf8.elementsEqual(ownAuthority.afterPort.utf8)
    }

    package var description: String { value }

    package static func == (one: Self, other: Self) -> Bool { one.value.hasSameBytes(as: other.value) }

    package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

/// What is wrong with a redirect URI that someone wants to register.
package enum RedirectURIFault: String, Error, Sendable {
    case tooLong = "is longer than 1024 bytes"
    case notAbsolute = "is not an absolute URI of printable ASCII, such as https://app.example.com/callback"
    case fragment = "has a fragment (#…), which RFC 6749 section 3.1.2 forbids"
    case wildcard = "has a wildcard; register each URI by itself"
    case userInfo = "has a user name before the host; leave it out"
    case host =
        "has a host that is no name and no address; write it by letters, digits, hyphens and dots, and others as xn--…"
    case upperCase = "has capitals in the scheme or host; browsers send them in lower case, so write them so"
    case character = "has a character, or a percent sign, that RFC 3986 does not allow; escape it"
    case answerParameter = "has code, state, iss or error in its query, which the answer adds itself; rename it"
    case state = "has state in its query, which the answer adds itself; rename it"
    case sessionParameter = "has iss or sid in its query, which are added to it; rename it"
    case insecure = "is http; use https, or http on localhost, 127.0.0.1 or [::1] only"
    case scheme = "has a scheme that only native applications may use; use https, or application_type native"
    case schemeWithoutDot = "has a private-use scheme without a dot; use one of your domain, such as com.example.app"
}

/// OpenID Connect Registration §2, `application_type`.
package enum ApplicationType: String, Sendable, CaseIterable {
    case web, native
}
