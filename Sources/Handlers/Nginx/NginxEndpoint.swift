/// An endpoint as nginx sees it: where it is, and what nginx does for it before and after the handler.
struct NginxEndpoint: Sendable {
    /// What an answer of nginx itself looks like.
    enum Kind: Sendable {
        case page
        case json
        /// JSON that is the same for everyone, and kept (OpenID Connect Discovery §4, RFC 7517 §5).
        case cachedJSON
    }

    /// Requests of one address beyond this are refused with 429; the numbers stand in `postern-http.conf`.
    enum Limit: String, Sendable {
        case login = "limit_req zone=postern_login burst=30 nodelay;"
        case token = "limit_req zone=postern_token burst=400 nodelay;"
    }

    let handler: String
    /// Below the issuer's path.
    let path: String
    let kind: Kind
    let limit: Limit?

    private init(_ handler: String, at path: String, _ kind: Kind, limit: Limit? = nil) {
        self.handler = handler
        self.path = path
        self.kind = kind
        self.limit = limit
    }

    static let all: [NginxEndpoint] = [
        NginxEndpoint("authorize", at: "/authorize", .page),
        NginxEndpoint("login", at: "/login", .page, limit: .login),
        NginxEndpoint("consent", at: "/consent", .page),
        NginxEndpoint("token", at: "/token", .json, limit: .token),
        NginxEndpoint("userinfo", at: "/userinfo", .json),
        NginxEndpoint("health", at: "/health", .json),
        NginxEndpoint("discovery", at: "/.well-known/openid-configuration", .cachedJSON),
        NginxEndpoint("jwks", at: "/jwks", .cachedJSON),
    ]
}
