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
    private var isPublic: Bool { client.text("token_endpoint_auth_method") == "none" }

    var blocks: [ConsoleBlock] {
        let facts = ConsoleBlock(
            "For any client", "Most need these alone. The secret is not shown again; a new one can be made.",
            .details([
                .init("Discovery", .code(discovery)), .init("Issuer", .code(issuer.value)),
                .init("Client id", .code(id)),
                .init("Redirect URIs", values: client.texts("redirect_uris").map { .code($0) }),
                .init("Scope", .code(scope)),
            ]))
        guard !client.texts("redirect_uris").isEmpty else {
            return [facts, ConsoleBlock("curl", nil, .code(curl))]
        }
        return [
            facts, ConsoleBlock("Mendix, OIDC SSO module", nil, .code(mendix)),
            ConsoleBlock("Authlib (Python)", nil, .code(authlib)),
            ConsoleBlock("Apache, mod_auth_openidc", nil, .code(apache)),
            ConsoleBlock("Spring Boot", nil, .code(spring)), ConsoleBlock("Auth.js", nil, .code(authJS)),
            ConsoleBlock("oauth2-proxy", nil, .code(proxy)),
        ]
    }

    private var secret: String { isPublic ? "" : "SECRET" }

    private var mendix: String {
        """
        Alias                        postern
        Client ID                    \(id)
        Client secret                \(isPublic ? "(none)" : "SECRET")
        Automatic configuration URL  \(discovery)
        Client authentication        client_secret_basic
        PKCE                         S256
        Selected scopes              \(scope)
        """
    }

    private var authlib: String {
        """
        oauth.register(
            "postern",
            client_id=\(text(id)),
            \(isPublic ? "" : "client_secret=\"SECRET\",\n    ")server_metadata_url=\(text(discovery)),
            client_kwargs={"scope": \(text(scope)), "code_challenge_method": "S256"},
        )
        """
    }

    private var apache: String {
        """
        OIDCProviderMetadataURL \(discovery)
        OIDCClientID \(text(id))
        \(isPublic ? "" : "OIDCClientSecret SECRET\n")OIDCRedirectURI \(text(redirect))
        OIDCScope \(text(scope))
        OIDCPKCEMethod S256
        OIDCCryptoPassphrase CHOOSE_ONE
        """
    }

    private var spring: String {
        """
        spring.security.oauth2.client:
          registration.postern:
            client-id: \(text(id))
            client-secret: \(text(secret))
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
          clientSecret: \(isPublic ? "undefined, client: { token_endpoint_auth_method: \"none\" }" : "process.env.POSTERN_SECRET"),
          authorization: { params: { scope: \(text(scope)) } },
          checks: ["pkce", "state", "nonce"],
        }]
        """
    }

    private var proxy: String {
        """
        oauth2-proxy --provider=oidc --oidc-issuer-url=\(issuer.value) \\
            --client-id=\(word(id)) --client-secret="$SECRET" --code-challenge-method=S256 \\
            --redirect-url=\(word(redirect)) --scope=\(word(scope)) --email-domain='*'
        """
    }

    private var curl: String {
        """
        curl \(issuer.endpoint("token")) -u \(word(id)):"$SECRET" \\
            -d grant_type=client_credentials
        """
    }
}
