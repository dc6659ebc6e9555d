import JOSE

/// A JWT by which a client proves who it is (RFC 7521 §4.2, RFC 7523 §2.2, OpenID Connect Core §9), not yet believed.
package struct ClientAssertion: Sendable {
    /// The one `client_assertion_type` there is.
    package static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// In bytes.
    package static let limit = 8 * 1024

    /// Whom it names.
    package let clientID: ClientID
    private let jws: UnverifiedJWS

    /// Throws `invalid_request` for another type or another `client_id` beside it (RFC 7521 §4.2), `invalid_client` for
    /// what is no JWT whose `iss` and `sub` are the same (RFC 7523 §3).
    init(_ text: String, type: String?, clientID: ClientID?) throws(OAuthError) {
        guard let type, type.hasSameBytes(as: Self.type) else {
            throw .invalidRequest(
                "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                detail: .parameter("client_assertion_type", .unsupported))
        }
        guard text.utf8.count <= Self.limit else {
            throw .invalidClient(
                "client_assertion is longer than 8 KiB", detail: .clientAuthentication(.malformed, registered: nil))
        }
        do throws(JWSError) { jws = try UnverifiedJWS(text) } catch {
            throw .invalidClient(
                "client_assertion is no JWT in compact form", cause: "\(error)",
                detail: .clientAuthentication(.malformed, registered: nil))
        }
        guard let claims = try? JSON(parsing: jws.unverifiedPayload), let issuer = claims["iss"]?.stringValue,
            let subject = claims["sub"]?.stringValue, issuer.hasSameBytes(as: subject), !subject.isEmpty,
            subject.utf8.count <= 255
        else {
            throw .invalidClient(
                "iss and sub of client_assertion must both be the client_id",
                detail: .clientAuthentication(.malformed, registered: nil))
        }
        self.clientID = ClientID(subject)
        guard clientID == nil || clientID == self.clientID else {
            throw .invalidRequest(
                "client_id is another than in client_assertion", detail: .parameter("client_id", .repeated))
        }
    }

    /// Checks it as the client's registration says, then what it claims, then spends it: whoever may not be the client
    /// spends nothing.
    ///
    /// Throws `invalid_client`, and what `rules` throws.
    func verify(for client: Client, by rules: ClientProofRules) throws {
        let verified =
            switch client.metadata.tokenEndpointAuthMethod {
            case .clientSecretJWT: try verified(bySecretOf: client, by: rules)
            case .privateKeyJWT: try verified(byKeysOf: client, published: rules.keys)
            case .clientSecretBasic, .clientSecretPost, .none?, nil:
                throw OAuthError.invalidClient(
                    "the client authenticated by another method than it is registered with",
                    cause: "\(client.id) sent a client_assertion",
                    detail: .clientAuthentication(.otherMethod, client))
            }
        guard let claims = try? verified.claims() else { throw failure("its claims are no JSON object") }
        let assertion = try ClientAssertionClaims(
            claims, audiences: rules.audiences, lifetime: rules.assertionLifetime, at: rules.now)
        let id = AssertionID(assertion.id, of: client.id)
        guard try rules.store.spend(id, until: assertion.expiresAt + ClientAssertionClaims.clockSkew) else {
            throw OAuthError.invalidClient(
                "this client_assertion was used before: each needs a jti of its own",
                detail: .clientAuthentication(.mismatch, client))
        }
    }

    /// RFC 7518 §3.2: the secret must be as long as the hash.
    private func verified(bySecretOf client: Client, by rules: ClientProofRules) throws(OAuthError) -> VerifiedJWS {
        let algorithms = MACAlgorithm.allCases.filter { client.accepts(.mac($0)) }
        guard let algorithm = algorithms.first(where: { $0.rawValue.hasSameBytes(as: jws.algorithm) }) else {
            throw failure("its alg is not one that the client may use")
        }
        let known = try rules.secrets.secrets(of: client, at: rules.now)
        guard !known.isEmpty else { throw failure("the client has no secret") }
        let keys = known.compactMap { MACKey($0.revealBytes(), for: algorithm) }
        guard !keys.isEmpty else { throw failure("the client's secret is too short for \(algorithm.rawValue)") }
        var fault = ""
        for key in keys {
            do throws(JWSError) { return try jws.verified(by: key, type: acceptedType, typeMayBeAbsent: true) } catch {
                fault = "\(error)"
            }
        }
        throw failure(fault)
    }

    private func verified(byKeysOf client: Client, published: any PublishedKeys) throws(OAuthError) -> VerifiedJWS {
        let algorithms = SignatureAlgorithm.allCases.filter { client.accepts(.signature($0)) }
        guard let algorithm = algorithms.first(where: { $0.rawValue.hasSameBytes(as: jws.algorithm) }) else {
            throw failure("its alg is not one that the client may use")
        }
        switch client.metadata.keys {
        case .set(let json):
            guard let set = try? JWKSet(json) else { throw failure("the client's jwks can't be read") }
            return try verified(by: set, algorithm).orThrow { failure("no key of the client's jwks verifies it") }
        case .uri(let uri):
            let known = try published.keys(at: uri)
            if let verified = verified(by: known, algorithm) { return verified }
            // A key that is there and fails is a forgery; one that isn't there may be new.
            if let id = jws.keyID, known.has(id: id) { throw failure("the key that it names does not verify it") }
            let newer = try published.newerKeys(at: uri)
            return try newer.flatMap { verified(by: $0, algorithm) }.orThrow {
                failure("no key at the client's jwks_uri verifies it")
            }
        case nil:
            throw failure("the client has no keys")
        }
    }

    private func verified(by set: JWKSet, _ algorithm: SignatureAlgorithm) -> VerifiedJWS? {
        for key in set.keys(id: jws.keyID, for: algorithm) {
            let verified = try? jws.verified(by: key, algorithm: algorithm, type: acceptedType, typeMayBeAbsent: true)
            if let verified { return verified }
        }
        return nil
    }

    /// RFC 8725 §3.11: of the kinds of JWT that have a `typ` of their own, only that of assertions, however it is written
    /// (RFC 7515 §4.1.9).
    private var acceptedType: String {
        let own = "client-authentication+jwt"
        return jws.type.map { $0.lowercased().hasSuffix(own) } ?? false ? own : "JWT"
    }

    private func failure(_ cause: String) -> OAuthError {
        .failedClientAuthentication(
            cause: "client \(clientID), client_assertion: \(cause)",
            detail: .clientAuthentication(.mismatch, registered: nil))
    }
}

extension Client {
    /// RFC 8725 §3.1: the one algorithm that it registered, or else any of its method.
    fileprivate func accepts(_ algorithm: ClientAssertionAlgorithm) -> Bool {
        metadata.tokenEndpointAuthSigningAlg.map { $0 == algorithm } ?? true
    }
}

extension Optional {
    fileprivate func orThrow(_ error: () -> OAuthError) throws(OAuthError) -> Wrapped {
        guard let self else { throw error() }
        return self
    }
}
