import JOSE

/// What discovery says (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3): only what is on.
package struct ProviderMetadata: Sendable {
    private let issuer: Issuer
    private let signingAlgorithms: [SignatureAlgorithm]

    /// - Parameter signingAlgorithms: those that there are active keys for.
    package init(issuer: Issuer, signingAlgorithms: [SignatureAlgorithm] = ClientMetadata.signingAlgorithms) {
        self.issuer = issuer
        self.signingAlgorithms = signingAlgorithms
    }

    package var json: JSON {
        .object([
            "issuer": .string(issuer.value),
            "authorization_endpoint": .string(issuer.endpoint("authorize")),
            "token_endpoint": .string(issuer.endpoint("token")),
            "userinfo_endpoint": .string(issuer.endpoint("userinfo")),
            "jwks_uri": .string(issuer.endpoint("jwks")),
            "end_session_endpoint": .string(issuer.endpoint("logout")),
            "introspection_endpoint": .string(issuer.endpoint("introspect")),
            "revocation_endpoint": .string(issuer.endpoint("revoke")),
            "registration_endpoint": .string(issuer.endpoint("register")),
            "scopes_supported": strings(Scope.builtIn.names),
            "response_types_supported": strings(["code"]),
            "response_modes_supported": strings(ResponseMode.allCases.map(\.rawValue)),
            "grant_types_supported": strings(GrantType.allCases.map(\.rawValue)),
            "subject_types_supported": strings(["public"]),
            "acr_values_supported": strings([Authentication.passwordACR]),
            "id_token_signing_alg_values_supported": strings(signingAlgorithms.map(\.rawValue)),
            "userinfo_signing_alg_values_supported": strings(signingAlgorithms.map(\.rawValue)),
            "introspection_endpoint_auth_methods_supported": strings(
                TokenEndpointAuthMethod.allCases.filter { $0 != .none }.map(\.rawValue)),
            "introspection_endpoint_auth_signing_alg_values_supported": strings(
                ClientAssertionAlgorithm.allCases.map(\.rawValue)),
            "revocation_endpoint_auth_methods_supported": strings(TokenEndpointAuthMethod.allCases.map(\.rawValue)),
            "revocation_endpoint_auth_signing_alg_values_supported": strings(
                ClientAssertionAlgorithm.allCases.map(\.rawValue)),
            "token_endpoint_auth_methods_supported": strings(TokenEndpointAuthMethod.allCases.map(\.rawValue)),
            "token_endpoint_auth_signing_alg_values_supported": strings(
                ClientAssertionAlgorithm.allCases.map(\.rawValue)),
            "code_challenge_methods_supported": strings(["S256"]),
            "prompt_values_supported": strings(Prompt.allCases.map(\.rawValue)),
            "display_values_supported": strings(["page"]),
            "claim_types_supported": strings(["normal"]),
            "claims_supported": strings(
                ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid", "acr", "amr"]
                    + StandardClaims.names),
            "claims_parameter_supported": .bool(true),
            "request_parameter_supported": .bool(false),
            "request_uri_parameter_supported": .bool(false),
            "require_request_uri_registration": .bool(false),
            "authorization_response_iss_parameter_supported": .bool(true),
        ])
    }

    private func strings(_ names: [String]) -> JSON { .array(names.map(JSON.string)) }
}
