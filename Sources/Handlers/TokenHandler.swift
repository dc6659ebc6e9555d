import FCGIBridge
import JOSE
import OIDCLogic

/// The token endpoint (RFC 6749 §3.2, OpenID Connect Core §3.1.3).
struct TokenHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.servingTokens(request) {
            let parameters = Parameters(try request.formFields())
            try parameters.requireSingle(but: "resource")
            guard let grantType = try parameters.value("grant_type") else {
                throw OAuthError.invalidRequest(
                    "grant_type is missing", detail: .parameter("grant_type", .absent))
            }
            let client = try ClientAuthenticator(provider: provider).authenticate(parameters, request)
            let (response, event) = try provider.acting(as: .client(client.client.id), by: .token, request) {
                () throws -> (Response, TokenServiceEvent) in
                switch grantType {
                case GrantType.authorizationCode.rawValue: (try exchangeCode(parameters, for: client), .issued)
                case GrantType.refreshToken.rawValue: (try refresh(parameters, for: client), .refreshed)
                case GrantType.clientCredentials.rawValue: (try serveItself(parameters, client), .issuedToService)
                default:
                    throw OAuthError.unsupportedGrantType(
                        "grant_type must be authorization_code, refresh_token or client_credentials",
                        detail: .parameter("grant_type", .unsupported))
                }
            }
            provider.store.noteUse(of: client.client.id, at: provider.now())
            provider.note(event, for: client.client.id, request)
            return response
        }
    }

    private func exchangeCode(_ parameters: Parameters, for client: AuthenticatedClient) throws -> Response {
        guard let text = try parameters.value("code") else {
            throw OAuthError.invalidRequest("code is missing", detail: .parameter("code", .absent))
        }
        guard let sealed = try Carrier(store: provider.store, now: provider.now).receive(text) else {
            throw OAuthError.invalidGrant("the code has expired", detail: .credential(.code, .expired))
        }
        let exchange = try CodeExchange(parameters, code: sealed, from: client, opening: provider.seal)
        let accepted = try accept(exchange)
        // Before the code is spent: a client that can't be given tokens now may come again.
        let issuer = try TokenIssuer(provider, for: .user(accepted.live), resources: accepted.resources)
        switch try provider.store.redeemOrRevoke(accepted.live.grant) {
        case .recorded:
            try requireSubjects(of: accepted.live)
            return .json(try issuer.issue(nonce: accepted.nonce, refreshToken: accepted.refreshToken).json)
        // RFC 6749 §4.1.2: whoever comes second may be a thief, or the victim of one.
        case .replayed:
            throw OAuthError.invalidGrant(
                "the code was used before; what it gave has been revoked", detail: .credential(.code, .usedBefore))
        case .ended:
            throw OAuthError.invalidGrant(
                "the user has signed out meanwhile, or may no longer sign in", detail: .credential(.code, .sessionOver))
        }
    }

    /// A change of what users are called ends what was granted before it. What was accepted before it and recorded after it,
    /// at the same moment, ends here.
    private func requireSubjects(of live: LiveGrant) throws {
        let current = try provider.store.client(live.client.id)?.metadata.subjectType
        guard current != live.client.metadata.subjectType else { return }
        try provider.store.revoke(live.grant.id, because: .subjectsChanged)
        throw OAuthError.invalidGrant(
            "the client was changed at this moment", detail: .credential(.code, .clientChanged))
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
                policy: try provider.policy(), subjects: try provider.subjects(of: exchange.client.client),
                lifetimes: provider.lifetimes, at: now, random: provider.random)
        } catch let error as OAuthError {
            // A code that is refused for another reason may be a replay all the same, and then ends what it gave. It is
            // the code's own client that asks: an exchange is made of no other's.
            if let grant = try store.grant(code.id), !grant.isRevoked {
                try store.revoke(grant.id, because: .codeReused)
            }
            throw error
        }
    }

    private func refresh(_ parameters: Parameters, for client: AuthenticatedClient) throws -> Response {
        let exchange = try RefreshExchange(parameters, from: client, opening: provider.seal)
        // Whoever comes second at the same moment looks again, and is given what the first one was.
        for _ in 0..<3 {
            guard let grant = try provider.store.grant(exchange.token.grantID) else {
                throw OAuthError.invalidGrant(
                    "the refresh token has expired", detail: .credential(.refreshToken, .expired))
            }
            let now = provider.now()
            switch try exchange.step(grant, lifetimes: provider.lifetimes, at: now, random: provider.random) {
            case .reuse:
                try provider.store.revoke(grant.id, because: .refreshTokenReused)
                throw OAuthError.invalidGrant(
                    "the refresh token was used before; what came of it has been revoked", cause: "grant \(grant.id)",
                    detail: .credential(.refreshToken, .usedBefore))
            case .giveAgain(let successor):
                try provider.requireStanding(of: grant, for: exchange.client)
                let issuer = try issuer(for: exchange, try accept(exchange, of: grant))
                return .json(try issuer.issue(refreshToken: successor).json)
            case .rotate(let family, let successor):
                try provider.requireStanding(of: grant, for: exchange.client)
                let live = try accept(exchange, of: grant)
                let issuer = try issuer(for: exchange, live)
                let end = max(family.expiresAt, now + provider.lifetimes.longestAccessToken, grant.expiresAt)
                let isRotated = try provider.store.rotate(
                    grant.id, from: exchange.token.digest, to: family, keeping: live.claims, until: end)
                if isRotated { return .json(try issuer.issue(refreshToken: successor).json) }
            }
        }
        throw OAuthError.invalidGrant(
            "the refresh token is being used by others at this moment", detail: .credential(.refreshToken, .usedBefore))
    }

    /// Reads user, consent and rules again, as of now.
    private func accept(_ exchange: RefreshExchange, of grant: Grant) throws -> LiveGrant {
        try exchange.accept(
            grant, user: try provider.store.user(grant.userID),
            consent: try provider.store.consent(of: grant.userID, to: grant.clientID), policy: try provider.policy(),
            subjects: try provider.subjects(of: exchange.client))
    }

    private func issuer(for exchange: RefreshExchange, _ live: LiveGrant) throws -> TokenIssuer {
        try TokenIssuer(provider, for: .user(live), resources: try exchange.resources(of: live.grant))
    }

    /// RFC 6749 §4.4. Nothing is recorded: the client is asked for again wherever the token is looked at.
    private func serveItself(_ parameters: Parameters, _ client: AuthenticatedClient) throws -> Response {
        let subject = try ClientCredentialsGrant.subject(
            parameters, for: client, in: try provider.store.catalogue())
        let resources = try parameters.resources(for: client.client)
        return .json(try TokenIssuer(provider, for: subject, resources: resources).issue().json)
    }
}
