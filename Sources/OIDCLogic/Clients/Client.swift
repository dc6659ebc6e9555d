import JOSE

/// An app that signs its users in here (RFC 6749 §2).
package struct Client: Sendable, Equatable {
    package let id: ClientID
    /// Moves with every change in the store, so that a change made of an older state is noticed.
    package let version: Int64
    package var metadata: ClientMetadata
    /// Sealed under `state.key`; nil for a public client.
    package var sealedSecret: String?
    /// The one before, while both are taken.
    package var formerSecret: FormerSecret?
    package let preset: ClaimPreset
    /// Made or approved by an administrator: it needs no consent page.
    package var isFirstParty: Bool
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: ClientID, version: Int64 = 1, metadata: ClientMetadata, sealedSecret: String?,
        formerSecret: FormerSecret? = nil, preset: ClaimPreset, isFirstParty: Bool, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.version = version
        self.metadata = metadata
        self.sealedSecret = sealedSecret
        self.formerSecret = formerSecret
        self.preset = preset
        self.isFirstParty = isFirstParty
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The same as the next version.
    package var next: Client {
        Client(
            id: id, version: version + 1, metadata: metadata, sealedSecret: sealedSecret, formerSecret: formerSecret,
            preset: preset, isFirstParty: isFirstParty, createdAt: createdAt, updatedAt: updatedAt)
    }

    /// What pages call it.
    package var displayName: String { metadata.name ?? id.value }

    /// RFC 9700 §2.1.1: a public client always proves that the code is its own.
    package var requiresPKCE: Bool { metadata.isPublic || metadata.requirePKCE }

    /// Remembered consent doesn't serve a client that any program on the user's machine can pose as (RFC 8252 §8.6).
    package func mayRememberConsent(for uri: String) -> Bool {
        !metadata.isPublic || uri.hasPrefix("https://")
    }

    /// Whether what its users allow is remembered, whichever redirect URI they came by.
    package var remembersConsent: Bool { metadata.redirectURIs.allSatisfy { mayRememberConsent(for: $0.value) } }
}

/// A secret that another has taken the place of, and that is taken for a while yet: every server of the app has to be
/// given the new one first.
package struct FormerSecret: Sendable, Equatable {
    /// As the living one is.
    package let sealed: String
    package let expiresAt: Timestamp

    package init(sealed: String, expiresAt: Timestamp) {
        self.sealed = sealed
        self.expiresAt = expiresAt
    }
}

/// Where the claims about a user go. Fixed when the client is made: an upgrade never moves a claim.
package enum ClaimPreset: String, Sendable, CaseIterable {
    /// OpenID Connect Core §5.4: profile claims at userinfo, the ID token lean.
    case standard
    /// What Mendix apps read: `scope` and the granted claims in the ID token as well.
    case mendix
}

extension ClientID {
    /// RFC 6749 §2.3.1 and Appendix A.1: printable ASCII; 1 to 255 characters here. Nil for another.
    package init?(registering value: String) {
        guard (1...255).contains(value.utf8.count), value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.init(value)
    }
}
