import FCGIBridge

/// What there is to know of an endpoint before its handler runs: nginx's files, the pools, the wiring and the answers to
/// what no handler sees are made from it.
struct EndpointTraits: Sendable {
    /// What it answers with, also where nginx or the bridge answers in its place.
    enum Answers: Sendable {
        case page
        case json
        /// JSON that is the same for everyone, and that nginx keeps (OpenID Connect Discovery §4, RFC 7517 §5).
        case keptJSON
    }

    /// Requests of one address beyond this are refused with 429; the rates stand in `postern-http.conf`.
    enum Limit: String, Sendable {
        case login = "limit_req zone=postern_login burst=30 nodelay;"
        case token = "limit_req zone=postern_token burst=400 nodelay;"
    }

    /// Below the issuer's path.
    let path: String
    /// Whether the path goes on: the handler is told how (`POSTERN_TAIL`).
    let hasTail: Bool
    let answers: Answers
    let methods: Set<Method>
    /// In bytes.
    let bodyLimit: Int
    /// Whether it needs the private signing keys.
    let signs: Bool
    /// Whether scripts of clients' pages may call it.
    let isCrossOrigin: Bool
    /// The pool that serves it where no other lists it.
    let pool: DefaultPool
    let limit: Limit?

    private init(
        _ path: String, _ answers: Answers, _ methods: Set<Method>, body bodyLimit: Int, signs: Bool,
        pool: DefaultPool, limit: Limit?, crossOrigin isCrossOrigin: Bool = false,
        tail hasTail: Bool = false
    ) {
        self.path = path
        self.hasTail = hasTail
        self.answers = answers
        // A page's browser asks before it calls (Fetch Standard §3.3.1).
        self.methods = isCrossOrigin ? methods.union([.options]) : methods
        self.isCrossOrigin = isCrossOrigin
        self.bodyLimit = bodyLimit
        self.signs = signs
        self.pool = pool
        self.limit = limit
    }

    /// The one table of the endpoints. No handler is without a row, for the switch would not compile.
    fileprivate static func row(_ name: HandlerName) -> Self {
        let discovery = "/.well-known/openid-configuration"
        let parameters = 16 * 1024
        // A form of ours carries the request that began it, sealed: longer by a third, and by what JSON escapes.
        let ownForm = 48 * 1024
        let metadata = 64 * 1024
        return switch name {
        case .discovery: Self(discovery, .keptJSON, [.get], body: 0, signs: false, pool: .fast, limit: nil)
        case .jwks: Self("/jwks", .keptJSON, [.get], body: 0, signs: false, pool: .fast, limit: nil)
        case .authorize:
            Self("/authorize", .page, [.get, .post], body: parameters, signs: false, pool: .fast, limit: nil)
        case .login: Self("/login", .page, [.get, .post], body: ownForm, signs: false, pool: .slow, limit: .login)
        case .consent: Self("/consent", .page, [.get, .post], body: ownForm, signs: false, pool: .fast, limit: nil)
        case .logout:
            Self("/logout", .page, [.get, .post], body: parameters, signs: false, pool: .fast, limit: nil)
        case .logo: Self("/logo", .page, [.get], body: 0, signs: false, pool: .slow, limit: nil)
        case .checkSession:
            Self("/check_session", .page, [.get], body: 0, signs: false, pool: .fast, limit: nil)
        case .token:
            Self(
                "/token", .json, [.post], body: parameters, signs: true, pool: .fast, limit: .token, crossOrigin: true)
        case .userinfo:
            Self(
                "/userinfo", .json, [.get, .post], body: parameters, signs: true, pool: .fast, limit: nil,
                crossOrigin: true)
        case .introspect:
            Self("/introspect", .json, [.post], body: parameters, signs: false, pool: .fast, limit: nil)
        case .revoke:
            Self(
                "/revoke", .json, [.post], body: parameters, signs: false, pool: .fast, limit: .token,
                crossOrigin: true)
        case .register:
            Self("/register", .json, [.post], body: metadata, signs: false, pool: .slow, limit: .token)
        case .clientConfiguration:
            Self(
                "/register/", .json, [.get, .put, .delete], body: metadata, signs: false, pool: .slow, limit: .token,
                tail: true)
        case .administration:
            Self(
                "/admin/api/v1/", .json, [.get, .post, .put, .patch, .delete, .options], body: metadata, signs: false,
                pool: .slow,
                limit: .token, tail: true)
        case .console:
            Self(
                "/admin/", .page, [.get, .post], body: ownForm, signs: false, pool: .slow, limit: .login, tail: true)
        case .account:
            Self(
                "/account/", .page, [.get, .post], body: ownForm, signs: false, pool: .slow, limit: .login, tail: true)
        case .upstream:
            Self(
                "/upstream/", .page, [.get, .post], body: ownForm, signs: false, pool: .upstream, limit: .login,
                tail: true)
        case .callback:
            Self("/callback/", .page, [.get], body: 0, signs: false, pool: .upstream, limit: .login, tail: true)
        case .upstreamLogout:
            Self(
                "/backchannel/", .json, [.post], body: parameters, signs: false, pool: .upstream, limit: .token,
                tail: true)
        case .upstreamKeys:
            Self("/jwks/", .json, [.get], body: 0, signs: false, pool: .upstream, limit: .token, tail: true)
        case .upstreamSignOut:
            Self("/signed-out/", .page, [.get], body: 0, signs: false, pool: .upstream, limit: .login, tail: true)
        case .frontchannel:
            Self("/frontchannel/", .page, [.get], body: 0, signs: false, pool: .upstream, limit: .login, tail: true)
        case .health: Self("/health", .json, [.get], body: 0, signs: false, pool: .fast, limit: nil)
        }
    }
}

extension HandlerName {
    var traits: EndpointTraits { .row(self) }
}
