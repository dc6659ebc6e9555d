import OIDCLogic

/// Asks upstreams about users whose sessions and refresh tokens live on here, so that nobody has to come back for it to be
/// noticed that they may no longer. It belongs to one thread, as its provider does.
final class UpstreamUpkeep {
    /// In seconds.
    static let interval: Int64 = 1

    private let provider: Provider
    private var fault: String?

    init(_ provider: Provider) { self.provider = provider }

    /// As many as may be asked about in a second. Returns that there is nothing more to do before the next.
    func look() -> Bool {
        var asked: [UpstreamName: Int] = [:]
        do {
            let options = try provider.signInOptions()
            guard options.upstreams.contains(where: { $0.rhythm != nil }) else { return false }
            while let link = try provider.store.takeUpstreamCheck(at: provider.now()) {
                guard let upstream = options.upstream(of: link.id), let rhythm = upstream.rhythm
                else {
                    // It was taken out of the configuration, or is never asked any more.
                    var check = link.check
                    check.nextAt = nil
                    try provider.store.record(check, of: link.id, at: provider.now())
                    continue
                }
                _ = try UpstreamRecheck(provider: provider).check(link, of: upstream)
                asked[upstream.name, default: 0] += 1
                if asked[upstream.name] ?? 0 >= rhythm.perSecond { break }
            }
            fault = nil
        } catch {
            // What was taken is due again when its lease ends.
            let text = "\(error)"
            if text != fault { provider.log.error("upstreams can't be asked", metadata: ["error": "\(text)"]) }
            fault = text
        }
        return false
    }
}
