import JOSE

/// Calls to servers of others: clients' keys, upstreams, logout. All go one way, which has limits of its own.
package protocol Outbound: Sendable {
    /// One call. Follows no redirect, is never repeated, and answers whatever the status is.
    ///
    /// Throws ``OutboundError``.
    func answer(to call: OutboundCall) throws(OutboundError) -> OutboundAnswer

    /// One POST of a form. Follows no redirect, is never repeated, and answers the status, whatever it is: what the answer
    /// says besides is nobody's business.
    ///
    /// Throws ``OutboundError``.
    func post(_ fields: [(name: String, value: String)], to uri: WebURI) throws(OutboundError) -> Int

    /// Whether no call to it is ever made, as far as it says itself: it has an address in the place of a name, and that isn't
    /// allowed.
    func refuses(_ uri: WebURI) -> Bool

    /// Waits for someone else's call by `wait`, as one of those that may be under way at once. Throws
    /// ``OutboundError/busy``.
    func waiting(_ wait: () -> Void) throws(OutboundError)
}

extension Outbound {
    /// One GET.
    ///
    /// Throws ``OutboundError``.
    package func get(_ uri: WebURI, maximumBytes: Int) throws(OutboundError) -> OutboundAnswer {
        try answer(to: OutboundCall(uri, maximumBytes: maximumBytes))
    }
}

package struct OutboundCall: Sendable {
    package let uri: WebURI
    /// What is posted, as a form; nil: it is a GET.
    package let form: [(name: String, value: String)]?
    /// RFC 9110 §11.6.2. It holds a secret, so nothing shows it.
    package let authorization: Secret<OutboundCall>?
    /// RFC 9110 §12.5.1; nil: whatever there is.
    package let accepts: String?
    /// Of the answer. A longer one is none.
    package let maximumBytes: Int

    package init(
        _ uri: WebURI, form: [(name: String, value: String)]? = nil, authorization: Secret<OutboundCall>? = nil,
        accepts: String? = nil, maximumBytes: Int
    ) {
        self.uri = uri
        self.form = form
        self.authorization = authorization
        self.accepts = accepts
        self.maximumBytes = maximumBytes
    }
}

package struct OutboundAnswer: Sendable {
    package let status: Int
    /// RFC 9111 §5.2.
    package let cacheControl: String?
    package let body: [UInt8]
    /// RFC 9110 §8.3.
    package let contentType: String?
    /// What the server's clock says (RFC 9110 §6.6.1).
    package let date: Timestamp?
    /// Where a redirect leads (RFC 9110 §10.2.2), which isn't followed.
    package let location: String?
    /// Whether the server says that it was asked too much, whatever the status: by `Retry-After` (RFC 9110 §10.2.3) or, as GitHub
    /// does with a 403, by `X-RateLimit-Remaining: 0`.
    package let isRateLimited: Bool

    package init(
        status: Int, cacheControl: String?, body: [UInt8], contentType: String? = nil, date: Timestamp? = nil,
        location: String? = nil, isRateLimited: Bool = false
    ) {
        self.status = status
        self.cacheControl = cacheControl
        self.contentType = contentType
        self.date = date
        self.location = location
        self.isRateLimited = isRateLimited
        self.body = body
    }
}

/// Why a call came to nothing. The texts are for the log.
package enum OutboundError: Error, Sendable, Equatable {
    /// So many are under way in this process that none of its threads may be kept by another.
    case busy
    /// No connection, no trust: whoever was called knows nothing of it.
    case unreachable(String)
    /// The request was sent, and no answer came, or none in time: it may have been done all the same.
    case unanswered(String)
    /// The configuration doesn't allow the address or the scheme.
    case forbidden(String)
    /// The answer is longer than was asked for.
    case tooLong
}

extension WebURI {
    package var isHTTPS: Bool { value.hasPrefix("https:") }
}
