import OIDCLogic

/// Lets the keys change by themselves that upstreams know us by. It belongs to one thread, as its provider does.
final class UpstreamKeyUpkeep {
    private let provider: Provider
    private var fault: String?

    init(_ provider: Provider) { self.provider = provider }

    func look() {
        do {
            for upstream in try provider.signInOptions().upstreams where upstream.authentication == .privateKeyJWT {
                try provider.upstreamKeys.keepPlan(for: upstream)
            }
            fault = nil
        } catch {
            let text = "\(error)"
            if text != fault {
                provider.log.error("the keys for upstreams can't be changed", metadata: ["error": "\(text)"])
            }
            fault = text
        }
    }
}
