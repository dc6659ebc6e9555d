import JOSE
import OIDCLogic

/// What an app's developer needs, ready to paste.
struct ConnectionSheet {
    private let client: JSON
    private let issuer: Issuer

    init(_ client: JSON, issuer: Issuer) {
        self.client = client
        self.issuer = issuer
    }

    private var id: String { client.text("client_id") }
    private var redirect: String { client.texts("redirect_uris").first ?? "https://app.example.com/callback" }
    private var scope: String { client.text("scope") }
    private var discovery: String { issuer.endpoint(".well-known/openid-configuration") }
    /// An app may have chosen its own id, and any URI and scope: each goes into a program's text or a shell's word by that
    /// language's rules. JSON's are those of Python, YAML and JavaScript as well.
    private func text(_ value: String) -> String { JSON.string(value).text }
    private func word(_ value: String) -> String { ShellWord.quoted(value) }
    /// Nil: its secret, in the header or the form, as the program likes.
    private var method: TokenEndpointAuthMethod? {
        TokenEndpointAuthMethod(rawValue: client.text("token_endpoint_auth_method"))
    }
    private var hasSecret: Bool { method != TokenEndpointAuthMethod.none && method != .privateKeyJWT }
    /// A line that only some apps need.
    private func line(_ text: String, if isNeeded: Bool) -> String { isNeeded ? text + "\n" : "" }
    private func line(_ text: (String) -> String) -> String { method.map { text($0.rawValue) + "\n" } ?? "" }

    var blocks: [ConsoleBlock] {
        var details: [ConsoleBlock.Detail] = [
            .init("Discovery", .code(discovery)), .init("Issuer", .code(issuer.value)), .init("Client id", .code(id)),
            .init("Redirect URIs", values: client.texts("redirect_uris").map { .code($0) }),
            .init("Scope", .code(scope)),
        ]
        if let method { details.append(.init("Client authentication", .code(method.rawValue))) }
        let facts = ConsoleBlock("For any client", explanation, .details(details.filter { !$0.values.isEmpty }))
        guard !client.texts("redirect_uris").isEmpty else {
            return [facts] + (hasSecret ? [ConsoleBlock("curl", nil, .code(curl))] : [])
        }
        func recipe(_ program: String, _ callback: String, _ text: String) -> ConsoleBlock {
            ConsoleBlock(program, "\(callback) It must be one of the redirect URIs.", .code(text))
        }
        return [
            facts,
            recipe("Mendix, OIDC SSO module", "The app is called back at /oauth/v2/callback.", mendix),
            recipe("Authlib (Python)", "The app is called back where authorize_redirect says.", authlib),
            recipe(
                "Apache, mod_auth_openidc",
                "The app is called back at OIDCRedirectURI: an address within what is protected, where nothing else is.",
                apache),
            recipe("Spring Boot", "The app is called back at /login/oauth2/code/postern.", spring),
            recipe(
                "Auth.js", "The app is called back at /api/auth/callback/postern (Next.js) or /auth/callback/postern.",
                authJS),
        ]
            // It doesn't start without a secret.
            + (hasSecret ? [recipe("oauth2-proxy", "The proxy is called back at /oauth2/callback.", proxy)] : [])
    }

    private var explanation: String {
        switch method {
        case .some(.none): "Most need these alone. There is no secret."
        case .privateKeyJWT:
            "In the place of a secret the app signs a JWT with its key; each program's manual says where that key goes."
        default: "Most need these alone. The secret is not shown again; a new one can be made."
        }
    }

    private var mendix: String {
        """
        Alias                        postern
        Client ID                    \(id)
        Client secret                \(hasSecret ? "SECRET" : "(none)")
        Automatic configuration URL  \(discovery)
        Client authentication        \((method ?? .clientSecretBasic).rawValue)
        PKCE                         S256
        Selected scopes              \(scope)
        """
    }

    private var authlib: String {
        let method = self.method.map { ", \"token_endpoint_auth_method\": \"\($0.rawValue)\"" } ?? ""
        return """
            oauth.register(
                "postern",
                client_id=\(text(id)),
            \(line("    client_secret=\"SECRET\",", if: hasSecret))\
                server_metadata_url=\(text(discovery)),
                client_kwargs={"scope": \(text(scope)), "code_challenge_method": "S256"\(method)},
            )
            """
    }

    private var apache: String {
        """
        OIDCProviderMetadataURL \(discovery)
        OIDCClientID \(text(id))
        \(line("OIDCClientSecret SECRET", if: hasSecret))\
        \(line { "OIDCProviderTokenEndpointAuth \($0)" })\
        OIDCRedirectURI \(text(redirect))
        OIDCScope \(text(scope))
        OIDCPKCEMethod S256
        OIDCCryptoPassphrase CHOOSE_ONE
        <Location />
            AuthType openid-connect
            Require valid-user
        </Location>
        """
    }

    private var spring: String {
        """
        spring.security.oauth2.client:
          registration.postern:
            client-id: \(text(id))
        \(line("    client-secret: \"SECRET\"", if: hasSecret))\
        \(line { "    client-authentication-method: \($0)" })\
            scope: [\(scope.split(separator: " ").map { text(String($0)) }.joined(separator: ", "))]
          provider.postern:
            issuer-uri: \(issuer.value)
        """
    }

    private var authJS: String {
        """
        providers: [{
          id: "postern", name: "Postern", type: "oidc",
          issuer: "\(issuer.value)",
          clientId: \(text(id)),
        \(line("  clientSecret: process.env.POSTERN_SECRET,", if: hasSecret))\
        \(line { "  client: { token_endpoint_auth_method: \"\($0)\" }," })\
          authorization: { params: { scope: \(text(scope)) } },
          checks: ["pkce", "state", "nonce"],
        }]
        """
    }

    private var proxy: String {
        """
        oauth2-proxy --provider=oidc --oidc-issuer-url=\(issuer.value) \\
            --client-id=\(word(id)) --client-secret="$SECRET" --code-challenge-method=S256 \\
            --redirect-url=\(word(redirect)) --scope=\(word(scope)) --email-domain='*' \\
            --cookie-secret="$(openssl rand -hex 16)" --upstream=http://127.0.0.1:8080/
        """
    }

    private var curl: String {
        """
        curl \(issuer.endpoint("token")) -u \(word(id)):"$SECRET" \\
            -d grant_type=client_credentials
        """
    }
}
