import FCGIBridge
import OIDCLogic

extension AuditActor {
    /// Who makes this request, as far as they have proved it.
    init(_ who: Who, by road: Road, _ request: Request) {
        self.init(who, by: road, from: request.remoteAddress, requestID: request.id)
    }
}

extension Provider {
    /// What is changed within `body` is changed by `who`, in this request.
    func acting<Result>(
        as who: AuditActor.Who, by road: AuditActor.Road, _ request: Request, _ body: () throws -> Result
    ) rethrows -> Result {
        try store.acting(as: AuditActor(who, by: road, request), at: now(), body)
    }
}

extension HandlerName {
    /// By what a change is made that no handler says more of.
    var road: AuditActor.Road {
        switch self {
        case .authorize, .login, .consent, .logout, .upstream, .callback, .upstreamSignOut: .signIn
        case .token, .userinfo, .introspect, .revoke: .token
        case .register, .clientConfiguration: .registration
        case .administration: .api
        case .console: .console
        case .account: .account
        case .upstreamLogout, .frontchannel: .upstream
        case .discovery, .jwks, .upstreamKeys, .logo, .checkSession, .health: .system
        }
    }
}
