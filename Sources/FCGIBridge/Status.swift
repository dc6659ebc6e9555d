/// An HTTP status code (RFC 9110 section 15) with its reason phrase.
///
/// The reason is a literal, so no request data can come into the status line.
package struct Status: Hashable, Sendable {
    package let code: Int
    package let reason: String

    /// - Precondition: `code` has three digits and `reason` is printable ASCII.
    package init(_ code: Int, _ reason: StaticString) {
        let text = "\(reason)"
        precondition((200...599).contains(code) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        self.code = code
        self.reason = text
    }

    package static let ok = Self(200, "OK")
    package static let created = Self(201, "Created")
    package static let noContent = Self(204, "No Content")
    package static let found = Self(302, "Found")
    package static let seeOther = Self(303, "See Other")
    package static let notModified = Self(304, "Not Modified")
    package static let badRequest = Self(400, "Bad Request")
    package static let unauthorized = Self(401, "Unauthorized")
    package static let forbidden = Self(403, "Forbidden")
    package static let notFound = Self(404, "Not Found")
    package static let methodNotAllowed = Self(405, "Method Not Allowed")
    package static let notAcceptable = Self(406, "Not Acceptable")
    package static let conflict = Self(409, "Conflict")
    package static let gone = Self(410, "Gone")
    package static let preconditionFailed = Self(412, "Precondition Failed")
    package static let contentTooLarge = Self(413, "Content Too Large")
    package static let unsupportedMediaType = Self(415, "Unsupported Media Type")
    package static let unprocessableContent = Self(422, "Unprocessable Content")
    package static let preconditionRequired = Self(428, "Precondition Required")
    package static let tooManyRequests = Self(429, "Too Many Requests")
    package static let internalServerError = Self(500, "Internal Server Error")
    package static let badGateway = Self(502, "Bad Gateway")
    package static let serviceUnavailable = Self(503, "Service Unavailable")

    /// RFC 9110 sections 15.3.5 and 15.4.5: these never have content.
    var hasContent: Bool { code != 204 && code != 304 }
}
