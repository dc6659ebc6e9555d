/// What nginx calls a handler by: the value of its `POSTERN_HANDLER` parameter. What there is to know of each stands in
/// ``EndpointTraits``.
package enum HandlerName: String, Sendable, CaseIterable {
    case discovery, jwks, authorize, login, consent, logout, token, userinfo, introspect, revoke, register
    case clientConfiguration = "client-configuration"
    case administration = "admin-api"
    case console
    case health

    /// Whether it needs the private signing keys. A pool without such a handler is never given them.
    package var signs: Bool { traits.signs }
}
