import JOSE
import OIDCLogic

/// The key sets that others publish.
final class JWKSCache: PublishedKeys {
    private let cache: PublishedCache<KeyPlace, JWKSet>

    /// - Parameter limit: sets to keep.
    init(_ outbound: any Outbound, limit: Int = 256, now: @escaping Clock) {
        cache = PublishedCache(outbound, limit: limit, now: now) { place, outbound throws(FetchFault) in
            try Fetched(place, by: outbound)
        }
    }

    func keys(at place: KeyPlace) throws(PublishedKeysFault) -> JWKSet {
        do throws(FetchFault) { return try cache.value(at: place) } catch { throw PublishedKeysFault(error) }
    }

    func newerKeys(at place: KeyPlace) throws(PublishedKeysFault) -> JWKSet? {
        do throws(FetchFault) { return try cache.newerValue(at: place) } catch { throw PublishedKeysFault(error) }
    }
}
