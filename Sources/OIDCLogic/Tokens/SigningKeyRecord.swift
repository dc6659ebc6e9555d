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

    /// A new record of `key`, sealed under `seal`, that of `signing.key`.
    package init(sealing key: SigningKey, by seal: Seal, status: Status, createdAt: Timestamp) throws {
        self.init(
            keyID: key.keyID, algorithm: key.algorithm, status: status, publicJWK: key.publicKey.publicJWK,
            sealedPrivateJWK: seal.seal(
                try key.privateJWK().serialized(), purpose: .signingKey, associated: Array(key.keyID.utf8)),
            createdAt: createdAt)
    }

    /// The private key. Throws if it was sealed for another record, or under another key.
    package func signingKey(opening seal: Seal) throws -> SigningKey {
        let bytes = try seal.open(sealedPrivateJWK, purpose: .signingKey, associated: Array(keyID.utf8))
        return try SigningKey(privateJWK: JSON(parsing: bytes))
    }
}
