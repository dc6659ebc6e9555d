import FCGIBridge
import OIDCLogic

/// The two cookies: who is signed in, and which browser this is. Both are short, and never grow.
struct CookieNames: Sendable {
    let session: String
    let browser: String
    private let path: String
    private let isSecure: Bool

    /// - Parameter sharesHost: other applications answer on the issuer's host. A cookie is then kept to our path, though
    ///   a path is no boundary against those applications.
    init(for issuer: Issuer, sharesHost: Bool) {
        isSecure = issuer.isTLS
        // RFC 6265bis §4.1.3: with `__Host-` no other host, and nothing on plain http, can set it.
        let prefix = !issuer.isTLS ? "" : sharesHost ? "__Secure-" : "__Host-"
        path = issuer.isTLS && !sharesHost ? "/" : issuer.path.isEmpty ? "/" : issuer.path
        session = "\(prefix)postern"
        browser = "\(prefix)postern-browser"
    }

    /// The session cookie's value; nil if there is none, or more than one: someone else's host may have planted it.
    func sessionToken(in request: Request) -> SessionToken? {
        single(session, in: request).flatMap(SessionToken.init(cookie:))
    }

    func browserToken(in request: Request) -> BrowserToken? {
        single(browser, in: request).flatMap(BrowserToken.init(cookie:))
    }

    /// Whether a session cookie came that can't serve, so that the answer clears it.
    func hasUselessSession(_ request: Request) -> Bool {
        request.cookies.contains { $0.name == session } && sessionToken(in: request) == nil
    }

    func setting(_ token: SessionToken) -> SetCookie? { cookie(session, token.text) }
    func setting(_ token: BrowserToken) -> SetCookie? { cookie(browser, token.text) }
    var clearingSession: SetCookie? { cookie(session, "", maxAge: 0) }

    private func single(_ name: String, in request: Request) -> String? {
        let values = request.cookies.filter { $0.name == name }
        return values.count == 1 ? values[0].value : nil
    }

    private func cookie(_ name: String, _ value: String, maxAge: Int? = nil) -> SetCookie? {
        SetCookie(
            name: name, value: value, path: path, maxAge: maxAge, secure: isSecure)
    }
}

extension Response {
    mutating func set(_ cookie: SetCookie?) {
        if let cookie { setCookie(cookie) }
    }
}
