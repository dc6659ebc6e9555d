import Outbound

/// What the administrator allows of calls to servers of others.
package struct OutboundSettings: Sendable, Equatable {
    package let rules: OutboundRules
    /// A PEM file of authorities to trust in place of the system's. An absolute path.
    package let certificates: String?
    /// How many calls a process may have under way; each keeps a thread.
    package let callsAtOnce: Int

    /// What makes the calls.
    var calls: CurlOutbound { calls(atOnce: callsAtOnce) }

    /// The same for threads that no request waits for.
    func calls(atOnce limit: Int) -> CurlOutbound {
        CurlOutbound(rules: rules, certificates: certificates, limit: limit)
    }

    /// Half of the threads, unless it is said, so that the other half always serves.
    static func callsAtOnce(threads: Int) -> Int { max(1, threads / 2) }
}
