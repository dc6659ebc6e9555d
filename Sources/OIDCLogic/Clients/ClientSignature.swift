import JOSE

/// Verifies what a client has signed, with its secret or with a key of its own: an assertion, or a request object.
struct ClientSignature {
    let client: Client
    let secrets: ClientSecrets
    let keys: any PublishedKeys
    let now: Timestamp

    /// Why it isn't the client's. The texts are for the log.
    enum Fault: Error {
        case mismatch(Mismatch)
        /// What the client publishes can't be used.
        case uselessKeys(String)
        /// They may be there in a while.
        case unavailableKeys(String)
    }

    enum Mismatch {
        case algorithm, type, noSecret, secretTooShort, noKeys, unreadableKeys
        /// Its `kid` is none of the client's keys'.
        case unknownKey
        case signature

        /// For the log.
        var text: String {
            switch self {
            case .algorithm: "its alg is not one that the client may use"
            case .type: "its typ is that of another kind of JWT"
            case .noSecret: "the client has no secret"
            case .secretTooShort: "the client's secret is too short for its alg"
            case .noKeys: "the client has no keys"
            case .unreadableKeys: "the client's jwks can't be read"
            case .unknownKey: "its kid is none of the client's keys'"
            case .signature: "no key of the client verifies it"
            }
        }
    }

    /// Throws ``Fault``, and `server_error` for a secret that can't be opened.
    ///
    /// - Parameters:
    ///   - allowed: by registration (RFC 8725 §3.1). The header only says which of them it is.
    ///   - type: the `typ` of its kind.
    func verify(
        _ jws: UnverifiedJWS, by allowed: [ClientSigningAlgorithm], type own: String
    ) throws -> VerifiedJWS {
        guard let type = jws.acceptedType(own) else { throw Fault.mismatch(.type) }
        switch allowed.first(where: { $0.rawValue.hasSameBytes(as: jws.algorithm) }) {
        case .mac(let algorithm): return try verify(jws, by: algorithm, type: type)
        case .signature(let algorithm): return try verify(jws, by: algorithm, type: type)
        case nil: throw Fault.mismatch(.algorithm)
        }
    }

    /// RFC 7518 §3.2: the secret must be as long as the hash.
    private func verify(_ jws: UnverifiedJWS, by algorithm: MACAlgorithm, type: String) throws -> VerifiedJWS {
        let known = try secrets.secrets(of: client, at: now)
        guard !known.isEmpty else { throw Fault.mismatch(.noSecret) }
        let keys = known.compactMap { MACKey($0.revealBytes(), for: algorithm) }
        guard !keys.isEmpty else { throw Fault.mismatch(.secretTooShort) }
        for key in keys {
            if let verified = try? jws.verified(by: key, type: type, typeMayBeAbsent: true) { return verified }
        }
        throw Fault.mismatch(.signature)
    }

    private func verify(
        _ jws: UnverifiedJWS, by algorithm: SignatureAlgorithm, type: String
    ) throws(Fault) -> VerifiedJWS {
        let verified: VerifiedJWS?
        let known: JWKSet
        switch client.metadata.keys {
        case .set(let json):
            guard let set = try? JWKSet(json) else { throw .mismatch(.unreadableKeys) }
            verified = jws.verified(by: set, algorithm: algorithm, type: type)
            known = set
        case .uri(let uri):
            do throws(PublishedKeysFault) {
                verified = try keys.verified(jws, at: .uri(uri), algorithm: algorithm, type: type)
                known = try keys.keys(at: .uri(uri))
            } catch {
                switch error {
                case .unavailable(let cause): throw .unavailableKeys(cause)
                case .useless(let cause): throw .uselessKeys(cause)
                }
            }
        case nil: throw .mismatch(.noKeys)
        }
        if let verified { return verified }
        throw .mismatch(jws.keyID.map { !known.has(id: $0) } ?? false ? .unknownKey : .signature)
    }
}

extension UnverifiedJWS {
    /// RFC 8725 §3.11: of the kinds of JWT that have a `typ` of their own, only this one, however it is written (RFC 7515
    /// §4.1.9), or none in particular. Nil: it is another.
    func acceptedType(_ own: String) -> String? {
        guard let type = type?.lowercased() else { return "JWT" }
        if type == own || type == "application/" + own { return own }
        return ["jwt", "application/jwt"].contains(type) ? "JWT" : nil
    }
}
