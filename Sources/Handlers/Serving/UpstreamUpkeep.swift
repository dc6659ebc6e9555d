import OIDCLogic

/// Asks upstreams about users whose sessions and refresh tokens live on here, so that nobody has to come back for it to be
/// noticed that they may no longer. It belongs to one thread, as its provider does.
final class UpstreamUpkeep {
    /// In seconds.
    static let interval: Int64 = 1

    private let provider: Provider
    private var fault: String?
    /// By which interval the checks of each are planned.
    private var planned: [UpstreamName: Int64] = [:]

    init(_ provider: Provider) { self.provider = provider }

    /// Asks each upstream about as many as it may be asked about in a second. One that has many, or doesn't answer, keeps the
    /// others waiting for no more than one call.
    func look() {
        do {
            for upstream in try provider.signInOptions().upstreams {
                guard let rhythm = upstream.rhythm else {
                    planned[upstream.name] = nil
                    continue
                }
                try plan(upstream, within: rhythm.interval)
                try ask(upstream, about: rhythm.perSecond)
            }
            fault = nil
        } catch {
            // What was taken is due again when its lease ends.
            let text = "\(error)"
            if text != fault { provider.log.error("upstreams can't be asked", metadata: ["error": "\(text)"]) }
            fault = text
        }
    }

    /// Whoever signed in while it was asked more rarely, or never, is asked about as soon as those of now.
    private func plan(_ upstream: Upstream, within interval: Int64) throws {
        guard planned[upstream.name] != interval else { return }
        _ = try provider.store.planUpstreamChecks(by: upstream.issuer.value, within: interval, at: provider.now())
        planned[upstream.name] = interval
    }

    private func ask(_ upstream: Upstream, about count: Int) throws {
        for _ in 0..<count {
            guard let link = try provider.store.takeUpstreamCheck(by: upstream.issuer.value, at: provider.now())
            else { return }
            if case .unreachable = try UpstreamRecheck(provider: provider).check(link, of: upstream) { return }
        }
    }
}
