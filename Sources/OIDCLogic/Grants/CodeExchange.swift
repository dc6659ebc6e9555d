import JOSE

/// A token request with an authorization code (RFC 6749 §4.1.3), by a client that has proved who it is.
package struct CodeExchange: Sendable {
    package let code: AuthorizationCode
    private let parameters: Parameters
    package let client: AuthenticatedClient
    private let seal: Seal

    /// What the tokens are made of.
    package struct Accepted: Sendable {
        package let live: LiveGrant
        package let resources: [ResourceIndicator]
        package let nonce: String?
        /// The first of its family, which the grant records.
        package let refreshToken: RefreshToken?
    }

    /// Checks all that the request itself can tell, in an order that matters: a code is spent by its own
    /// client alone, so nobody who merely saw one can end what it gave.
    ///
    /// - Parameter codeText: the code, already looked up if it was a reference.
    package init(
        _ parameters: Parameters, code codeText: String, from client: AuthenticatedClient, opening seal: Seal
    ) throws(OAuthError) {
        do {
            code = try AuthorizationCode(sealed: codeText, opening: seal)
        } catch {
            throw .invalidGrant(
                "the code is none of ours, or was changed on its way", detail: .credential(.code, .foreign))
        }
        guard code.clientID == client.client.id else {
            throw .invalidGrant(
                "the code was issued to another client", cause: "code of \(code.clientID), sent by \(client.client.id)",
                detail: .credential(.code, .ofAnotherClient(code.clientID)))
        }
        let redirectURI = try parameters.value("redirect_uri")
        guard redirectURI != nil || !code.namesRedirectURI else {
            throw .invalidRequest(
                "redirect_uri is missing; send the one of the authorization request",
                detail: .redirectURIOfCode(RedactedURI(redacting: code.redirectURI)))
        }
        guard redirectURI?.hasSameBytes(as: code.redirectURI) ?? true else {
            throw .invalidGrant(
                "redirect_uri is not the one of the authorization request",
                detail: .redirectURIOfCode(RedactedURI(redacting: code.redirectURI)))
        }
        try Self.checkPKCE(code.codeChallenge, try parameters.value("code_verifier"))
        self.parameters = parameters
        self.client = client
        self.seal = seal
    }

    /// RFC 7636 §4.6, and RFC 9700 §2.1.1: a verifier without a challenge is refused too, so PKCE can't be cut out on
    /// the way.
    private static func checkPKCE(_ challenge: CodeChallenge?, _ verifier: String?) throws(OAuthError) {
        switch (challenge, verifier) {
        case (nil, nil): return
        case (.some, nil): throw .invalidGrant("code_verifier is missing", detail: .pkce(.verifier, .absent))
        case (nil, .some):
            throw .invalidGrant(
                "code_verifier came for a code that was issued without code_challenge",
                detail: .pkce(.challenge, .absent))
        case (let challenge?, let verifier?):
            guard challenge.accepts(try CodeVerifier(verifier)) else {
                throw .invalidGrant(
                    "code_verifier does not match code_challenge", detail: .pkce(.verifier, .mismatch))
            }
        }
    }

    /// Checks it against how things are now. What it returns is not a grant until the store has recorded it.
    ///
    /// A code that is refused here may have been used before, and then ends what it gave: the caller looks.
    package func accept(
        user: User?, session: Session?, consent: Consent?, policy: ScopePolicy, subjects: SubjectIdentifiers,
        lifetimes: Lifetimes, at now: Timestamp,
        random: some RandomSource
    ) throws(OAuthError) -> Accepted {
        guard code.issuedAt.isWithin(lifetimes.code, of: now) else {
            throw .invalidGrant("the code has expired", detail: .credential(.code, .expired))
        }
        guard let user, user.id == code.authentication.userID, !user.isDisabled else {
            throw .invalidGrant("the user can no longer sign in", detail: .credential(.code, .userEnded))
        }
        guard let session, session.id == code.authentication.sessionID, session.userID == user.id,
            session.isAlive(at: now, idle: lifetimes.sessionIdle)
        else {
            throw .invalidGrant("the user has signed out meanwhile", detail: .credential(.code, .sessionOver))
        }
        let current = client.client
        // Whoever reads what came to that address is the client no more. To one that has moved meanwhile it would tell what
        // users are called in another's sector (OpenID Connect Core §8.1).
        guard current.metadata.hasRegistered(code.redirectURI) else {
            throw .invalidGrant(
                "the code went to a redirect URI that the client has no more",
                detail: .credential(.code, .clientChanged))
        }
        let given = code.scope.union(code.claims.scope)
        let decision = policy.decide(
            ScopeQuestion(
                client: current, user: user, authentication: code.authentication, request: code.request,
                requested: given))
        guard decision.answer == .granted(given) else {
            throw .invalidGrant(
                "the client, or the user, may no longer be given this scope", cause: decision.cause,
                detail: .credential(.code, .scopeWithdrawn))
        }
        let isRemembered = consent.map { given.isSubset(of: $0.scope) } ?? false
        guard current.isFirstParty || isRemembered || !current.mayRememberConsent(for: code.redirectURI) else {
            throw .invalidGrant(
                "the user has taken back the consent", detail: .credential(.code, .consentWithdrawn))
        }
        // Core §11, RFC 6749 §1.5: at the provider's discretion, and here by that scope alone.
        let mayRefresh = code.scope.contains(Scope.offlineAccess) && current.metadata.grantTypes.contains(.refreshToken)
        let refreshToken = mayRefresh ? RefreshToken(of: code.id, random: random, seal: seal) : nil
        let grant = grant(refreshedBy: refreshToken, lifetimes: lifetimes, at: now)
        return Accepted(
            live: try LiveGrant(grant, client: current, user: user, subjects: subjects),
            resources: try parameters.resources(for: current, within: code.resources), nonce: code.nonce,
            refreshToken: refreshToken)
    }

    /// The row that redeems the code.
    private func grant(refreshedBy token: RefreshToken?, lifetimes: Lifetimes, at now: Timestamp) -> Grant {
        let family = token.map {
            let lifetime = min(lifetimes.refreshToken, lifetimes.refreshTokenAbsolute)
            return RefreshFamily(digest: $0.digest, expiresAt: now + lifetime)
        }
        let end = now + max(lifetimes.longestAccessToken, lifetimes.code)
        return Grant(
            id: code.id, clientID: code.clientID, authentication: code.authentication, request: code.request,
            scope: code.scope, resources: code.resources, refresh: family, createdAt: now,
            expiresAt: max(end, family?.expiresAt ?? end), claims: code.claims)
    }
}
