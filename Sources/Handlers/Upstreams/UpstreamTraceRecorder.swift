import JOSE
import Logging
import OIDCLogic
import Synchronization

/// Notes the steps of one sign-in that an administrator wants to see.
final class UpstreamTraceRecorder: Sendable {
    private struct State {
        var steps: [UpstreamTrace.Step] = []
        var isEnd = false
    }

    let id: UpstreamTraceID
    private let now: Clock
    private let state = Mutex(State())

    init(_ id: UpstreamTraceID, now: @escaping Clock) {
        self.id = id
        self.now = now
    }

    func note(_ what: String, _ details: JSON = .null) {
        let step = UpstreamTrace.Step(at: now(), what, details)
        state.withLock { $0.steps.append(step) }
    }

    /// What kept the user out. It is the end.
    func fail(_ what: String) {
        let step = UpstreamTrace.Step(at: now(), what, isFault: true)
        state.withLock { state in
            guard !state.isEnd else { return }
            state.steps.append(step)
            state.isEnd = true
        }
    }

    func end() { state.withLock { $0.isEnd = true } }

    /// What can't be kept is lost: nobody is kept out by what is only to be looked at.
    func save(in store: any Store, log: Logger) {
        let state = state.withLock { state in
            defer { state.steps = [] }
            return state
        }
        do { try store.record(state.steps, of: id, isEnd: state.isEnd, at: now()) } catch {
            log.warning("a trace can't be kept", metadata: ["error": "\(error)"])
        }
    }
}
