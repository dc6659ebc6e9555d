/// Why the bridge answers in a handler's place.
package enum Failure: Sendable {
    /// nginx named no handler, or one that this process doesn't serve.
    case unknownHandler
    /// The bridge adds the `Allow` header.
    case methodNotAllowed(allowed: [Method])
    /// `CONTENT_LENGTH` is no number.
    case malformedContentLength
    /// The body ended before it was as long as announced.
    case incompleteBody
    /// The limit is in bytes.
    case bodyTooLarge(limit: Int)
    /// The handler threw.
    case threw(any Error)
    /// The handler's header block was this long, in bytes, which is more than the web server takes.
    case headersTooLarge(bytes: Int)

    /// The status to answer with.
    package var status: Status {
        switch self {
        case .unknownHandler: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .malformedContentLength, .incompleteBody: .badRequest
        case .bodyTooLarge: .contentTooLarge
        case .threw, .headersTooLarge: .internalServerError
        }
    }
}
