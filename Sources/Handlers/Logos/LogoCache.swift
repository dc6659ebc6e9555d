import OIDCLogic

/// The logos of apps, fetched when a page shows one, and at most once a day.
final class LogoCache: Sendable {
    /// In seconds.
    static let maxAge: Int64 = 86_400
    /// In seconds: between two fetches of what was none.
    static let pause: Int64 = 300

    private let outbound: any Outbound
    private let cache: FetchCache<Logo?>

    /// - Parameter limit: logos to keep.
    init(_ outbound: any Outbound, limit: Int = 64, now: @escaping Clock) {
        self.outbound = outbound
        cache = FetchCache(limit: limit, now: now)
    }

    /// Nil: there is none to show, or not now.
    func logo(at uri: WebURI) -> Logo? {
        cache.value(at: uri) {
            do throws(OutboundError) {
                let answer = try outbound.get(uri, maximumBytes: Logo.limit)
                let logo = answer.status == 200 ? Logo(answer.body) : nil
                return (logo, logo == nil ? Self.pause : Self.maxAge)
            } catch {
                return (nil, error == .busy ? 0 : Self.pause)
            }
        }
    }
}
