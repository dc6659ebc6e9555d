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
            client_id="\(id)",
            \(isPublic ? "" : "client_secret=\"SECRET\",\n    ")server_metadata_url="\(discovery)",
            client_kwargs={"scope": "\(scope)", "code_challenge_method": "S256"},
        )
        """
    }

    private var apache: String {
        """
        OIDCProviderMetadataURL \(discovery)
        OIDCClientID \(id)
        \(isPublic ? "" : "OIDCClientSecret SECRET\n")OIDCRedirectURI \(redirect)
        OIDCScope "\(scope)"
        OIDCPKCEMethod S256
        OIDCCryptoPassphrase CHOOSE_ONE
        """
    }

    private var spring: String {
        """
        spring.security.oauth2.client:
          registration.postern:
            client-id: "\(id)"
            client-secret: "\(secret)"
            scope: \(scope.split(separator: " ").joined(separator: ", "))
          provider.postern:
            issuer-uri: \(issuer.value)
        """
    }

    private var authJS: String {
        """
        providers: [{
          id: "postern", name: "Postern", type: "oidc",
          issuer: "\(issuer.value)",
          clientId: "\(id)",
          clientSecret: \(isPublic ? "undefined, client: { token_endpoint_auth_method: \"none\" }" : "process.env.POSTERN_SECRET"),
          authorization: { params: { scope: "\(scope)" } },
          checks: ["pkce", "state", "nonce"],
        }]
        """
    }

    private var proxy: String {
        """
        oauth2-proxy --provider=oidc --oidc-issuer-url=\(issuer.value) \\
            --client-id='\(id)' --client-secret="$SECRET" --code-challenge-method=S256 \\
            --redirect-url=\(redirect) --scope="\(scope)" --email-domain='*'
        """
    }

    private var curl: String {
        """
        curl \(issuer.endpoint("token")) -u '\(id)':"$SECRET" \\
            -d grant_type=client_credentials
        """
    }
}
