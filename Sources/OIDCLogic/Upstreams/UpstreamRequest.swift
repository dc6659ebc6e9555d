/// What we ask an upstream's authorization endpoint for (OpenID Connect Core §3.1.2.1), so that its answer serves the
/// request that an app made here.
package struct UpstreamRequest: Sendable {
    package let uri: String
    /// What of it is ours.
    package let fields: [(name: String, value: String)]

    /// What a sign-in sets by itself.
    package static let ownParameters: Set<String> = [
        "response_type", "response_mode", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method", "request", "request_uri",
    ]

    /// - Parameter state: as it travels.
    package init(
        to upstream: Upstream, at metadata: UpstreamMetadata, for authorization: ValidatedAuthorizationRequest,
        _ attempt: UpstreamAttempt, state: String, from issuer: Issuer
    ) {
        var fields: [(name: String, value: String)] = [
            ("response_type", "code"), ("client_id", upstream.clientID),
            ("redirect_uri", upstream.redirectURI(at: issuer)), ("state", state),
            ("code_challenge", attempt.codeChallenge), ("code_challenge_method", "S256"),
        ]
        if !upstream.scope.names.isEmpty { fields.append(("scope", upstream.scope.description)) }
        fields += upstream.oauth == nil ? Self.openIDFields(of: upstream, metadata, for: authorization, attempt) : []
        for (name, value) in upstream.parameters.sorted(by: { $0.key < $1.key }) {
            // What the app asks of its user goes before what is usual, such as prompt=none before prompt=consent.
            if !fields.contains(where: { $0.name == name }) { fields.append((name, value)) }
        }
        // §3.1.2.1 lets an endpoint have a query of its own (RFC 6749 §3.1).
        uri = FormEncoding.append(fields, to: metadata.authorizationEndpoint.value)
        self.fields = fields
    }

    /// In seconds: a year.
    private static let longestAge: Int64 = 365 * 86_400

    /// What OAuth alone has no word for.
    private static func openIDFields(
        of upstream: Upstream, _ metadata: UpstreamMetadata, for authorization: ValidatedAuthorizationRequest,
        _ attempt: UpstreamAttempt
    ) -> [(name: String, value: String)] {
        var fields = [(name: "nonce", value: attempt.nonce)]
        let prompt = prompt(of: upstream, metadata, for: authorization, attempt)
        if !prompt.isEmpty { fields.append(("prompt", prompt.joined(separator: " "))) }
        // §2: many say auth_time only where they are asked by max_age; by one so long nobody signs in anew.
        let wantsTime = authorization.wantsAuthTime || prompt.contains(Prompt.login.rawValue)
        let age = wantsTime && upstream.parameters["max_age"] == nil ? longestAge : nil
        if let maxAge = authorization.maxAge ?? age { fields.append(("max_age", "\(maxAge)")) }
        if let loginHint = attempt.attempt.typedName ?? authorization.loginHint {
            fields.append(("login_hint", loginHint))
        }
        if !authorization.uiLocales.isEmpty {
            fields.append(("ui_locales", authorization.uiLocales.joined(separator: " ")))
        }
        if let acrValues = authorization.acrValues { fields.append(("acr_values", acrValues)) }
        return fields
    }

    static func prompt(
        of upstream: Upstream, _ metadata: UpstreamMetadata, for authorization: ValidatedAuthorizationRequest,
        _ attempt: UpstreamAttempt
    ) -> [String] {
        if attempt.isSilent { return [Prompt.none.rawValue] }
        let asked = authorization.prompt.subtracting([.consent]).map(\.rawValue)
        guard attempt.attempt.linking != nil else { return asked.sorted() }
        // Whoever is signed in there may be somebody else, at a desk that people share: nobody is linked without having seen
        // as whom. What is usual there, such as prompt=consent for a refresh token, is asked for as well.
        let usual = upstream.parameters["prompt"]?.split(separator: " ").map(String.init) ?? []
        let words = Set(asked + usual).subtracting([Prompt.none.rawValue])
        let isSeen = !words.isDisjoint(with: [Prompt.login.rawValue, Prompt.selectAccount.rawValue])
        return (isSeen ? words : words.union([question(of: upstream, metadata).rawValue])).sorted()
    }

    /// By what they see as whom they come. Each provider must know `login` (§3.1.2.1), and some refuse `select_account`; Google
    /// alone has it the other way round, and lists neither.
    private static func question(of upstream: Upstream, _ metadata: UpstreamMetadata) -> Prompt {
        let listed = metadata.supported["prompt_values_supported"]?.contains(Prompt.selectAccount.rawValue)
        return listed ?? (upstream.issuer.value == "https://accounts.google.com") ? .selectAccount : .login
    }
}
