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
        let verified = try verified(for: client, by: rules)
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

    private func verified(for client: Client, by rules: ClientProofRules) throws -> VerifiedJWS {
        let signature = ClientSignature(client: client, secrets: rules.secrets, keys: rules.keys, now: rules.now)
        do {
            return try signature.verify(jws, by: try algorithms(of: client), type: "client-authentication+jwt")
        } catch let fault as ClientSignature.Fault {
            switch fault {
            case .mismatch(let cause): throw failure(cause.text)
            case .uselessKeys(let cause):
                throw OAuthError.invalidClient("the keys at the client's jwks_uri can't be used", cause: cause)
            // What the client must mend is its fault, what may pass is not.
            case .unavailableKeys(let cause):
                throw OAuthError.temporarilyUnavailable(cause: "a client's keys can't be fetched: \(cause)")
            }
        }
    }

    /// RFC 8725 §3.1: the one that it registered, or else any of its method.
    private func algorithms(of client: Client) throws(OAuthError) -> [ClientSigningAlgorithm] {
        let ofMethod: [ClientSigningAlgorithm]
        switch client.metadata.tokenEndpointAuthMethod {
        case .clientSecretJWT: ofMethod = MACAlgorithm.allCases.map(ClientSigningAlgorithm.mac)
        case .privateKeyJWT: ofMethod = SignatureAlgorithm.allCases.map(ClientSigningAlgorithm.signature)
        case .clientSecretBasic, .clientSecretPost, .none?, nil:
            throw .invalidClient(
                "the client authenticated by another method than it is registered with",
                cause: "\(client.id) sent a client_assertion",
                detail: .clientAuthentication(.otherMethod, client))
        }
        guard let registered = client.metadata.tokenEndpointAuthSigningAlg else { return ofMethod }
        return ofMethod.filter { $0 == registered }
    }

    private func failure(_ cause: String) -> OAuthError {
        .failedClientAuthentication(
            cause: "client \(clientID), client_assertion: \(cause)",
            detail: .clientAuthentication(.mismatch, registered: nil))
    }
}
