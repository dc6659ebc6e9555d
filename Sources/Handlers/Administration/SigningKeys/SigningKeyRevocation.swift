import JOSE
import OIDCLogic

/// What became of a key that somebody else may have.
package struct SigningKeyRevocation: Sendable, Equatable {
    package let revoked: SigningKeyRecord
    /// What signs in its place; nil: it didn't sign.
    package let successor: SigningKeyRecord?

    package var json: JSON {
        var members: [String: JSON] = [
            "alg": .string(revoked.algorithm.rawValue), "kid": .string(revoked.keyID),
            "status": .string(revoked.status.rawValue),
        ]
        members["successor_kid"] = successor.map { .string($0.keyID) }
        return .object(members)
    }
}

extension SigningKeyAdministration {
    /// Ends a key: it is published no more, and what it signed counts for nothing. Where it signed, the next key does from
    /// now on, or a new one. `seal`, that of `signing.key`, is asked for only then.
    ///
    /// Throws ``AdministrationError`` for a key that isn't there, or was revoked before.
    package func revoke(_ keyID: String, seal: () throws -> Seal) throws -> SigningKeyRevocation {
        var new: NewSigningKey?
        return try ChangeAgain.whileOthersDo {
            let keys = try keys()
            let key = try living(keyID, among: keys)
            let now = now()
            let revoked = key.revoked(at: now, lifetimes: lifetimes)
            var steps = [SigningKeyStep.move(key, to: revoked)]
            var successor: SigningKeyRecord?
            if key.status == .active {
                let seal = try seal()
                let made = new ?? NewSigningKey(key.algorithm)
                new = made
                if let next = keys.last(where: { $0.algorithm == key.algorithm && $0.status == .next }),
                    opens(next, with: seal)
                {
                    let activated = next.activated(at: now, lifetimes: lifetimes)
                    steps.append(.move(next, to: activated))
                    successor = activated
                } else {
                    let record = try SigningKeyRecord(
                        active: made.made(), sealedBy: seal, at: now, lifetimes: lifetimes)
                    steps.append(.add(record))
                    successor = record
                }
            }
            try store.change(steps)
            return SigningKeyRevocation(revoked: revoked, successor: successor)
        }
    }

    private func living(
        _ keyID: String, among keys: [SigningKeyRecord]
    ) throws(AdministrationError) -> SigningKeyRecord {
        guard let key = keys.first(where: { $0.keyID.utf8.elementsEqual(keyID.utf8) }) else {
            let nearest = Nearest.question(keyID, among: keys.map(\.keyID))
            throw .missing("there is no key \"\(keyID)\"; \"postern key list\" shows them.\(nearest)")
        }
        guard key.status != .revoked else { throw .exists("the key \(key.keyID) has been revoked already") }
        return key
    }
}
