import OIDCLogic

/// Asks upstreams about users whose sessions and refresh tokens live on here, so that nobody has to come back for it to be
/// noticed that they may no longer. It belongs to one thread, as its provider does.
final class UpstreamUpkeep {
    /// In seconds, from one look at what is due to the next.
    static let interval: Int64 = 1
    /// Each waits for one answer at a time.
    static let threads = 4

    private let provider: Provider
    private let budget: UpstreamBudget
    private var fault: String?
    /// By which interval the checks of each are planned.
    private var planned: [UpstreamName: Int64] = [:]
    private var latest: Timestamp?

    init(_ provider: Provider, within budget: UpstreamBudget) {
        self.provider = provider
        self.budget = budget
    }

    /// Asks each upstream about one user, if it may be asked now. One that has many, or doesn't answer, keeps the others waiting
    /// for no more than one call. Whether there may be more to ask at once.
    func look() -> Bool {
        do {
            noteTime()
            var hasAsked = false
            for upstream in try provider.signInOptions().upstreams {
                guard let rhythm = upstream.rhythm else {
                    planned[upstream.name] = nil
                    continue
                }
                try plan(upstream, within: rhythm.interval)
                if try ask(upstream, by: rhythm) { hasAsked = true }
            }
            fault = nil
            return hasAsked
        } catch {
            // What was taken is due again when its lease ends.
            let text = "\(error)"
            if text != fault { provider.log.error("upstreams can't be asked", metadata: ["error": "\(text)"]) }
            fault = text
            return false
        }
    }

    /// What was planned by a clock that is set back since would be due too late.
    private func noteTime() {
        let now = provider.now()
        if let latest, now < latest { planned.removeAll() }
        latest = now
    }

    /// Whoever signed in while it was asked more rarely, or never, is asked about as soon as those of now.
    private func plan(_ upstream: Upstream, within interval: Int64) throws {
        guard planned[upstream.name] != interval else { return }
        _ = try provider.store.planUpstreamChecks(by: upstream.issuer.value, within: interval, at: provider.now())
        planned[upstream.name] = interval
    }

    private func ask(_ upstream: Upstream, by rhythm: UpstreamRhythm) throws -> Bool {
        guard budget.spend(on: upstream.name, perSecond: rhythm.perSecond, at: provider.now()) else { return false }
        if let link = try provider.store.takeUpstreamCheck(by: upstream.issuer.value, at: provider.now()) {
            _ = try UpstreamRecheck(provider: provider).check(link, of: upstream)
            // What goes wrong for one of its users needn't for the next.
            if provider.upstreams.breaker.isWell(upstream.name) { return true }
        }
        budget.rest(from: upstream.name, at: provider.now())
        return false
    }
}
