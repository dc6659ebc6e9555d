import JOSE
import Logging
import OIDCLogic
import Synchronization

/// The upstreams of the store, read once for each state of them, for all threads of a process.
final class StoredUpstreams: Sendable {
    private struct State {
        var declarations: [UpstreamDeclaration] = []
        var upstreams: [Upstream] = []
        var secrets: [UpstreamName: UpstreamSecret] = [:]
    }

    private let state = Mutex(State())
    private let seal: Seal
    private let log: Logger

    init(seal: Seal, log: Logger) {
        self.seal = seal
        self.log = log
    }

    /// One that can't be read is left out, and the log says why: a newer release may have written it.
    func upstreams(_ declarations: [UpstreamDeclaration]) -> [Upstream] {
        state.withLock { state in
            guard state.declarations != declarations else { return state.upstreams }
            state = State(declarations: declarations)
            for declaration in declarations {
                do {
                    let reading = try UpstreamDeclarationReading()
                    state.upstreams.append(try reading.upstream(declaration.name.value, declaration.members))
                    state.secrets[declaration.name] = try declaration.sealedSecret.map {
                        try UpstreamSecret(sealed: $0, of: declaration.name, opening: seal)
                    }
                } catch {
                    state.upstreams.removeAll { $0.name == declaration.name }
                    log.error(
                        "an upstream of the store can't be used",
                        metadata: ["upstream": "\(declaration.name)", "error": "\(error)"])
                }
            }
            return state.upstreams
        }
    }

    /// Of the upstreams that were asked for last.
    func secret(of upstream: UpstreamName) -> UpstreamSecret? { state.withLock { $0.secrets[upstream] } }
}
