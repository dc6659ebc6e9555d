import JOSE

/// A signing key as it is stored: the public half readable, the private half sealed under `signing.key`.
package struct SigningKeyRecord: Sendable, Equatable {
    /// A key is published before it signs, and after.
    package enum Status: String, Sendable, CaseIterable {
        case next, active, retired
    }

    package let keyID: String
    package let algorithm: SignatureAlgorithm
    package var status: Status
    package let publicJWK: JSON
    package let sealedPrivateJWK: String
    package let createdAt: Timestamp

    package init(
        keyID: String, algorithm: SignatureAlgorithm, status: Status, publicJWK: JSON, sealedPrivateJWK: String,
        createdAt: Timestamp
    ) {
        self.keyID = keyID
        self.algorithm = algorithm
        self.status = status
        self.publicJWK = publicJWK
        self.sealedPrivateJWK = sealedPrivateJWK
        self.createdAt = createdAt
    }
}
