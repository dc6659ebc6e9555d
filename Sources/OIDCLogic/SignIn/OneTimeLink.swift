/// What lets a person choose a password without having one: it serves once, and for a quarter of an hour.
package struct OneTimeLink: Sendable, Equatable {
    package let digest: [UInt8]
    package let userID: UserID
    package let expiresAt: Timestamp

    /// In seconds.
    package static let lifetime: Int64 = 15 * 60

    package init(digest: [UInt8], userID: UserID, expiresAt: Timestamp) {
        self.digest = digest
        self.userID = userID
        self.expiresAt = expiresAt
    }
}

package enum OneTimeLinkTokenKind {}
/// What the link ends in.
package typealias OneTimeLinkToken = OpaqueToken<OneTimeLinkTokenKind>
