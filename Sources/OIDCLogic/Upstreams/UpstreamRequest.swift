/// What we ask an upstream's authorization endpoint for (OpenID Connect Core §3.1.2.1), so that its answer serves the
/// request that an app made here.
package struct UpstreamRequest: Sendable {
    package let uri: String

    /// - Parameters:
    ///   - state: as it travels.
    ///   - loginHint: nil: none.
    package init(
        to upstream: Upstream, at metadata: UpstreamMetadata, for authorization: ValidatedAuthorizationRequest,
        _ attempt: UpstreamAttempt, state: String, from issuer: Issuer
    ) {
        var fields: [(name: String, value: String)] = [
            ("response_type", "code"), ("client_id", upstream.clientID),
            ("redirect_uri", upstream.redirectURI(at: issuer)), ("scope", upstream.scope.description),
            ("state", state), ("nonce", attempt.nonce), ("code_challenge", attempt.codeChallenge),
            ("code_challenge_method", "S256"),
        ]
        let prompt = authorization.prompt.subtracting([.consent]).map(\.rawValue).sorted()
        if !prompt.isEmpty { fields.append(("prompt", prompt.joined(separator: " "))) }
        if let maxAge = authorization.maxAge { fields.append(("max_age", "\(maxAge)")) }
        if let loginHint = authorization.loginHint { fields.append(("login_hint", loginHint)) }
        if !authorization.uiLocales.isEmpty {
            fields.append(("ui_locales", authorization.uiLocales.joined(separator: " ")))
        }
        if let acrValues = authorization.acrValues { fields.append(("acr_values", acrValues)) }
        // §3.1.2.1 lets an endpoint have a query of its own (RFC 6749 §3.1).
        let endpoint = metadata.authorizationEndpoint.value
        uri = endpoint + (endpoint.contains("?") ? "&" : "?") + FormEncoding.encode(fields)
    }
}
