import JOSE

/// What is sealed, each under a key of its own.
extension Purpose {
    package static let attempt = Self(rawValue: "attempt")
    package static let authorizationCode = Self(rawValue: "authorization-code")
    package static let accessToken = Self(rawValue: "access-token")
    package static let refreshToken = Self(rawValue: "refresh-token")
    package static let refreshSuccessor = Self(rawValue: "refresh-successor")
    package static let formToken = Self(rawValue: "form-token")
    /// What an upstream is given as `state`.
    package static let upstreamState = Self(rawValue: "upstream-state")
    /// What an upstream is asked about a user with; the link is associated with it.
    package static let upstreamTokens = Self(rawValue: "upstream-tokens")
    /// What a sign-out at an upstream names its user by; the link is associated with it.
    package static let upstreamLogoutHint = Self(rawValue: "upstream-logout-hint")
    /// A sign-out on its way to an upstream, and on its way back.
    package static let upstreamSignOut = Self(rawValue: "upstream-sign-out")
    package static let upstreamSignOutState = Self(rawValue: "upstream-sign-out-state")
    /// What an upstream knows us by; its name is associated with it.
    package static let upstreamSecret = Self(rawValue: "upstream-secret")
    /// A client's secret under `state.key`; the client's id is associated with it.
    package static let clientSecret = Self(rawValue: "client-secret")
    /// A private signing key under `signing.key`; its key id is associated with it.
    package static let signingKey = Self(rawValue: "signing-key")
}
