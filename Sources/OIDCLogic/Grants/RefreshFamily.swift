/// The refresh tokens of a grant: one of them lives, and the one before may be asked for again for a moment.
package struct RefreshFamily: Sendable, Equatable {
    /// Of the one that lives.
    package let digest: [UInt8]
    /// Its end, unless it is used before.
    package let expiresAt: Timestamp
    /// Nil: none was used yet, or it is forgotten.
    package let predecessor: Predecessor?

    package struct Predecessor: Sendable, Equatable {
        package let digest: [UInt8]
        /// What its successor was derived with.
        package let salt: [UInt8]
        package let usedAt: Timestamp
        /// Of what it was used for: only the same again is answered again.
        package let request: [UInt8]

        package init(digest: [UInt8], salt: [UInt8], usedAt: Timestamp, request: [UInt8]) {
            self.digest = digest
            self.salt = salt
            self.usedAt = usedAt
            self.request = request
        }
    }

    package init(digest: [UInt8], expiresAt: Timestamp, predecessor: Predecessor? = nil) {
        self.digest = digest
        self.expiresAt = expiresAt
        self.predecessor = predecessor
    }

    /// In seconds, from the first use of a token: how long a client that lost the answer may ask again.
    package static let grace: Int64 = 10
}
