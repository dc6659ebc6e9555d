import Dispatch
import JOSE
import OIDCLogic
import Synchronization

/// The key sets that clients publish, fetched when they are needed and kept for as long as their caching says. One fetch
/// of a URI is under way at a time; the others take what is there, or wait for it.
final class JWKSCache: PublishedKeys {
    private struct Entry {
        var known: JWKSFetch?
        var fetchedAt = Timestamp(0)
        /// Why the last fetch came to nothing, and when that was.
        var fault: (fault: JWKSFetch.Fault, at: Timestamp)?
        /// When it was last fetched because a key was missed.
        var missedAt: Timestamp?
        var usedAt = Timestamp(0)
        /// Whoever fetches is in it.
        var flight: DispatchGroup?

        /// What is known, if it is no older than its freshness and `grace` seconds.
        func set(_ grace: Int64 = 0, at now: Timestamp) -> JWKSet? {
            known.flatMap { fetchedAt.isWithin($0.maxAge + grace, of: now) ? $0.set : nil }
        }

        func recentFault(at now: Timestamp) -> JWKSFetch.Fault? {
            fault.flatMap { $0.at.isWithin(JWKSCache.pause, of: now) ? $0.fault : nil }
        }
    }

    private enum Step {
        case take(JWKSet)
        case refuse(JWKSFetch.Fault)
        case wait(DispatchGroup)
        case fetch(DispatchGroup)
        case leaveIt
    }

    /// In seconds. Between two fetches after a failure, or because of a key that was missed.
    static let pause: Int64 = 60
    /// In seconds: how long a set outlives its freshness while its URI is down.
    static let grace: Int64 = 86_400
    /// A call takes 5 s at most, so whoever waits longer waits for nothing.
    private static let patience = DispatchTimeInterval.seconds(6)

    private let outbound: any Outbound
    private let limit: Int
    private let now: Clock
    private let entries = Mutex<[String: Entry]>([:])

    /// - Parameter limit: sets to keep.
    init(_ outbound: any Outbound, limit: Int = 256, now: @escaping Clock) {
        self.outbound = outbound
        self.limit = limit
        self.now = now
    }

    func keys(at uri: WebURI) throws(OAuthError) -> JWKSet {
        let step = enter(uri) { entry, now in
            if let set = entry.set(at: now) { return .take(set) }
            let stale = entry.set(Self.grace, at: now)
            if let flight = entry.flight { return stale.map(Step.take) ?? .wait(flight) }
            if let fault = entry.recentFault(at: now) { return stale.map(Step.take) ?? .refuse(fault) }
            return .fetch(DispatchGroup())
        }
        guard let set = try outcome(of: step, at: uri) else {
            throw .temporarilyUnavailable(cause: "there are no keys of \(uri.value)")
        }
        return set
    }

    func newerKeys(at uri: WebURI) throws(OAuthError) -> JWKSet? {
        let step = enter(uri) { entry, now in
            if let flight = entry.flight { return .wait(flight) }
            if let missedAt = entry.missedAt, missedAt.isWithin(Self.pause, of: now) { return .leaveIt }
            if let fault = entry.recentFault(at: now) { return .refuse(fault) }
            entry.missedAt = now
            return .fetch(DispatchGroup())
        }
        return try outcome(of: step, at: uri)
    }

    /// Decides on an entry. Whoever is to fetch has begun to, once this returns.
    private func enter(_ uri: WebURI, _ decide: (inout Entry, Timestamp) -> Step) -> Step {
        let now = now()
        return entries.withLock { entries in
            if entries[uri.value] == nil, entries.count >= limit { Self.makeRoom(in: &entries) }
            var entry = entries[uri.value] ?? Entry()
            entry.usedAt = now
            let step = decide(&entry, now)
            if case .fetch(let flight) = step {
                flight.enter()
                entry.flight = flight
            }
            entries[uri.value] = entry
            return step
        }
    }

    /// The one that was used the longest ago goes.
    private static func makeRoom(in entries: inout [String: Entry]) {
        let oldest = entries.filter { $0.value.flight == nil }.min { $0.value.usedAt < $1.value.usedAt }
        if let oldest { entries.removeValue(forKey: oldest.key) }
    }

    private func outcome(of step: Step, at uri: WebURI) throws(OAuthError) -> JWKSet? {
        do throws(JWKSFetch.Fault) {
            switch step {
            case .take(let set): return set
            case .refuse(let fault): throw fault
            case .wait(let flight): return try wait(for: flight, at: uri)
            case .fetch(let flight): return try fetch(uri, flight)
            case .leaveIt: return nil
            }
        } catch {
            throw OAuthError(error)
        }
    }

    private func fetch(_ uri: WebURI, _ flight: DispatchGroup) throws(JWKSFetch.Fault) -> JWKSet {
        defer { flight.leave() }
        do throws(JWKSFetch.Fault) {
            let fetched = try JWKSFetch(uri, by: outbound)
            land(uri) { entry, now in
                entry.known = fetched
                entry.fetchedAt = now
                entry.fault = nil
            }
            return fetched.set
        } catch {
            let stale = land(uri) { entry, now in
                if case .busy = error { entry.missedAt = nil } else { entry.fault = (error, now) }
                return entry.set(Self.grace, at: now)
            }
            // Old keys are better than none while new ones can't be had.
            guard let stale else { throw error }
            return stale
        }
    }

    @discardableResult
    private func land<Result>(_ uri: WebURI, _ body: (inout Entry, Timestamp) -> Result) -> Result {
        let now = now()
        return entries.withLock { entries in
            var entry = entries[uri.value] ?? Entry()
            defer { entries[uri.value] = entry }
            entry.flight = nil
            return body(&entry, now)
        }
    }

    private func wait(for flight: DispatchGroup, at uri: WebURI) throws(JWKSFetch.Fault) -> JWKSet {
        do throws(OutboundError) {
            try outbound.waiting { _ = flight.wait(timeout: .now() + Self.patience) }
        } catch {
            throw .busy
        }
        let now = now()
        let entry = entries.withLock { $0[uri.value] } ?? Entry()
        if let set = entry.set(Self.grace, at: now) { return set }
        throw entry.recentFault(at: now) ?? .busy
    }
}
