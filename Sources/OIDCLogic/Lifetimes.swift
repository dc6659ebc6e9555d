/// How long things last, in seconds.
package struct Lifetimes: Sendable, Equatable {
    /// An authorization code.
    package var code: Int64 = 60
    /// A page that waits for its user: login, consent.
    package var attempt: Int64 = 30 * 60
    package var sessionIdle: Int64 = 8 * 3600
    package var session: Int64 = 24 * 3600
    package var idToken: Int64 = 3600
    package var accessToken: Int64 = 3600
    /// The longest that any resource's access tokens live, where that is longer than others do.
    package var resourceAccessToken: Int64 = 0
    /// How long what an access token hangs on must stay.
    package var longestAccessToken: Int64 { max(accessToken, resourceAccessToken) }
    /// A refresh token that isn't used.
    package var refreshToken: Int64 = 15 * 86_400
    /// All refresh tokens of a grant, from its beginning.
    package var refreshTokenAbsolute: Int64 = 90 * 86_400

    package init() {}
}
