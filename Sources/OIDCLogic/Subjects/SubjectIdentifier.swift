import JOSE

package enum SubjectIdentifierKind {}
/// The `sub` of a user as a client knows it (OpenID Connect Core §2, §8).
package typealias SubjectIdentifier = Identifier<SubjectIdentifierKind>

package enum PairwiseSaltKind {}
/// What pairwise identifiers are made with (OpenID Connect Core §8.1: "kept secret by the Provider"). There is one, and it
/// stays: with another every app would take every user for a new one.
package typealias PairwiseSalt = Secret<PairwiseSaltKind>

/// How one client knows its users (OpenID Connect Core §8).
package struct SubjectIdentifiers: Sendable {
    /// Nil: as everybody does.
    private let pairwise: (sector: Sector, salt: PairwiseSalt)?

    /// - Parameter salt: asked for only where it is needed.
    package init(of client: Client, salt: @autoclosure () throws -> PairwiseSalt) rethrows {
        switch client.metadata.subjectType {
        case .public: pairwise = nil
        case .pairwise(let sector): pairwise = (sector, try salt())
        }
    }

    package func identifier(of user: UserID) -> SubjectIdentifier {
        guard let pairwise else { return SubjectIdentifier(user.value) }
        return Self.pairwise(user, in: pairwise.sector, salt: pairwise.salt)
    }

    /// OpenID Connect Core §8.1: by the sector and the user alone, so that it is always the same, and irreversible, since
    /// it is an HMAC-SHA256 under the salt. The host's length stands in front: no other host and user give the same bytes.
    private static func pairwise(_ user: UserID, in sector: Sector, salt: PairwiseSalt) -> SubjectIdentifier {
        let host = Array(sector.host.utf8)
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: host.count >> $0) }
        let code = Digest.hmacSHA256(key: salt.revealBytes(), message: length + host + user.value.utf8)
        return SubjectIdentifier(pairwisePrefix + Base64URL.encode(code))
    }

    /// What pairwise identifiers begin with, and no id of a client or of a user may that is chosen: who takes a token's
    /// `sub` for a user's must not be given a client's that was named like it (RFC 9700 §4.15).
    package static let pairwisePrefix = "pairwise."

    /// Whether an id can be taken for a pairwise identifier.
    package static func reserve(_ id: String) -> Bool { id.utf8.starts(with: pairwisePrefix.utf8) }
}
