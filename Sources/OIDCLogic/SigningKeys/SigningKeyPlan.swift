import JOSE

/// What comes next for the keys of one algorithm (OpenID Connect Core §10.1.1): the next key is published long before it
/// signs, and the one that signed is published long after, so that nobody who keeps the set as long as they may meets a
/// token of a key that they don't have.
package struct SigningKeyPlan: Sendable, Equatable {
    package let algorithm: SignatureAlgorithm
    package let active: SigningKeyRecord
    /// Published, and signs after ``active``.
    package let next: SigningKeyRecord?
    private let activeSince: Timestamp
    private let lifetimes: Lifetimes

    /// Nil if no key signs by the algorithm.
    package init?(_ algorithm: SignatureAlgorithm, of keys: [SigningKeyRecord], lifetimes: Lifetimes) {
        let keys = keys.filter { $0.algorithm == algorithm }
        guard let active = keys.last(where: { $0.status == .active }), case .active(_, let since, _) = active.state
        else { return nil }
        self.algorithm = algorithm
        self.active = active
        next = keys.last { $0.status == .next }
        activeSince = since
        self.lifetimes = lifetimes
    }

    /// For each algorithm that a key signs by.
    package static func all(of keys: [SigningKeyRecord], lifetimes: Lifetimes) -> [SigningKeyPlan] {
        SignatureAlgorithm.allCases.compactMap { SigningKeyPlan($0, of: keys, lifetimes: lifetimes) }
    }

    // MARK: When

    /// From when on a key that was published then may sign: whoever keeps the set has it.
    package static func signsFrom(publishedAt time: Timestamp, lifetimes: Lifetimes) -> Timestamp {
        time + lifetimes.signingKeyAhead
    }

    /// When the next key is published by itself; nil: it is there, or keys don't change by age.
    package var publishesAt: Timestamp? {
        guard next == nil, let age = lifetimes.signingKey else { return nil }
        return activeSince + (age - lifetimes.signingKeyAhead)
    }

    /// When another key signs; nil: none is planned.
    package var rotatesAt: Timestamp? {
        if let next { return Self.signsFrom(publishedAt: next.createdAt, lifetimes: lifetimes) }
        return lifetimes.signingKey.map { activeSince + $0 }
    }

    /// Whether what was planned should have happened long ago: no process that holds `signing.key` seems to run, or it can't.
    package func isOverdue(at now: Timestamp) -> Bool { rotatesAt.map { now - $0 > Self.patience } ?? false }

    private static let patience: Int64 = 86_400

    /// The next key may sign.
    package func isReady(at now: Timestamp) -> Bool {
        next.map { Self.signsFrom(publishedAt: $0.createdAt, lifetimes: lifetimes) <= now } ?? false
    }

    // MARK: What

    package enum Due: Sendable, Equatable {
        /// A next key is to be made.
        case publication
        /// The next key is to sign.
        case activation(SigningKeyRecord)
        /// Tokens live longer than was noted of the active key.
        case note
    }

    /// What is to be done by itself.
    package func due(at now: Timestamp) -> Due? {
        if active.noting(lifetimes) != active { return .note }
        if let next { return isReady(at: now) ? .activation(next) : nil }
        return publishesAt.map { $0 <= now } ?? false ? .publication : nil
    }

    /// The steps by which the next key signs from now on.
    package func activation(of next: SigningKeyRecord, at now: Timestamp) -> [SigningKeyStep] {
        [
            .move(active, to: active.retired(at: now, lifetimes: lifetimes)),
            .move(next, to: next.activated(at: now, lifetimes: lifetimes)),
        ]
    }

    /// The steps by which a new key signs from now on, though nobody has it yet.
    package func replacement(by new: SigningKeyRecord, at now: Timestamp) -> [SigningKeyStep] {
        [.move(active, to: active.retired(at: now, lifetimes: lifetimes)), .add(new)]
    }

    /// The step that notes how long tokens live by now.
    package var note: SigningKeyStep { .move(active, to: active.noting(lifetimes)) }
}
