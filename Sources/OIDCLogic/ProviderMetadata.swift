import JOSE

/// What discovery says (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3): only what is on.
package struct ProviderMetadata: Sendable {
    private let issuer: Issuer
    private let signingAlgorithms: [SignatureAlgorithm]
    private let languages: [String]
    private let hasPassword: Bool
    private let hasSessionManagement: Bool

    /// - Parameters:
    ///   - signingAlgorithms: those that there are active keys for.
    ///   - languages: that its pages speak (BCP 47).
    ///   - hasPassword: whether anybody may sign in by a password of here. What upstreams say of how they do it isn't known before.
    package init(
        issuer: Issuer, signingAlgorithms: [SignatureAlgorithm] = ClientMetadata.signingAlgorithms,
        languages: [String], hasPassword: Bool = true, hasSessionManagement: Bool = false
    ) {
        self.issuer = issuer
        self.signingAlgorithms = signingAlgorithms
        self.languages = languages
        self.hasPassword = hasPassword
        self.hasSessionManagement = hasSessionManagement
    }

    package var json: JSON {
        var members = self.members
        // Discovery §4.2: a member without elements is left out.
        if hasPassword { members["acr_values_supported"] = strings([Authentication.passwordACR]) }
        // Session Management 1.0 §3.3.
        if hasSessionManagement { members["check_session_iframe"] = .string(issuer.endpoint("check_session")) }
        return .object(members)
    }

    private var members: [String: JSON] {
        [
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
            "subject_types_supported": strings(SubjectType.names),
            "id_token_signing_alg_values_supported": strings(signingAlgorithms.map(\.rawValue)),
            "userinfo_signing_alg_values_supported": strings(signingAlgorithms.map(\.rawValue)),
            "introspection_endpoint_auth_methods_supported": strings(
                TokenEndpointAuthMethod.allCases.filter { $0 != .none }.map(\.rawValue)),
            "introspection_endpoint_auth_signing_alg_values_supported": strings(
                ClientSigningAlgorithm.allCases.map(\.rawValue)),
            "revocation_endpoint_auth_methods_supported": strings(TokenEndpointAuthMethod.allCases.map(\.rawValue)),
            "revocation_endpoint_auth_signing_alg_values_supported": strings(
                ClientSigningAlgorithm.allCases.map(\.rawValue)),
            "token_endpoint_auth_methods_supported": strings(TokenEndpointAuthMethod.allCases.map(\.rawValue)),
            "token_endpoint_auth_signing_alg_values_supported": strings(
                ClientSigningAlgorithm.allCases.map(\.rawValue)),
            "code_challenge_methods_supported": strings(["S256"]),
            "prompt_values_supported": strings(Prompt.allCases.map(\.rawValue)),
            "display_values_supported": strings(["page"]),
            "ui_locales_supported": strings(languages),
            "claim_types_supported": strings(["normal"]),
            "claims_supported": strings(
                ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid", "acr", "amr"]
                    + StandardClaims.names),
            "claims_parameter_supported": .bool(true),
            "backchannel_logout_supported": .bool(true),
            "backchannel_logout_session_supported": .bool(true),
            "frontchannel_logout_supported": .bool(true),
            "frontchannel_logout_session_supported": .bool(true),
            "request_parameter_supported": .bool(true),
            "request_uri_parameter_supported": .bool(true),
            "require_request_uri_registration": .bool(true),
            "require_signed_request_object": .bool(false),
            "request_object_signing_alg_values_supported": strings(
                ClientSigningAlgorithm.allCases.map(\.rawValue)),
            "authorization_response_iss_parameter_supported": .bool(true),
        ]
    }

    private func strings(_ names: [String]) -> JSON { .array(names.map(JSON.string)) }
}
