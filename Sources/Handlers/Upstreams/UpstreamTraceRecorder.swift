import JOSE
import Logging
import OIDCLogic
import Synchronization

/// Notes the steps of one sign-in that an administrator wants to see.
final class UpstreamTraceRecorder: Sendable {
    let id: UpstreamTraceID
    private let now: Clock
    /// Those that aren't kept yet, and whether one of all of them was the end.
    private let state = Mutex((steps: [UpstreamTrace.Step](), isOver: false))

    init(_ id: UpstreamTraceID, now: @escaping Clock) {
        self.id = id
        self.now = now
    }

    /// - Parameter outcome: what it is the end with, after which nothing is noted.
    func note(_ what: String, _ details: JSON = .null, outcome: UpstreamTrace.Outcome? = nil) {
        let step = UpstreamTrace.Step(at: now(), what, details, outcome: outcome)
        state.withLock { state in
            guard !state.isOver else { return }
            state.steps.append(step)
            state.isOver = outcome != nil
        }
    }

    /// What kept the user out. It is the end.
    func fail(_ what: String) { note(what, outcome: .refused) }

    /// What can't be kept is lost: nobody is kept out by what is only to be looked at.
    func save(in store: any Store, log: Logger) {
        let steps = state.withLock { state in
            defer { state.steps = [] }
            return state.steps
        }
        do { try store.record(steps, of: id, at: now()) } catch {
            log.warning("a trace can't be kept", metadata: ["error": "\(error)"])
        }
    }
}
