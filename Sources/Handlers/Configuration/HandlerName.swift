/// What nginx calls a handler by: the value of its `POSTERN_HANDLER` parameter.
package enum HandlerName: String, Sendable, CaseIterable {
    case discovery, jwks, authorize, login, consent, token, userinfo, health

    /// Whether it needs the private signing keys. A pool without such a handler is never given them.
    package var signs: Bool { self == .token }
}
