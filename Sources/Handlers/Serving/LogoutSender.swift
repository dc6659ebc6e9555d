import JOSE
import Logging
import OIDCLogic

/// Tells clients of ended sessions (Back-Channel Logout 1.0 §2.5), in every process that can sign: at least once, by a token
/// of its own for each attempt. It belongs to one thread, as its store and its keys do.
final class LogoutSender {
    /// In each process: whoever hangs keeps one of them.
    static let threads = 3
    /// In seconds: how soon a client is told.
    static let interval: Int64 = 1
    /// How many are delivered for one entry of what came of them: token requests wait for the same disk.
    private static let limit = 20

    private let issuer: Issuer
    private let store: any Store
    private let keys: KeyRing
    private let outbound: any Outbound
    private let now: Clock
    private let random: SystemRandom
    private let log: Logger
    /// What was logged last, so that a fault that stays is told once.
    private var fault: String?

    init(
        issuer: Issuer, store: any Store, keys: KeyRing, outbound: any Outbound, now: @escaping Clock,
        random: SystemRandom, log: Logger
    ) {
        self.issuer = issuer
        self.store = store
        self.keys = keys
        self.outbound = outbound
        self.now = now
        self.random = random
        self.log = log
    }

    /// Tells one client of what is due. Returns whether there may be more.
    ///
    /// - Parameter mayGoOn: asked before each further attempt.
    func sendNext(while mayGoOn: () -> Bool = { true }) -> Bool {
        do {
            let start = now()
            let deliveries = try store.takeLogoutDeliveries(limit: Self.limit, at: start)
            guard let first = deliveries.first else { return false }
            // It was removed since: its deliveries are gone with it.
            guard let client = try store.client(first.clientID) else { return true }
            var outcomes: [LogoutDelivery.Outcome] = []
            for delivery in deliveries {
                outcomes.append(try send(delivery, to: client))
                guard !outcomes.meetOutage, start.isWithin(LogoutDelivery.turn, of: now()), mayGoOn() else { break }
            }
            try record(outcomes, for: first)
            fault = nil
            return true
        } catch {
            // What was taken is due again when its lease ends.
            let text = "\(error)"
            if text != fault { log.error("apps can't be told of ended sessions", metadata: ["error": "\(text)"]) }
            fault = text
            return false
        }
    }

    private func send(_ delivery: LogoutDelivery, to client: Client) throws -> LogoutDelivery.Outcome {
        let subjects = try SubjectIdentifiers(of: client, salt: store.pairwiseSalt())
        let key = try keys.signingKey(client.metadata.idTokenSignedResponseAlg, from: store)
        let token = try JWS.sign(
            header: LogoutToken.type,
            claims: LogoutToken.claims(
                for: delivery, knowing: subjects, issuer: issuer, at: now(), random: random),
            key: key)
        return LogoutDelivery.Outcome(attempt(token, at: delivery.uri).verdict(on: delivery, at: now()), of: delivery)
    }

    private func record(_ outcomes: [LogoutDelivery.Outcome], for first: LogoutDelivery) throws {
        guard try store.record(outcomes, at: now()) else {
            log.notice(
                "an attempt to tell an app took too long; another process goes on with it",
                metadata: ["client": "\(first.clientID)", "uri": "\(first.uri.value)"])
            return
        }
        for outcome in outcomes { tell(outcome) }
    }

    private func attempt(_ token: String, at uri: WebURI) -> LogoutAttempt {
        do throws(OutboundError) {
            return .answered(try outbound.post([("logout_token", token)], to: uri))
        } catch {
            return .failed(Self.text(of: error))
        }
    }

    private static func text(of error: OutboundError) -> String {
        switch error {
        case .busy: "too many calls are under way"
        case .unreachable(let text), .unanswered(let text), .forbidden(let text): text
        case .tooLong: "the head of the answer is too long"
        }
    }

    private func tell(_ outcome: LogoutDelivery.Outcome) {
        let delivery = outcome.delivery
        let metadata: Logger.Metadata = ["client": "\(delivery.clientID)", "uri": "\(delivery.uri.value)"]
        switch outcome.verdict {
        case .delivered: break
        case .again(_, let fault, _), .outage(_, let fault):
            log.notice(
                "an app could not be told of an ended session",
                metadata: metadata.merging(["fault": "\(fault)"]) { one, _ in one })
        case .givenUp(let fault):
            log.warning(
                "an app is not told of an ended session",
                metadata: metadata.merging(["fault": "\(fault)"]) { one, _ in one })
        }
    }
}

extension [LogoutDelivery.Outcome] {
    /// Nothing more is sent to their client for now.
    fileprivate var meetOutage: Bool { if case .outage = last?.verdict { true } else { false } }
}
