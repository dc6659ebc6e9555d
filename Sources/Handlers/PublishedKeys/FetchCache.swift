import OIDCLogic
import Synchronization

/// What others publish, kept for as long as it is good.
final class FetchCache<Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let fetchedAt: Timestamp
        /// In seconds.
        let maxAge: Int64
    }

    private let limit: Int
    private let now: Clock
    private let entries = Mutex<[WebURI: Entry]>([:])

    /// - Parameter limit: values to keep.
    init(limit: Int, now: @escaping Clock) {
        self.limit = limit
        self.now = now
    }

    /// - Parameter fetch: gives the value, and for how many seconds it is good; for none it isn't kept.
    func value(at uri: WebURI, fetch: () -> (value: Value, maxAge: Int64)) -> Value {
        let time = now()
        if let known = entries.withLock({ $0[uri] }), known.fetchedAt.isWithin(known.maxAge, of: time) {
            return known.value
        }
        let (value, maxAge) = fetch()
        if maxAge > 0 { keep(Entry(value: value, fetchedAt: now(), maxAge: maxAge), of: uri) }
        return value
    }

    /// The one that was fetched the longest ago makes room.
    private func keep(_ entry: Entry, of uri: WebURI) {
        entries.withLock { entries in
            if entries[uri] == nil, entries.count >= limit,
                let oldest = entries.min(by: { $0.value.fetchedAt < $1.value.fetchedAt })
            {
                entries.removeValue(forKey: oldest.key)
            }
            entries[uri] = entry
        }
    }
}
