import JOSE

/// An authorization request as a JWT (RFC 9101 §4, OpenID Connect Core §6), not yet believed.
struct RequestObject {
    /// RFC 9101 §10.8, the `typ` of a request object that says what it is.
    static let type = "oauth-authz-req+jwt"
    /// In bytes.
    static let limit = UnverifiedJWS.maximumBytes

    private let jws: Result<UnverifiedJWS, JWSError>
    /// By `request_uri`.
    private let isReferredTo: Bool

    init(_ text: String, isReferredTo: Bool) {
        jws = Result { () throws(JWSError) in try UnverifiedJWS(text) }
        self.isReferredTo = isReferredTo
    }

    /// What it asks for, as far as that can be read; whoever sent it may have written it.
    var unverifiedParameters: Parameters {
        guard let jws = try? jws.get(), let claims = try? JSON(parsing: jws.unverifiedPayload) else {
            return Parameters([])
        }
        return Parameters(RequestObjectClaims.names.flatMap { (try? RequestObjectClaims.fields($0, of: claims)) ?? [] })
    }

    /// What it asks for, once it is known to be its client's.
    ///
    /// Throws `invalid_request_object`, what keeps it from being known, or that such ones are not supported, of this client
    /// or at all (§3.1.2.6).
    func verified(for client: Client, by rules: RequestObjectRules) throws(OAuthError) -> RequestObjectClaims {
        guard client.metadata.signsRequests else {
            throw .requestNotSupported(
                "this client has registered no keys to sign request objects with; register jwks or jwks_uri",
                detail: .requestObject(.noKeys))
        }
        let jws: UnverifiedJWS
        do throws(JWSError) { jws = try self.jws.get() } catch {
            throw .invalidRequestObject(
                "the request object is no signed JWT in compact form", cause: "request object: \(error)",
                detail: .requestObject(.malformed))
        }
        guard !jws.algorithm.hasSameBytes(as: "none") else { throw unsigned }
        let signature = ClientSignature(client: client, secrets: rules.secrets, keys: rules.keys, now: rules.now)
        let verified: VerifiedJWS
        do {
            verified = try signature.verify(jws, by: client.metadata.requestObjectAlgorithms, type: Self.type)
        } catch let fault as ClientSignature.Fault {
            throw OAuthError(ofRequestObject: fault, of: client, jws)
        } catch let error as OAuthError {
            throw error
        } catch {
            throw .serverError(cause: "\(error)")
        }
        guard let claims = try? verified.claims() else {
            throw .invalidRequestObject(
                "the claims of the request object are no JSON object", detail: .requestObject(.claimsMalformed))
        }
        return try RequestObjectClaims(claims, of: client.id, to: rules.issuer, at: rules.now)
    }

    private var unsigned: OAuthError {
        let text: StaticString =
            "unsigned request objects are not supported; sign it with a key that this client registered"
        return isReferredTo
            ? .requestURINotSupported(text, detail: .requestObject(.unsigned))
            : .requestNotSupported(text, detail: .requestObject(.unsigned))
    }
}

extension OAuthError {
    fileprivate init(ofRequestObject fault: ClientSignature.Fault, of client: Client, _ jws: UnverifiedJWS) {
        self =
            switch fault {
            case .mismatch(let cause):
                .invalidRequestObject(
                    "the request object is not signed as this client is registered: look at alg, typ and the key",
                    cause: "client \(client.id), request object: \(cause.text)",
                    detail: .requestObject(RequestObjectFault(cause, of: client, jws)))
            case .uselessKeys(let cause):
                .invalidRequestObject(
                    "the keys at the client's jwks_uri can't be used", cause: cause,
                    detail: .requestObject(.uselessKeys))
            case .unavailableKeys(let cause):
                .temporarilyUnavailable(cause: "a client's keys can't be fetched: \(cause)")
            }
    }
}

extension RequestObjectFault {
    fileprivate init(_ mismatch: ClientSignature.Mismatch, of client: Client, _ jws: UnverifiedJWS) {
        self =
            switch mismatch {
            case .algorithm:
                .algorithm(
                    // What is no algorithm may be anything.
                    came: ClientSigningAlgorithm.allCases.map(\.rawValue).first { $0.hasSameBytes(as: jws.algorithm) },
                    expected: client.metadata.requestObjectAlgorithms.map(\.rawValue))
            case .type: .type
            case .noSecret, .secretTooShort: .secret
            case .noKeys: .noKeys
            case .unreadableKeys: .uselessKeys
            case .unknownKey: .unknownKey
            case .signature: .signature
            }
    }
}
