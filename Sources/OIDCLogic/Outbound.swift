/// Calls to servers of others: clients' keys, upstreams, logout. All go one way, which has limits of its own.
package protocol Outbound: Sendable {
    /// One GET. Follows no redirect, and answers whatever the status is.
    ///
    /// Throws ``OutboundError``.
    func get(_ uri: WebURI, maximumBytes: Int) throws(OutboundError) -> OutboundAnswer

    /// Waits for someone else's call by `wait`, as one of those that may be under way at once. Throws
    /// ``OutboundError/busy``.
    func waiting(_ wait: () -> Void) throws(OutboundError)
}

package struct OutboundAnswer: Sendable {
    package let status: Int
    /// RFC 9111 §5.2.
    package let cacheControl: String?
    package let body: [UInt8]

    package init(status: Int, cacheControl: String?, body: [UInt8]) {
        self.status = status
        self.cacheControl = cacheControl
        self.body = body
    }
}

/// Why a call came to nothing. The texts are for the log.
package enum OutboundError: Error, Sendable, Equatable {
    /// So many are under way in this process that none of its threads may be kept by another.
    case busy
    /// No connection, no trust, or no answer in time.
    case unreachable(String)
    /// The configuration doesn't allow the address or the scheme.
    case forbidden(String)
    /// The answer is longer than was asked for.
    case tooLong
}

extension WebURI {
    package var isHTTPS: Bool { value.hasPrefix("https:") }
}
