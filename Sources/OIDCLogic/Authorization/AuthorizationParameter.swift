/// The parameters of an authorization request that change its answer here, and how many bytes each may have.
///
/// Only these go into an attempt, within these limits, so nobody can swell one.
enum AuthorizationParameter: String, CaseIterable {
    case clientID = "client_id"
    case redirectURI = "redirect_uri"
    case responseType = "response_type"
    case responseMode = "response_mode"
    case scope, state, nonce
    case codeChallenge = "code_challenge"
    case codeChallengeMethod = "code_challenge_method"
    case prompt
    case maxAge = "max_age"
    case loginHint = "login_hint"
    case uiLocales = "ui_locales"
    case claimsLocales = "claims_locales"
    case idTokenHint = "id_token_hint"
    case acrValues = "acr_values"
    case claims
    /// Where the user shall sign in: ours, and Keycloak's word for it.
    case upstreamHint = "idp_hint"
    case keycloakUpstreamHint = "kc_idp_hint"
    /// The one that may come more than once (RFC 8707 §2).
    case resource

    var limit: Int {
        switch self {
        case .clientID: 255
        case .redirectURI: RedirectURI.limit
        case .scope: 4096
        case .idTokenHint: IDTokenHint.limit
        case .claims: ClaimsRequest.limit
        case .state, .acrValues: 1024
        case .nonce: 512
        case .loginHint, .uiLocales, .claimsLocales, .resource, .upstreamHint, .keycloakUpstreamHint: 256
        case .responseType, .responseMode, .codeChallenge, .codeChallengeMethod, .prompt, .maxAge: 128
        }
    }

    /// Whether it is a wish that may go unheard (OpenID Connect Core §3.1.2.1): one that is too long is passed over, since
    /// what can't be met here is no error.
    var isWish: Bool {
        switch self {
        case .loginHint, .uiLocales, .claimsLocales, .acrValues, .upstreamHint, .keycloakUpstreamHint: true
        default: false
        }
    }
}

extension Parameters {
    func value(_ parameter: AuthorizationParameter) throws(OAuthError) -> String? {
        guard parameter.isWish else { return try value(parameter.rawValue, limit: parameter.limit) }
        return try value(parameter.rawValue).flatMap { $0.utf8.count <= parameter.limit ? $0 : nil }
    }
}
