import JOSE
import OIDCLogic

/// What was done for the keys of one algorithm (OpenID Connect Core §10.1.1).
package struct SigningKeyRotation: Sendable, Equatable {
    package enum Step: Sendable, Equatable {
        /// The key was made, and is published.
        case published(signsFrom: Timestamp)
        /// Nothing: the next key isn't there for long enough.
        case waiting(signsFrom: Timestamp)
        /// The key signs. `isSafe`: nobody can lack it who keeps the set for no longer than they may.
        case activated(former: SigningKeyRecord, isSafe: Bool)
    }

    package let key: SigningKeyRecord
    package let step: Step

    package var json: JSON {
        var members: [String: JSON] = [
            "alg": .string(key.algorithm.rawValue), "kid": .string(key.keyID), "status": .string(key.status.rawValue),
        ]
        switch step {
        case .published(let time):
            members["step"] = "published"
            members["signs_from"] = .integer(time.seconds)
        case .waiting(let time):
            members["step"] = "waiting"
            members["signs_from"] = .integer(time.seconds)
        case .activated(let former, let isSafe):
            members["step"] = "activated"
            members["former_kid"] = .string(former.keyID)
            members["safe"] = .bool(isSafe)
        }
        return .object(members)
    }
}

extension SigningKeyAdministration {
    /// Takes the next safe step for an algorithm, or for each that has a key: publishes the next key; once that was there
    /// for long enough, lets it sign. `atOnce`: another key signs from now on, though not everybody may have it yet.
    ///
    /// Throws ``AdministrationError`` for an algorithm without a key, and where the next key can't be opened by `seal`, that
    /// of `signing.key`.
    package func rotate(_ name: String?, atOnce: Bool, seal: Seal) throws -> [SigningKeyRotation] {
        let wanted = try name.map { name in try Self.algorithm(name) }
        let algorithms = try plans().map(\.algorithm).filter { wanted == nil || $0 == wanted }
        if let name, algorithms.isEmpty {
            throw AdministrationError.missing("there is no key for \(name); \"postern key add \(name)\" makes one")
        }
        return try algorithms.map { algorithm in
            let new = NewSigningKey(algorithm)
            return try ChangeAgain.whileOthersDo {
                guard let plan = SigningKeyPlan(algorithm, of: try keys(), lifetimes: lifetimes) else {
                    throw AdministrationError.missing("there is no key for \(algorithm.rawValue) any more")
                }
                let now = now()
                if let next = plan.next {
                    guard atOnce || plan.isReady(at: now) else {
                        return SigningKeyRotation(key: next, step: .waiting(signsFrom: signsFrom(next)))
                    }
                    return try activate(next, by: plan, seal: seal, at: now)
                }
                return atOnce
                    ? try replaceActive(by: new, plan, seal: seal, at: now) : try publish(new, seal: seal, at: now)
            }
        }
    }

    /// Does what is due by itself. What another process has done just now is left to it.
    package func keepPlan(seal: Seal) throws -> [SigningKeyRotation] {
        try plans().compactMap { plan in
            let now = now()
            do {
                switch plan.due(at: now) {
                case .note:
                    try store.change([plan.note])
                    return nil
                case .publication: return try publish(NewSigningKey(plan.algorithm), seal: seal, at: now)
                case .activation(let next): return try activate(next, by: plan, seal: seal, at: now)
                case nil: return nil
                }
            } catch StoreError.changed {
                return nil
            }
        }
    }

    private func publish(_ new: NewSigningKey, seal: Seal, at now: Timestamp) throws -> SigningKeyRotation {
        let record = try SigningKeyRecord(next: new.made(), sealedBy: seal, at: now)
        try store.change([.add(record)])
        return SigningKeyRotation(key: record, step: .published(signsFrom: signsFrom(record)))
    }

    private func activate(
        _ next: SigningKeyRecord, by plan: SigningKeyPlan, seal: Seal, at now: Timestamp
    ) throws -> SigningKeyRotation {
        guard opens(next, with: seal) else {
            throw AdministrationError.invalid(
                "the next key for \(plan.algorithm.rawValue), \(next.keyID), can't be opened: signing.key is another one than "
                    + "when it was made. Bring the old one back, or \"postern key revoke \(next.keyID)\"")
        }
        try store.change(plan.activation(of: next, at: now))
        return SigningKeyRotation(
            key: next.activated(at: now, lifetimes: lifetimes),
            step: .activated(former: plan.active, isSafe: plan.isReady(at: now)))
    }

    private func replaceActive(
        by new: NewSigningKey, _ plan: SigningKeyPlan, seal: Seal, at now: Timestamp
    ) throws -> SigningKeyRotation {
        let record = try SigningKeyRecord(active: new.made(), sealedBy: seal, at: now, lifetimes: lifetimes)
        try store.change(plan.replacement(by: record, at: now))
        return SigningKeyRotation(key: record, step: .activated(former: plan.active, isSafe: false))
    }

    private func signsFrom(_ next: SigningKeyRecord) -> Timestamp {
        SigningKeyPlan.signsFrom(publishedAt: next.createdAt, lifetimes: lifetimes)
    }
}
