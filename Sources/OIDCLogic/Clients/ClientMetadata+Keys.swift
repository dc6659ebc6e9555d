import JOSE

extension ClientMetadata {
    /// What the method of authentication needs, and what fits it (OpenID Connect Registration §2).
    static func check(
        _ method: TokenEndpointAuthMethod?, _ algorithm: ClientSigningAlgorithm?, _ keys: ClientKeys?
    ) throws(ClientMetadataError) {
        if method == .privateKeyJWT, keys == nil {
            throw ClientMetadataError("jwks", "or jwks_uri is missing: private_key_jwt needs the client's public keys")
        }
        guard let algorithm else { return }
        switch (method, algorithm) {
        case (.clientSecretJWT, .signature):
            throw ClientMetadataError(
                "token_endpoint_auth_signing_alg",
                "is \(algorithm.rawValue); with client_secret_jwt it must be HS256, HS384 or HS512")
        case (.privateKeyJWT, .mac):
            throw ClientMetadataError(
                "token_endpoint_auth_signing_alg",
                "is \(algorithm.rawValue), which needs a secret; with private_key_jwt it must be one of "
                    + SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))
        case (.privateKeyJWT, .signature(let signature)):
            guard keys?.mayServe(signature) ?? true else {
                throw ClientMetadataError(
                    "jwks", "has no key for token_endpoint_auth_signing_alg \(signature.rawValue)")
            }
        default: break
        }
    }

    /// What request objects need (RFC 9101 §10.5, OpenID Connect Registration §2).
    func checkRequestObjects() throws(ClientMetadataError) {
        switch requestObjectSigningAlg {
        case .mac(let algorithm):
            guard hasSecret else {
                throw ClientMetadataError(
                    "request_object_signing_alg",
                    "is \(algorithm.rawValue), which needs a secret, and this client has none; name one that its keys serve"
                )
            }
        case .signature(let algorithm):
            guard let keys else {
                throw ClientMetadataError(
                    "request_object_signing_alg",
                    "is \(algorithm.rawValue), which needs the client's public keys; add jwks or jwks_uri")
            }
            guard keys.mayServe(algorithm) else {
                throw ClientMetadataError("jwks", "has no key for request_object_signing_alg \(algorithm.rawValue)")
            }
        case nil:
            guard !requireSignedRequestObject || keys != nil else {
                throw ClientMetadataError(
                    "require_signed_request_object",
                    "is true, and the client has no keys to sign with; add jwks or jwks_uri")
            }
        }
    }
}

extension ClientKeys {
    /// False if it is known that no key of them does.
    fileprivate func mayServe(_ algorithm: SignatureAlgorithm) -> Bool {
        guard case .set(let json) = self else { return true }
        return (try? JWKSet(json))?.keys(id: nil, for: algorithm).isEmpty == false
    }
}

extension ClientMetadataMembers {
    /// RFC 7591 §2: "The "jwks_uri" and "jwks" parameters MUST NOT both be present in the same request or response."
    func keys() throws(ClientMetadataError) -> ClientKeys? {
        let set = json("jwks")
        let uri = try webURI("jwks_uri")
        guard set == nil || uri == nil else {
            throw ClientMetadataError("jwks", "and jwks_uri exclude each other: keep one")
        }
        if let uri {
            guard uri.isSecure else {
                throw ClientMetadataError("jwks_uri", "is http; use https, or http on loopback only")
            }
            return .uri(uri)
        }
        return try set.map { json throws(ClientMetadataError) in
            guard json.serialized().count <= ClientKeys.limit else {
                throw ClientMetadataError("jwks", "is longer than \(ClientKeys.limit) bytes")
            }
            let parsed: JWKSet
            do throws(JWKError) { parsed = try JWKSet(json) } catch {
                throw ClientMetadataError(
                    "jwks",
                    error == .notPublic
                        ? "has a private or symmetric key: make another, and register only its public half"
                        : "must be an object with an array \"keys\" of at most \(JWKSet.maximumKeys) keys")
            }
            guard !parsed.keys.isEmpty else {
                throw ClientMetadataError(
                    "jwks",
                    "has no key that serves here: RSA of 2048 to 8192 bits, EC on P-256, P-384 or P-521, or Ed25519, "
                        + "for signatures")
            }
            return .set(json)
        }
    }

    /// OpenID Connect Registration §2.
    func requestURIs() throws(ClientMetadataError) -> [WebURI] {
        try strings("request_uris").map { (text: String) throws(ClientMetadataError) in
            guard let uri = WebURI(text), uri.isSecure else {
                throw ClientMetadataError(
                    "request_uris",
                    "has \"\(text)\"; it must be an https address of at most 1024 bytes, or http on loopback only")
            }
            return uri
        }
    }
}
