import JOSE

/// What an administrator hands out, so that apps are registered without them (RFC 7591 §1.2). The store knows its digest
/// only.
package struct InitialAccessToken: Sendable, Equatable {
    package let id: InitialAccessTokenID
    package let digest: [UInt8]
    package let permit: RegistrationPermit
    /// What it is for, in the words of whoever made it.
    package let note: String?
    /// How many apps it registers.
    package let uses: Int
    package let usesLeft: Int
    /// How many bodies in a row were refused.
    package let refusals: Int
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    /// Who made it. The store writes down who acts; nil: it was made before that was done.
    package let issuedBy: AuditActor.Who?

    /// A body that is refused doesn't spend a token, so that a slip can be mended; this many in a row do.
    package static let refusalLimit = 10

    /// In seconds, how long one that has expired is still told of.
    package static let memory: Int64 = 30 * 86_400

    package init(
        id: InitialAccessTokenID, digest: [UInt8], permit: RegistrationPermit, note: String?, uses: Int, usesLeft: Int,
        refusals: Int = 0, createdAt: Timestamp, expiresAt: Timestamp, issuedBy: AuditActor.Who? = nil
    ) {
        self.id = id
        self.digest = digest
        self.permit = permit
        self.note = note
        self.uses = uses
        self.usesLeft = usesLeft
        self.refusals = refusals
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.issuedBy = issuedBy
    }

    package enum State: String, Sendable {
        case usable, spent, refused, expired
    }

    package func state(at now: Timestamp) -> State {
        if usesLeft < 1 { return .spent }
        if refusals >= Self.refusalLimit { return .refused }
        // One from the future is of a clock that was wrong.
        return now >= createdAt && now < expiresAt ? .usable : .expired
    }
}

package enum InitialAccessTokenIDKind {}
/// What a list calls it by. It opens nothing.
package typealias InitialAccessTokenID = Identifier<InitialAccessTokenIDKind>
