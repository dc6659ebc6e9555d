/// Where a signing key is in its life (OpenID Connect Core §10.1.1). What a key doesn't have at a stage, that stage has no
/// place for: only a key that signs or will sign has a private half.
package enum SigningKeyState: Sendable, Equatable {
    /// Published, so that whoever keeps the set has the key before it signs.
    case next(sealed: String)
    /// It signs. `longestToken`: the longest that one of its tokens lives, in seconds, whatever the configuration says by now.
    case active(sealed: String, since: Timestamp, longestToken: Int64)
    /// It has signed, and is published until the last of its tokens has ended.
    case retired(Retirement)
    /// Somebody else may have it: whatever it signed is worth nothing.
    case revoked(at: Timestamp, keptUntil: Timestamp)

    package struct Retirement: Sendable, Equatable {
        /// Since when it signed, and until when.
        package let activeSince: Timestamp
        package let at: Timestamp
        package let publishedUntil: Timestamp
        /// From then on no sign-out can name a token of it (OpenID Connect RP-Initiated Logout §2, `id_token_hint`).
        package let keptUntil: Timestamp

        package init(activeSince: Timestamp, at: Timestamp, publishedUntil: Timestamp, keptUntil: Timestamp) {
            self.activeSince = activeSince
            self.at = at
            self.publishedUntil = publishedUntil
            self.keptUntil = keptUntil
        }
    }

    package enum Status: String, Sendable, CaseIterable {
        case next, active, retired, revoked
    }

    package var status: Status {
        switch self {
        case .next: .next
        case .active: .active
        case .retired: .retired
        case .revoked: .revoked
        }
    }

    /// The private half, sealed under `signing.key`; nil: it will sign no more, and is gone.
    package var sealedPrivateJWK: String? {
        switch self {
        case .next(let sealed), .active(let sealed, _, _): sealed
        case .retired, .revoked: nil
        }
    }

    /// From when on it is forgotten.
    package var keptUntil: Timestamp? {
        switch self {
        case .next, .active: nil
        case .retired(let retirement): retirement.keptUntil
        case .revoked(_, let keptUntil): keptUntil
        }
    }
}
