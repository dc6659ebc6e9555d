import OIDCLogic

/// What was seen and is worth keeping, though nobody waits for it: it may be dropped.
struct Observations: Sendable {
    var refusals: [RefusalRecord] = []
    /// When a client was last used.
    var uses: [ClientID: Timestamp] = [:]
    /// How often the token service did something.
    var events: [TokenServiceHour: Int] = [:]

    /// How it goes with upstreams.
    var upstreams: [UpstreamName: UpstreamSeen] = [:]

    var isEmpty: Bool { refusals.isEmpty && uses.isEmpty && events.isEmpty && upstreams.isEmpty }
}

/// Observations that wait to be written, apart from all other writes.
struct ObservationQueue: Sendable {
    /// How many refusals may wait at once.
    static let refusalLimit = 200
    /// How many clients' uses may. One that is dropped comes again with the client's next request.
    static let useLimit = 10_000
    /// How many counts of the token service's events may, if nothing can be written for long.
    static let eventLimit = 1000
    /// How many upstreams may have something that waits.
    static let upstreamLimit = 1000
    /// In milliseconds: how often they are written.
    static let interval: Int64 = 1000

    private var waiting = Observations()
    private var sampling = RefusalSampling()
    private var skipped = 0
    /// By the clock that nobody sets.
    private var due: Int64?
    /// Whether the writer has taken some, and isn't done with them.
    private var isBusy = false

    var isSettled: Bool { waiting.isEmpty && !isBusy }

    mutating func offer(_ refusal: RefusalRecord) -> RefusalOffer {
        guard waiting.refusals.count < Self.refusalLimit, sampling.admits(at: refusal.at) else {
            skipped += 1
            return .dropped
        }
        waiting.refusals.append(refusal)
        defer { skipped = 0 }
        return .taken(skipped: skipped)
    }

    /// False: it is dropped.
    mutating func offer(useOf client: ClientID, at now: Timestamp) -> Bool {
        guard waiting.uses.count < Self.useLimit || waiting.uses[client] != nil else { return false }
        waiting.uses[client] = max(now, waiting.uses[client] ?? now)
        return true
    }

    /// True: it is the first thing that waits.
    mutating func count(_ event: TokenServiceHour) -> Bool {
        guard waiting.events.count < Self.eventLimit || waiting.events[event] != nil else { return false }
        let isFirst = waiting.isEmpty
        waiting.events[event, default: 0] += 1
        return isFirst
    }

    /// True: it is the first thing that waits.
    mutating func note(_ event: UpstreamEvent, of upstream: UpstreamName, at now: Timestamp) -> Bool {
        guard waiting.upstreams.count < Self.upstreamLimit || waiting.upstreams[upstream] != nil else { return false }
        let isFirst = waiting.isEmpty
        waiting.upstreams[upstream, default: UpstreamSeen()].note(event, at: now)
        return isFirst
    }

    var isDue: Bool { !waiting.isEmpty && pauseLeft == nil }

    /// In milliseconds; nil: it is over.
    var pauseLeft: Int64? {
        guard let due else { return nil }
        let left = due - Monotonic.milliseconds
        return left > 0 ? left : nil
    }

    mutating func take() -> Observations {
        defer { waiting = Observations() }
        isBusy = !waiting.isEmpty
        return waiting
    }

    /// `left`: what could not be written now, and is to be tried again.
    mutating func didWrite(_ left: Observations = Observations()) {
        waiting.refusals = (left.refusals + waiting.refusals).suffix(Self.refusalLimit)
        waiting.uses.merge(left.uses, uniquingKeysWith: max)
        waiting.events.merge(left.events, uniquingKeysWith: +)
        for (name, seen) in left.upstreams { waiting.upstreams[name, default: UpstreamSeen()].follow(seen) }
        due = Monotonic.milliseconds + Self.interval
        isBusy = false
    }
}
