import JOSE

/// What is sealed, each under a key of its own.
extension Purpose {
    package static let attempt = Self(rawValue: "attempt")
    package static let authorizationCode = Self(rawValue: "authorization-code")
    package static let formToken = Self(rawValue: "form-token")
    /// A client's secret under `state.key`; the client's id is associated with it.
    package static let clientSecret = Self(rawValue: "client-secret")
    /// A private signing key under `signing.key`; its key id is associated with it.
    package static let signingKey = Self(rawValue: "signing-key")
}
