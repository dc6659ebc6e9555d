import OIDCLogic
import Synchronization

/// Spares everybody the wait for a server that hangs: after a few calls in a row that came to nothing, none is made for a
/// while but one now and then that tries.
final class CircuitBreaker: Sendable {
    /// Failures in a row.
    static let limit = 3
    /// In seconds, from one try to the next.
    static let pause: Int64 = 10

    private struct State {
        var failures = 0
        var triedAt = Timestamp(0)
        /// Whether others have been told that it answers.
        var isKnownToAnswer = false
    }

    private let states = Mutex<[UpstreamName: State]>([:])
    private let now: Clock

    init(now: @escaping Clock) { self.now = now }

    /// Whether a call may be made now. Whoever is told so while there is trouble is the one that tries.
    func permits(_ name: UpstreamName) -> Bool {
        let time = now()
        return states.withLock { states in
            var state = states[name] ?? State()
            guard state.failures >= Self.limit else { return true }
            guard !state.triedAt.isWithin(Self.pause, of: time) else { return false }
            state.triedAt = time
            states[name] = state
            return true
        }
    }

    /// Whether it answers, as far as is known. Whoever asks so tries nothing: a token request doesn't wait to find out.
    func isWell(_ name: UpstreamName) -> Bool { states.withLock { $0[name]?.failures ?? 0 } < Self.limit }

    /// It has answered somebody, in another process as well.
    func note(_ name: UpstreamName, answeredAt time: Timestamp) {
        states.withLock { states in
            if let state = states[name], time > state.triedAt { states[name] = nil }
        }
    }

    /// Returns what others should be told: that it has fallen silent, or that it answers; nil: nothing new.
    @discardableResult func note(_ name: UpstreamName, answered: Bool) -> UpstreamEvent? {
        let time = now()
        return states.withLock { states in
            var state = states[name] ?? State()
            defer { states[name] = state }
            state.failures = answered ? 0 : state.failures + 1
            state.triedAt = time
            if answered {
                defer { state.isKnownToAnswer = true }
                return state.isKnownToAnswer ? nil : .answered
            }
            guard state.failures == Self.limit else { return nil }
            state.isKnownToAnswer = false
            return .fellSilent
        }
    }
}
