/// What a handler answers. The bridge adds `Status` and `Content-Length`, and leaves the body out for HEAD.
package struct Response: Sendable, Equatable {
    package struct Header: Sendable, Equatable {
        package let name: HeaderName
        package let value: HeaderValue
    }

    package var status: Status
    package private(set) var headers: [Header] = []
    package var body: [UInt8] = []

    package init(status: Status) {
        self.status = status
    }

    package init(status: Status = .ok, contentType: HeaderValue, body: [UInt8]) {
        self.status = status
        self.body = body
        headers = [Header(name: .contentType, value: contentType)]
    }

    package init(status: Status = .ok, contentType: HeaderValue, body: String) {
        self.init(status: status, contentType: contentType, body: Array(body.utf8))
    }

    /// An answer that leads elsewhere; after a POST that is `.seeOther` (RFC 9110 section 15.4.4).
    package static func redirect(_ status: Status, to location: HeaderValue) -> Self {
        var response = Self(status: status)
        response[.location] = location
        return response
    }

    /// The first value of that name. Setting replaces every value of that name, or removes them with `nil`.
    package subscript(name: HeaderName) -> HeaderValue? {
        get { headers.first { $0.name == name }?.value }
        set {
            headers.removeAll { $0.name == name }
            if let newValue { headers.append(Header(name: name, value: newValue)) }
        }
    }

    /// Adds a header beside those of the same name.
    package mutating func append(_ name: HeaderName, _ value: HeaderValue) {
        headers.append(Header(name: name, value: value))
    }

    /// Adds a `Set-Cookie` header.
    package mutating func setCookie(_ cookie: SetCookie) {
        append(.setCookie, cookie.headerValue)
    }
}
