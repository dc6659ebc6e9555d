/// How long things last, in seconds.
package struct Lifetimes: Sendable, Equatable {
    /// An authorization code.
    package var code: Int64 = 60
    /// A page that waits for its user: login, consent.
    package var attempt: Int64 = 30 * 60
    package var sessionIdle: Int64 = 8 * 3600
    package var session: Int64 = 24 * 3600
    /// A session whose user asked to stay signed in, used or not; nil: nobody is asked.
    package var sessionRemembered: Int64? = 30 * 86_400
    /// How long a session may serve at most.
    package var longestSession: Int64 { max(session, sessionRemembered ?? 0) }
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
    /// A key signs for as long, from when it began; nil: until somebody wants another.
    package var signingKey: Int64? = 90 * 86_400
    /// For how long the next key is published before it signs. Never less than ``PublicCaching/longest``.
    package var signingKeyAhead: Int64 = 7 * 86_400
    /// How long what is signed may have to be verified.
    package var longestSignedToken: Int64 { max(idToken, longestAccessToken) }

    package init() {}
}
