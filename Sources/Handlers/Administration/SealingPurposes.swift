import JOSE

extension Purpose {
    /// A client's secret under `state.key`; the client's id is associated with it.
    package static let clientSecret = Purpose(rawValue: "client-secret")
    /// A private signing key under `signing.key`; its key id is associated with it.
    package static let signingKey = Purpose(rawValue: "signing-key")
}
