import JOSE
import OIDCLogic

/// A signing key as administrators see it: the public half, and what comes next of it.
package struct ListedSigningKey: Sendable {
    package let key: SigningKeyRecord
    /// From when on the next key signs.
    package let signsFrom: Timestamp?
    /// When the active key's successor is published by itself; nil: it is there, or nothing is planned.
    package let successorPublishedAt: Timestamp?
    /// When another key signs in the place of the active one; nil: nothing is planned.
    package let rotatesAt: Timestamp?
    /// What was planned hasn't happened: no process that holds `signing.key` runs, or it can't do it.
    package let needsAttention: Bool

    init(_ key: SigningKeyRecord, plan: SigningKeyPlan?, at now: Timestamp) {
        self.key = key
        let isActive = key.status == .active
        signsFrom = key.status == .next ? plan?.rotatesAt : nil
        successorPublishedAt = isActive ? plan?.publishesAt : nil
        rotatesAt = isActive ? plan?.rotatesAt : nil
        needsAttention = isActive && plan?.isOverdue(at: now) ?? false
    }

    package var json: JSON {
        var members: [String: JSON?] = [
            "kid": .string(key.keyID), "alg": .string(key.algorithm.rawValue), "status": .string(key.status.rawValue),
            "created_at": .integer(key.createdAt.seconds), "public_jwk": key.publicJWK,
            "needs_attention": .bool(needsAttention),
        ]
        func set(_ member: String, _ time: Timestamp?) { members[member] = time.map { .integer($0.seconds) } }
        set("signs_from", signsFrom)
        set("successor_published_at", successorPublishedAt)
        set("rotates_at", rotatesAt)
        switch key.state {
        case .next: break
        case .active(_, let since, _): set("active_since", since)
        case .retired(let retirement):
            set("active_since", retirement.activeSince)
            set("retired_at", retirement.at)
            set("unpublished_at", retirement.publishedUntil)
        case .revoked(let time, _): set("revoked_at", time)
        }
        set("removed_at", key.state.keptUntil)
        return .object(members.compactMapValues { $0 })
    }
}
