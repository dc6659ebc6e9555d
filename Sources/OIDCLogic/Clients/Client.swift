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
    /// Made or approved by an administrator: it needs no consent page. Of one that waits: what it will be.
    package var isFirstParty: Bool
    package private(set) var approval: ClientApproval
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: ClientID, version: Int64 = 1, metadata: ClientMetadata, sealedSecret: String?,
        formerSecret: FormerSecret? = nil, preset: ClaimPreset, isFirstParty: Bool, approval: ClientApproval = .given,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.version = version
        self.metadata = metadata
        self.sealedSecret = sealedSecret
        self.formerSecret = formerSecret
        self.preset = preset
        self.isFirstParty = isFirstParty
        self.approval = approval
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The same as the next version.
    package var next: Client {
        Client(
            id: id, version: version + 1, metadata: metadata, sealedSecret: sealedSecret, formerSecret: formerSecret,
            preset: preset, isFirstParty: isFirstParty, approval: approval, createdAt: createdAt, updatedAt: updatedAt)
    }

    /// It never waits again.
    package mutating func approve() { approval = .given }

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

/// Whether an administrator has let it in. One that waits is registered, and reads, changes and removes its registration;
/// nobody signs in to it, nobody is led to it, and it proves itself nowhere else.
package enum ClientApproval: String, Sendable {
    case given, awaited

    /// In seconds: how long it may be awaited, unless the configuration says otherwise.
    package static let deadline: Int64 = 30 * 86_400
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
    /// The client by which the console signs its people in.
    package static var console: ClientID { ClientID("postern-console") }
    /// The client by which the account page does.
    package static var account: ClientID { ClientID("postern-account") }

    /// Whether it is one of Postern's own, which nobody registers, and no file declares.
    package var isOwn: Bool { self == .console || self == .account }

    /// What ``init(registering:)`` wants, in words.
    package static let rule =
        "must be 1 to 255 characters of printable ASCII without spaces, with no \".\" or \"..\" between slashes, and not "
        + "\(console) or \(account), which are Postern's own, and not beginning with \"\(SubjectIdentifiers.pairwisePrefix)\""

    /// RFC 6749 §2.3.1 and Appendix A.1: printable ASCII; 1 to 255 characters here. Nil for another.
    /// Some are our own, see ``isOwn``, and what pairwise identifiers look like is none (RFC 9700 §4.15).
    package init?(registering value: String) {
        guard !ClientID(value).isOwn, (1...255).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !SubjectIdentifiers.reserve(value),
            value.hasPlaceInPath
        else {
            return nil
        }
        self.init(value)
    }
}

extension String {
    /// False for what a web server would take for a way up, as part of a path, however it is escaped (RFC 3986 §3.3).
    package var hasPlaceInPath: Bool { !split(separator: "/").contains { $0 == "." || $0 == ".." } }
}
