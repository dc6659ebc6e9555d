import FCGIBridge
import JOSE
import OIDCLogic

/// The token endpoint (RFC 6749 §3.2, OpenID Connect Core §3.1.3).
struct TokenHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.answeringJSON(request) {
            let parameters = Parameters(try request.formFields())
            try parameters.requireSingle()
            guard let grantType = try parameters.value("grant_type") else {
                throw OAuthError.invalidRequest("grant_type is missing")
            }
            let client = try ClientAuthenticator(provider: provider).authenticate(parameters, request)
            switch grantType {
            case "authorization_code": return try exchangeCode(parameters, for: client)
            default: throw OAuthError.unsupportedGrantType("grant_type must be authorization_code")
            }
        }
    }

    private func exchangeCode(_ parameters: Parameters, for client: AuthenticatedClient) throws -> Response {
        guard let text = try parameters.value("code") else { throw OAuthError.invalidRequest("code is missing") }
        guard let sealed = try Carrier(store: provider.store, now: provider.now).receive(text) else {
            throw OAuthError.invalidGrant("the code has expired")
        }
        let exchange = try CodeExchange(parameters, code: sealed, from: client, opening: provider.seal)
        let accepted = try accept(exchange)
        // Before the code is spent: a client that can't be given tokens now may come again.
        let issuer = try TokenIssuer(provider, for: accepted.live.client, scope: accepted.live.scope)
        let release = try provider.claimRelease(
            for: ClaimSubject(accepted.live), in: [.idToken, .accessToken])
        switch try provider.store.redeemOrRevoke(accepted.live.grant) {
        case .recorded:
            return .json(try issuer.issue(for: accepted.live, releasing: release, nonce: accepted.nonce).json)
        // RFC 6749 §4.1.2: whoever comes second may be a thief, or the victim of one.
        case .replayed: throw OAuthError.invalidGrant("the code was used before; what it gave has been revoked")
        case .ended: throw OAuthError.invalidGrant("the user has signed out meanwhile, or may no longer sign in")
        }
    }

    /// Reads user, session and consent again, as of now.
    private func accept(_ exchange: CodeExchange) throws -> CodeExchange.Accepted {
        let code = exchange.code
        let store = provider.store
        let now = provider.now()
        do {
            return try exchange.accept(
                user: try store.user(code.authentication.userID),
                session: try store.session(code.authentication.sessionID),
                consent: try store.consent(of: code.authentication.userID, to: code.clientID),
                policy: provider.policy, lifetimes: provider.lifetimes, at: now)
        } catch let error as OAuthError {
            // A code that is refused for another reason may be a replay all the same, and then ends what it gave. It is
            // the code's own client that asks: an exchange is made of no other's.
            if let grant = try store.grant(code.id), !grant.isRevoked { try store.revoke(grant.id) }
            throw error
        }
    }
}
