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
        // RFC 6749 §4.1.2: whoever comes second may be a thief, or the victim of one.
        guard try provider.store.redeemOrRevoke(accepted.grant) else {
            throw OAuthError.invalidGrant("the code was used before; what it gave has been revoked")
        }
        return .json(try issue(for: accepted).json)
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
            // A code that is refused for another reason may be a replay all the same, and then ends what it gave.
            if try store.grant(code.id) != nil {
                _ = try store.redeemOrRevoke(exchange.grant(lifetimes: provider.lifetimes, at: now))
            }
            throw error
        }
    }

    private func issue(for accepted: CodeExchange.Accepted) throws -> TokenResponse {
        let now = provider.now()
        let accessToken = try JWS.sign(
            header: AccessToken.type,
            claims: AccessToken.claims(
                for: accepted, issuer: provider.issuer, lifetimes: provider.lifetimes, at: now, random: provider.random),
            key: try provider.keys.signingKey(KeyRing.accessTokenAlgorithm, from: provider.store))
        let idToken: String? =
            if accepted.code.scope.contains(Scope.openID) {
                try JWS.sign(
                    header: IDToken.type,
                    claims: IDToken.claims(
                        for: accepted, accessToken: accessToken, issuer: provider.issuer, lifetimes: provider.lifetimes,
                        at: now),
                    key: try provider.keys.signingKey(
                        accepted.client.metadata.idTokenSignedResponseAlg, from: provider.store))
            } else {
                nil
            }
        return TokenResponse(
            accessToken: accessToken, expiresIn: provider.lifetimes.accessToken, scope: accepted.code.scope,
            idToken: idToken)
    }
}
