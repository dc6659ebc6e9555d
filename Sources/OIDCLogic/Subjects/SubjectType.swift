/// What users are called to a client (OpenID Connect Core §8), by its registered `subject_type`.
package enum SubjectType: Sendable, Equatable {
    /// The same to every client that is told so.
    case `public`
    /// Something else in each sector, so that two of them can't tell that a user is the same.
    case pairwise(Sector)

    /// In the order in which discovery tells of them.
    package static let names = ["public", "pairwise"]

    package var name: String {
        switch self {
        case .public: "public"
        case .pairwise: "pairwise"
        }
    }
}

/// Clients of one sector know a user by the same pairwise identifier: its name is a host (OpenID Connect Core §8.1).
package struct Sector: Sendable, Hashable {
    /// In lower case.
    package let host: String

    /// That of a web server's URI. Nil for another, and on loopback: every machine has that host, and none of them is
    /// anybody's in particular.
    init?(of uri: String) {
        guard let parts = URIParts(uri), ["https", "http"].contains(parts.scheme.lowercased()),
            let authority = parts.authority, !authority.isLoopback
        else { return nil }
        host = authority.host.lowercased()
    }
}
