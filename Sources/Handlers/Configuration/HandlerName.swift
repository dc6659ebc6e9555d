/// What nginx calls a handler by: the value of its `POSTERN_HANDLER` parameter. What there is to know of each stands in
/// ``EndpointTraits``.
package enum HandlerName: String, Sendable, CaseIterable {
    case discovery, jwks, authorize, login, consent, logout, logo, token, userinfo, introspect, revoke, register
    case checkSession = "check_session"
    case clientConfiguration = "client-configuration"
    case administration = "admin-api"
    case console, account
    case upstream, callback
    case upstreamLogout = "backchannel"
    case upstreamKeys = "upstream-jwks"
    case upstreamSignOut = "signed-out"
    case frontchannel
    case health

    /// Whether it is there for upstreams alone.
    var isOfUpstreams: Bool {
        [.upstream, .callback, .upstreamLogout, .upstreamKeys, .upstreamSignOut, .frontchannel].contains(self)
    }

    /// Whether it needs the private signing keys. A pool without such a handler is never given them.
    package var signs: Bool { traits.signs }
}
