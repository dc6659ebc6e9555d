import JOSE

/// What lets a person choose a password without having one, or be known by an upstream: it serves once.
package struct OneTimeLink: Sendable, Equatable {
    package let digest: [UInt8]
    package let userID: UserID
    package let expiresAt: Timestamp

    /// In seconds: of one by which a password is chosen.
    package static let lifetime: Int64 = 15 * 60
    /// In seconds: how long an invitation, which goes by mail, may be open.
    package static let invitationLifetimes: ClosedRange<Int64> = 60...30 * 24 * 3600

    package init(digest: [UInt8], userID: UserID, expiresAt: Timestamp) {
        self.digest = digest
        self.userID = userID
        self.expiresAt = expiresAt
    }
}

package enum OneTimeLinkTokenKind {}
/// What the link ends in.
package typealias OneTimeLinkToken = OpaqueToken<OneTimeLinkTokenKind>

extension OneTimeLinkToken {
    /// Of the same token as an invitation: one that invites sets no password.
    package var invitationDigest: [UInt8] { Digest.sha256(Array("invitation".utf8) + digest) }
}
