import OIDCLogic

/// Refusals that wait to be written, apart from all other writes. They are few, and each may be dropped.
struct RefusalQueue: Sendable {
    /// What may wait at once.
    static let limit = 200
    /// In milliseconds: how often they are written.
    static let interval: Int64 = 1000

    private var waiting: [RefusalRecord] = []
    private var sampling = RefusalSampling()
    private var skipped = 0
    /// By the clock that nobody sets.
    private var due: Int64?
    /// Whether the writer has taken some, and isn't done with them.
    private var isBusy = false

    var isSettled: Bool { waiting.isEmpty && !isBusy }

    mutating func offer(_ refusal: RefusalRecord) -> RefusalOffer {
        guard waiting.count < Self.limit, sampling.admits(at: refusal.at) else {
            skipped += 1
            return .dropped
        }
        waiting.append(refusal)
        defer { skipped = 0 }
        return .taken(skipped: skipped)
    }

    var isDue: Bool { !waiting.isEmpty && pauseLeft == nil }

    /// In milliseconds; nil: it is over.
    var pauseLeft: Int64? {
        guard let due else { return nil }
        let left = due - Monotonic.milliseconds
        return left > 0 ? left : nil
    }

    mutating func take() -> [RefusalRecord] {
        defer { waiting = [] }
        isBusy = !waiting.isEmpty
        return waiting
    }

    /// `left`: what could not be written now, and is to be tried again.
    mutating func didWrite(_ left: [RefusalRecord] = []) {
        waiting = (left + waiting).suffix(Self.limit)
        due = Monotonic.milliseconds + Self.interval
        isBusy = false
    }
}
