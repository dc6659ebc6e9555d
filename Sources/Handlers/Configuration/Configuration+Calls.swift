import Outbound

extension Configuration {
    /// What makes the calls of a process that serves these handlers. One that serves nobody but those who come from an
    /// upstream, or go there, has nothing to do but wait for it: then nearly every thread may.
    func calls(by handlers: Set<HandlerName>) -> CurlOutbound {
        let pool = pools.first { !handlers.isDisjoint(with: $0.handlers) }
        guard let pool, handlers.allSatisfy(\.isOfUpstreams) else { return outbound.calls }
        return outbound.calls(atOnce: max(outbound.callsAtOnce, pool.threads * 3 / 4))
    }
}
