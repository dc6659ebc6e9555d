import FCGIBridge
import OIDCLogic

/// The cookies: who is signed in, which browser this is, for seconds how often an app was answered, and, where session
/// management is on, what scripts may see of the first. All are short, and never grow.
struct CookieNames: Sendable {
    var session: String { sessionCookie.name }
    var browser: String { browserCookie.name }
    var state: String { stateCookie.name }
    /// All without a value.
    private let sessionCookie: SetCookie
    private let browserCookie: SetCookie
    private let stateCookie: SetCookie
    private let loopCookie: SetCookie

    /// No browser would keep a cookie of this issuer.
    struct Unusable: Error, CustomStringConvertible {
        let name: String
        let path: String

        var description: String { "no browser would keep the cookie \(name) with the path \(path)" }
    }

    /// Throws ``Unusable``.
    ///
    /// - Parameter sharesHost: other applications answer on the issuer's host. A cookie is then kept to our path, though
    ///   a path is no boundary against those applications.
    init(for issuer: Issuer, sharesHost: Bool) throws(Unusable) {
        // RFC 6265bis §4.1.3: with `__Host-` no other host, and nothing on plain http, can set it.
        let prefix = !issuer.isTLS ? "" : sharesHost ? "__Secure-" : "__Host-"
        let path = issuer.isTLS && !sharesHost ? "/" : issuer.path.isEmpty ? "/" : issuer.path
        func cookie(_ name: String, isForFrames: Bool = false) throws(Unusable) -> SetCookie {
            let sameSite: SetCookie.SameSite = isForFrames && issuer.isTLS ? .none : .lax
            guard
                let cookie = SetCookie(
                    name: name, value: "", path: path, secure: issuer.isTLS, httpOnly: !isForFrames, sameSite: sameSite)
            else { throw Unusable(name: name, path: path) }
            return cookie
        }
        sessionCookie = try cookie("\(prefix)postern")
        browserCookie = try cookie("\(prefix)postern-browser")
        loopCookie = try cookie("\(prefix)postern-answers")
        stateCookie = try cookie("\(prefix)postern-state", isForFrames: true)
    }

    /// The session cookie's value; nil if there is none, or more than one: someone else's host may have planted it.
    func sessionToken(in request: Request) -> SessionToken? {
        single(session, in: request).flatMap(SessionToken.init(presented:))
    }

    /// Whether there is one at all, of whatever use.
    func sessionCame(in request: Request) -> Bool { request.cookies.contains { $0.name == session } }

    func browserToken(in request: Request) -> BrowserToken? {
        single(browser, in: request).flatMap(BrowserToken.init(cookie:))
    }

    func browserState(in request: Request) -> String? { single(state, in: request) }

    func loop(in request: Request) -> String? { single(loopCookie.name, in: request) }

    /// It goes by itself.
    func setting(_ loop: RedirectLoop) -> SetCookie {
        loopCookie.holding(loop.text, maxAge: Int(RedirectLoop.window))
    }
    /// To be cleared once its user knows.
    var endingLoop: SetCookie { loopCookie }

    /// - Parameter seconds: how long the browser keeps it; nil: until it is closed. Likewise of a session's.
    func setting(_ state: BrowserState, for seconds: Int64? = nil) -> SetCookie {
        stateCookie.holding(state.text, maxAge: seconds.map { Int($0) })
    }
    func setting(_ token: SessionToken, for seconds: Int64? = nil) -> SetCookie {
        sessionCookie.holding(token.text, maxAge: seconds.map { Int($0) })
    }
    func setting(_ token: BrowserToken) -> SetCookie { browserCookie.holding(token.text) }

    /// To be cleared when the session has ended.
    var endingSession: SetCookie { sessionCookie }

    /// The cookies of ours that came and can't serve, to be cleared by the answer.
    func useless(in request: Request) -> [SetCookie] {
        let cookies = request.cookies
        var useless: [SetCookie] = []
        if cookies.contains(where: { $0.name == session }), sessionToken(in: request) == nil {
            useless.append(sessionCookie)
        }
        if cookies.contains(where: { $0.name == browser }), browserToken(in: request) == nil {
            useless.append(browserCookie)
        }
        return useless
    }

    private func single(_ name: String, in request: Request) -> String? {
        let values = request.cookies.filter { $0.name == name }
        return values.count == 1 ? values[0].value : nil
    }
}

extension Response {
    /// A cookie that came twice was set for two paths. Ours is one, and another app of the host has the other, most
    /// likely the root: what is set afterwards must not meet it again.
    mutating func clear(_ cookies: [SetCookie]) {
        for cookie in cookies {
            setCookie(cookie.holding("", maxAge: 0))
            if cookie.path != "/", let root = cookie.at(path: "/") { setCookie(root.holding("", maxAge: 0)) }
        }
    }
}
