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
        let keys = try signingKeys(for: accepted)
        switch try provider.store.redeemOrRevoke(accepted.grant) {
        case .recorded: return .json(try issue(for: accepted, keys).json)
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
                user: try store.user(code.userID), session: try store.session(code.sessionID),
                consent: try store.consent(of: code.userID, to: code.clientID), lifetimes: provider.lifetimes, at: now)
        } catch let error as OAuthError {
            // A code that is refused for another reason may be a replay all the same, and then ends what it gave. It is
            // the code's own client that asks: an exchange is made of no other's.
            if let grant = try store.grant(code.id), !grant.isRevoked { try store.revoke(grant.id) }
            throw error
        }
    }

    private struct SigningKeys {
        let accessToken: SigningKey
        /// Nil: there is no ID token.
        let idToken: SigningKey?
    }

    private func signingKeys(for accepted: CodeExchange.Accepted) throws -> SigningKeys {
        let algorithm = accepted.client.metadata.idTokenSignedResponseAlg
        return SigningKeys(
            accessToken: try provider.keys.signingKey(KeyRing.accessTokenAlgorithm, from: provider.store),
            idToken: accepted.code.scope.contains(Scope.openID)
                ? try provider.keys.signingKey(algorithm, from: provider.store) : nil)
    }

    private func issue(for accepted: CodeExchange.Accepted, _ keys: SigningKeys) throws -> TokenResponse {
        let now = provider.now()
        let accessToken = try JWS.sign(
            header: AccessToken.type,
            claims: AccessToken.claims(
                for: accepted, issuer: provider.issuer, lifetimes: provider.lifetimes, at: now, random: provider.random),
            key: keys.accessToken)
        let idToken = try keys.idToken.map { key in
            try JWS.sign(
                header: IDToken.type,
                claims: IDToken.claims(
                    for: accepted, accessToken: accessToken, issuer: provider.issuer, lifetimes: provider.lifetimes,
                    at: now),
                key: key)
        }
        return TokenResponse(
            accessToken: accessToken, expiresIn: provider.lifetimes.accessToken, scope: accepted.code.scope,
            idToken: idToken)
    }
}
