import JOSE
import Logging
import OIDCLogic
import Synchronization

/// Lets signing keys change by themselves, as ``SigningKeyPlan`` has it. Every process that holds `signing.key` looks, and
/// of those that find the same to be done one does it.
final class SigningKeyUpkeep: Sendable {
    /// In seconds.
    static let interval: Int64 = 60

    private let lifetimes: Lifetimes
    private let seal: Seal
    private let now: Clock
    private let log: Logger
    /// What was logged last, so that a fault that stays is told once.
    private let fault = Mutex<String?>(nil)

    init(lifetimes: Lifetimes, seal: Seal, now: @escaping Clock, log: Logger) {
        self.lifetimes = lifetimes
        self.seal = seal
        self.now = now
        self.log = log
    }

    func look(at store: some Store) {
        do {
            let keys = SigningKeyAdministration(store: store, lifetimes: lifetimes, now: now)
            for rotation in try keys.keepPlan(seal: seal) { tell(rotation) }
            fault.withLock { $0 = nil }
        } catch {
            let text = (error as? any AdministratorFacing)?.administratorText ?? "\(error)"
            guard
                fault.withLock({ last in
                    defer { last = text }; return last != text
                })
            else { return }
            log.error("the signing keys can't be changed", metadata: ["error": "\(text)"])
        }
    }

    private func tell(_ rotation: SigningKeyRotation) {
        let metadata: Logger.Metadata = ["alg": "\(rotation.key.algorithm.rawValue)", "kid": "\(rotation.key.keyID)"]
        switch rotation.step {
        case .published: log.notice("the next signing key is published", metadata: metadata)
        case .activated: log.notice("the next signing key signs", metadata: metadata)
        case .waiting: break
        }
    }
}
