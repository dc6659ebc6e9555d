import Dispatch
import OIDCLogic
import Synchronization

/// What others publish, fetched when it is needed and kept for as long as its caching says. One fetch from a place is under
/// way at a time; the others take what is there, or wait for it. While a place is down, what it said before still serves.
final class PublishedCache<Place: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        var known: Fetched<Value>?
        var fetchedAt = Timestamp(0)
        /// Why the last fetch came to nothing, and when that was.
        var fault: (fault: FetchFault, at: Timestamp)?
        /// When it was last fetched because a key was missed.
        var missedAt: Timestamp?
        var usedAt = Timestamp(0)
        /// Whoever fetches is in it.
        var flight: DispatchGroup?

        /// What is known, if it is no older than its freshness and `grace` seconds.
        func value(_ grace: Int64 = 0, at now: Timestamp) -> Value? {
            known.flatMap { fetchedAt.isWithin($0.maxAge + grace, of: now) ? $0.value : nil }
        }

        func recentFault(at now: Timestamp) -> FetchFault? {
            fault.flatMap { $0.at.isWithin(PublishedTimes.pause, of: now) ? $0.fault : nil }
        }
    }

    private enum Step {
        case take(Value)
        case refuse(FetchFault)
        case wait(DispatchGroup)
        case fetch(DispatchGroup)
        case leaveIt
    }

    private let outbound: any Outbound
    private let limit: Int
    private let grace: Int64
    private let now: Clock
    private let fetch: @Sendable (Place, any Outbound) throws(FetchFault) -> Fetched<Value>
    private let entries = Mutex<[Place: Entry]>([:])

    /// - Parameters:
    ///   - limit: values to keep.
    ///   - grace: in seconds: how long a value outlives its freshness while its place is down.
    init(
        _ outbound: any Outbound, limit: Int = 256, grace: Int64 = PublishedTimes.grace, now: @escaping Clock,
        fetch: @escaping @Sendable (Place, any Outbound) throws(FetchFault) -> Fetched<Value>
    ) {
        self.outbound = outbound
        self.limit = limit
        self.grace = grace
        self.now = now
        self.fetch = fetch
    }

    /// What is published there, as lately as its caching allows.
    func value(at place: Place) throws(FetchFault) -> Value {
        let step = enter(place) { entry, now in
            if let value = entry.value(at: now) { return .take(value) }
            let stale = entry.value(grace, at: now)
            if let flight = entry.flight { return stale.map(Step.take) ?? .wait(flight) }
            if let fault = entry.recentFault(at: now) { return stale.map(Step.take) ?? .refuse(fault) }
            return .fetch(DispatchGroup())
        }
        guard let value = try outcome(of: step, at: place) else { throw .unreachable("there is nothing yet") }
        return value
    }

    /// The same once more, for whoever missed something in it. Nil: it was fetched too lately to be fetched again.
    func newerValue(at place: Place) throws(FetchFault) -> Value? {
        let step = enter(place) { entry, now in
            if let flight = entry.flight { return .wait(flight) }
            if let missedAt = entry.missedAt, missedAt.isWithin(PublishedTimes.pause, of: now) { return .leaveIt }
            if let fault = entry.recentFault(at: now) { return .refuse(fault) }
            entry.missedAt = now
            return .fetch(DispatchGroup())
        }
        return try outcome(of: step, at: place)
    }

    /// Decides on an entry. Whoever is to fetch has begun to, once this returns.
    private func enter(_ place: Place, _ decide: (inout Entry, Timestamp) -> Step) -> Step {
        let now = now()
        return entries.withLock { entries in
            if entries[place] == nil, entries.count >= limit { Self.makeRoom(in: &entries) }
            var entry = entries[place] ?? Entry()
            entry.usedAt = now
            let step = decide(&entry, now)
            if case .fetch(let flight) = step {
                flight.enter()
                entry.flight = flight
            }
            entries[place] = entry
            return step
        }
    }

    /// The one that was used the longest ago goes.
    private static func makeRoom(in entries: inout [Place: Entry]) {
        let oldest = entries.filter { $0.value.flight == nil }.min { $0.value.usedAt < $1.value.usedAt }
        if let oldest { entries.removeValue(forKey: oldest.key) }
    }

    private func outcome(of step: Step, at place: Place) throws(FetchFault) -> Value? {
        switch step {
        case .take(let value): return value
        case .refuse(let fault): throw fault
        case .wait(let flight): return try wait(for: flight, at: place)
        case .fetch(let flight): return try fetch(place, flight)
        case .leaveIt: return nil
        }
    }

    private func fetch(_ place: Place, _ flight: DispatchGroup) throws(FetchFault) -> Value {
        defer { flight.leave() }
        do throws(FetchFault) {
            let fetched = try fetch(place, outbound)
            land(place) { entry, now in
                entry.known = fetched
                entry.fetchedAt = now
                entry.fault = nil
            }
            return fetched.value
        } catch {
            let stale = land(place) { entry, now in
                if case .busy = error { entry.missedAt = nil } else { entry.fault = (error, now) }
                return entry.value(grace, at: now)
            }
            // What is old is better than nothing while nothing new can be had.
            guard let stale else { throw error }
            return stale
        }
    }

    @discardableResult
    private func land<Result>(_ place: Place, _ body: (inout Entry, Timestamp) -> Result) -> Result {
        let now = now()
        return entries.withLock { entries in
            var entry = entries[place] ?? Entry()
            defer { entries[place] = entry }
            entry.flight = nil
            return body(&entry, now)
        }
    }

    private func wait(for flight: DispatchGroup, at place: Place) throws(FetchFault) -> Value {
        do throws(OutboundError) {
            try outbound.waiting { _ = flight.wait(timeout: .now() + PublishedTimes.patience) }
        } catch {
            throw .busy
        }
        let now = now()
        let entry = entries.withLock { $0[place] } ?? Entry()
        if let value = entry.value(grace, at: now) { return value }
        throw entry.recentFault(at: now) ?? .busy
    }
}

/// In which rhythm it is asked.
enum PublishedTimes {
    /// In seconds. Between two fetches after a failure, or because something was missed.
    static let pause: Int64 = 60
    /// In seconds: how long keys outlive their freshness.
    static let grace: Int64 = 86_400
    /// A call takes 5 s at most, and discovery needs two, so whoever waits longer waits for nothing.
    static let patience = DispatchTimeInterval.seconds(11)
}
