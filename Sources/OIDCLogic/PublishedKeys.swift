import JOSE

/// Sets of keys that others publish: clients, and issuers of tokens that are taken here.
package protocol PublishedKeys: Sendable {
    /// What is published there, as lately as its caching allows.
    func keys(at place: KeyPlace) throws(PublishedKeysFault) -> JWKSet

    /// The same once more, for whoever found no key in what ``keys(at:)`` gave that verifies. Nil: it was fetched too lately
    /// to be fetched again.
    func newerKeys(at place: KeyPlace) throws(PublishedKeysFault) -> JWKSet?
}

/// Where keys are published.
package enum KeyPlace: Sendable, Hashable {
    /// A set (RFC 7517 §5).
    case uri(WebURI)
    /// Wherever the discovery document of the issuer says (OpenID Connect Discovery §4).
    case issuer(WebURI)
}

/// Why a set can't be had. The texts are for the log.
package enum PublishedKeysFault: Error, Sendable {
    /// It may be there in a while.
    case unavailable(String)
    /// What is there can't be used, and asking again mends nothing.
    case useless(String)
}

extension PublishedKeys {
    /// Nil: no key that is published there verifies it. Then the set is fetched once more, as seldom as ``newerKeys(at:)``
    /// lets it be, whoever sends what.
    ///
    /// - Parameter type: the header's `typ`, which may be absent.
    func verified(
        _ jws: UnverifiedJWS, at place: KeyPlace, algorithm: SignatureAlgorithm, type: String
    ) throws(PublishedKeysFault) -> VerifiedJWS? {
        let known = try keys(at: place)
        if let verified = jws.verified(by: known, algorithm: algorithm, type: type) { return verified }
        // Also where a key of that id is there: some give the next one the same id.
        let newer: JWKSet?
        do throws(PublishedKeysFault) { newer = try newerKeys(at: place) } catch {
            // Whoever has a key of that id is wrong about the signature, as far as anybody can tell now.
            guard known.keys(id: jws.keyID, for: algorithm).isEmpty else { return nil }
            throw error
        }
        guard let newer else { return nil }
        return jws.verified(by: newer, algorithm: algorithm, type: type)
    }
}

extension UnverifiedJWS {
    /// By whichever key of the set it may be. Nil: by none.
    func verified(by set: JWKSet, algorithm: SignatureAlgorithm, type: String) -> VerifiedJWS? {
        for key in set.keys(id: keyID, for: algorithm) {
            if let verified = try? verified(by: key, algorithm: algorithm, type: type, typeMayBeAbsent: true) {
                return verified
            }
        }
        return nil
    }
}
