import JOSE
import OIDCLogic

/// The signing keys, unsealed once and kept while the store's generation stands, so that a rotation by the command line
/// or another pool is seen at the next request. A key that can't be used fails those who need it, and nobody else.
///
/// Each thread has its own: a key that threads share makes them wait for each other (OpenSSL's blinding has a lock).
final class KeyRing {
    private struct Keys {
        let generation: Int64
        let active: [SignatureAlgorithm: Result<SigningKey, any Error>]
        let verifying: [String: VerificationKey]
    }

    private let seal: Seal?
    private var keys: Keys?

    /// - Parameter seal: under `signing.key`; nil in a pool that only verifies.
    init(seal: Seal?) { self.seal = seal }

    /// The key that signs with `algorithm` now. Throws where there is none, or none that can be opened.
    func signingKey(_ algorithm: SignatureAlgorithm, from store: some Store) throws -> SigningKey {
        switch try current(store).active[algorithm] {
        case .success(let key): return key
        case .failure(let error):
            throw OAuthError.serverError(cause: "the active key for \(algorithm.rawValue) can't be used: \(error)")
        case nil: throw OAuthError.serverError(cause: "there is no active signing key for \(algorithm.rawValue)")
        }
    }

    /// The public keys by their ids: those that sign, will sign or have signed, but for what somebody else may have.
    func verificationKeys(from store: some Store) throws -> [String: VerificationKey] {
        try current(store).verifying
    }

    private func current(_ store: some Store) throws -> Keys {
        let generation = try store.generation()
        if let keys, keys.generation == generation { return keys }
        let records = try store.signingKeys()
        var active: [SignatureAlgorithm: Result<SigningKey, any Error>] = [:]
        var verifying: [String: VerificationKey] = [:]
        for record in records where record.verifies {
            verifying[record.keyID] = try? VerificationKey(publicJWK: record.publicJWK)
            if let seal, record.status == .active {
                active[record.algorithm] = Result { try record.signingKey(opening: seal) }
            }
        }
        let fresh = Keys(generation: generation, active: active, verifying: verifying)
        keys = fresh
        return fresh
    }
}
