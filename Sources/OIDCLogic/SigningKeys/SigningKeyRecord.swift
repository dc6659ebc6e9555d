import JOSE

/// A signing key as it is stored: the public half readable, the private half, while there is one, sealed under `signing.key`.
package struct SigningKeyRecord: Sendable, Equatable {
    package typealias Status = SigningKeyState.Status

    package let keyID: String
    package let algorithm: SignatureAlgorithm
    package let publicJWK: JSON
    /// It is published from then on.
    package let createdAt: Timestamp
    package private(set) var state: SigningKeyState

    package var status: Status { state.status }

    package init(
        keyID: String, algorithm: SignatureAlgorithm, publicJWK: JSON, createdAt: Timestamp, state: SigningKeyState
    ) {
        self.keyID = keyID
        self.algorithm = algorithm
        self.publicJWK = publicJWK
        self.createdAt = createdAt
        self.state = state
    }

    /// A new key that will sign later. `seal` is that of `signing.key`.
    package init(next key: SigningKey, sealedBy seal: Seal, at now: Timestamp) throws {
        self.init(key, createdAt: now, state: .next(sealed: try Self.sealed(key, by: seal)))
    }

    /// A new key that signs at once, where there is none yet.
    package init(active key: SigningKey, sealedBy seal: Seal, at now: Timestamp, lifetimes: Lifetimes) throws {
        let sealed = try Self.sealed(key, by: seal)
        self.init(
            key, createdAt: now,
            state: .active(sealed: sealed, since: now, longestToken: lifetimes.longestSignedToken))
    }

    private init(_ key: SigningKey, createdAt: Timestamp, state: SigningKeyState) {
        self.init(
            keyID: key.keyID, algorithm: key.algorithm, publicJWK: key.publicKey.publicJWK, createdAt: createdAt,
            state: state)
    }

    private static func sealed(_ key: SigningKey, by seal: Seal) throws -> String {
        seal.seal(try key.privateJWK().serialized(), purpose: .signingKey, associated: Array(key.keyID.utf8))
    }

    /// The private key. Throws if there is none any more, or if it was sealed for another record, or under another key.
    package func signingKey(opening seal: Seal) throws -> SigningKey {
        guard let sealed = state.sealedPrivateJWK else { throw NoPrivateHalf() }
        let bytes = try seal.open(sealed, purpose: .signingKey, associated: Array(keyID.utf8))
        return try SigningKey(privateJWK: JSON(parsing: bytes))
    }

    private struct NoPrivateHalf: Error {}
}

// MARK: What others are told

extension SigningKeyRecord {
    /// Whether it stands in the key set (RFC 7517 §5).
    package func isPublished(at now: Timestamp) -> Bool {
        switch state {
        case .next, .active: true
        case .retired(let retirement): now < retirement.publishedUntil
        case .revoked: false
        }
    }

    /// Whether what it signed counts. An ID token may come back as a hint long after it has ended.
    package var verifies: Bool { status != .revoked }
}

// MARK: From one stage to the next

extension SigningKeyRecord {
    /// What verifiers' clocks may be behind, and more.
    private static let publishedAfterLastToken: Int64 = 86_400

    /// The next key, once it signs; any other as it is.
    package func activated(at now: Timestamp, lifetimes: Lifetimes) -> Self {
        guard case .next(let sealed) = state else { return self }
        return with(.active(sealed: sealed, since: now, longestToken: lifetimes.longestSignedToken))
    }

    /// The active key, where tokens live longer by now; any other as it is.
    package func noting(_ lifetimes: Lifetimes) -> Self {
        guard case .active(let sealed, let since, let longest) = state else { return self }
        let longer = max(longest, lifetimes.longestSignedToken)
        return with(.active(sealed: sealed, since: since, longestToken: longer))
    }

    /// The active key, once another signs; any other as it is.
    package func retired(at now: Timestamp, lifetimes: Lifetimes) -> Self {
        guard case .active(_, let since, let longest) = noting(lifetimes).state else { return self }
        let publishedUntil = now + longest + Self.publishedAfterLastToken
        return with(
            .retired(
                SigningKeyState.Retirement(
                    activeSince: since, at: now, publishedUntil: publishedUntil,
                    keptUntil: max(publishedUntil, now + lifetimes.longestSession))))
    }

    /// One that somebody else may have.
    package func revoked(at now: Timestamp, lifetimes: Lifetimes) -> Self {
        guard status != .revoked else { return self }
        let longest = lifetimes.longestSignedToken + Self.publishedAfterLastToken
        return with(.revoked(at: now, keptUntil: now + max(longest, lifetimes.longestSession)))
    }

    private func with(_ state: SigningKeyState) -> Self {
        var record = self
        record.state = state
        return record
    }
}
