import Logging
import OIDCLogic

/// Lets the keys change by themselves that upstreams know us by. It belongs to one thread, as its store does.
final class UpstreamKeyUpkeep {
    private let keys: UpstreamKeys
    private let upstreams: [Upstream]
    private let log: Logger
    private var fault: String?

    init(_ keys: UpstreamKeys, of upstreams: [Upstream], log: Logger) {
        self.keys = keys
        self.upstreams = upstreams
        self.log = log
    }

    /// Returns that there is nothing more to do before the next.
    func look() -> Bool {
        do {
            for upstream in upstreams { try keys.keepPlan(for: upstream) }
            fault = nil
        } catch {
            let text = "\(error)"
            if text != fault { log.error("the keys for upstreams can't be changed", metadata: ["error": "\(text)"]) }
            fault = text
        }
        return false
    }
}
