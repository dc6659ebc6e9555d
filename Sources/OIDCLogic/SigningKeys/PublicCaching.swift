/// How long discovery and the key set may be kept by whoever asked (RFC 9111 §5.2.2, RFC 5861), in seconds. When keys
/// change follows from it.
package enum PublicCaching {
    package static let maxAge: Int64 = 300
    /// For how much longer an answer may stand in while another is fetched.
    package static let staleWhileRevalidate: Int64 = 300
    /// The same, where no pool answers.
    package static let staleIfError: Int64 = 3600

    /// The longest that anybody has an old answer while the pools answer. nginx may give one away that is as old as it keeps them,
    /// and who was given it keeps it as long again.
    package static let longestWhileUp = 2 * (maxAge + staleWhileRevalidate)

    /// The longest that anybody has an old answer: nginx gives one away that it has kept, without saying how old it is, and
    /// who was given it keeps it as long again.
    package static let longest = 2 * (maxAge + max(staleWhileRevalidate, staleIfError))
}
