/// A cookie to be set (RFC 6265 section 4.1), always for this host alone: there is no `Domain`.
package struct SetCookie: Hashable, Sendable {
    /// When the browser sends the cookie with requests that another site began.
    package enum SameSite: String, Sendable {
        case strict = "Strict"
        case lax = "Lax"
        case none = "None"
    }

    package let name: String
    package private(set) var value: String
    package let path: String
    package private(set) var maxAge: Int?
    package let secure: Bool
    package let httpOnly: Bool
    package let sameSite: SameSite

    /// - Parameters:
    ///   - value: `cookie-octet`s, without quotes; empty is allowed.
    ///   - path: begins with a slash.
    ///   - maxAge: seconds; 0 removes the cookie; `nil` lets it end with the browser's session.
    /// - Returns: `nil` if a browser would misread or drop the cookie: a name that is no token, a value or path
    ///   with other bytes, `__Host-` without `Secure` and `Path=/`, `__Secure-` or `SameSite=None` without `Secure`.
    package init?(
        name: String, value: String, path: String = "/", maxAge: Int? = nil, secure: Bool, httpOnly: Bool = true,
        sameSite: SameSite = .lax
    ) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenByte), value.utf8.allSatisfy(\.isCookieOctet),
            path.utf8.first == 0x2F, path.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x3B })
        else { return nil }
        guard secure || sameSite != .none else { return nil }
        // Browsers compare the prefixes without regard to case (RFC 6265bis section 5.7).
        let lowercased = name.utf8.map(\.asciiLowercased)
        if lowercased.starts(with: "__host-".utf8) {
            guard secure, path.utf8.elementsEqual("/".utf8) else { return nil }
        } else if lowercased.starts(with: "__secure-".utf8) {
            guard secure else { return nil }
        }
        self.name = name
        self.value = value
        self.path = path
        self.maxAge = maxAge
        self.secure = secure
        self.httpOnly = httpOnly
        self.sameSite = sameSite
    }

    /// The same cookie with another value, one of the program's own making.
    ///
    /// - Precondition: `value` is made of `cookie-octet`s.
    package func holding(_ value: String, maxAge: Int? = nil) -> SetCookie {
        precondition(value.utf8.allSatisfy(\.isCookieOctet))
        var cookie = self
        cookie.value = value
        cookie.maxAge = maxAge
        return cookie
    }

    /// The same cookie for another path; `nil` as in `init`.
    package func at(path: String) -> SetCookie? {
        SetCookie(
            name: name, value: value, path: path, maxAge: maxAge, secure: secure, httpOnly: httpOnly,
            sameSite: sameSite)
    }

    var headerValue: HeaderValue {
        var text = "\(name)=\(value); Path=\(path)"
        if let maxAge { text += "; Max-Age=\(maxAge)" }
        if secure { text += "; Secure" }
        if httpOnly { text += "; HttpOnly" }
        text += "; SameSite=\(sameSite.rawValue)"
        return HeaderValue(checked: text)
    }
}

extension UInt8 {
    /// RFC 6265 section 4.1.1.
    fileprivate var isCookieOctet: Bool {
        switch self {
        case 0x21, 0x23...0x2B, 0x2D...0x3A, 0x3C...0x5B, 0x5D...0x7E: true
        default: false
        }
    }
}
