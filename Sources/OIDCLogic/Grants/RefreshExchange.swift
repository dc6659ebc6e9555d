import JOSE

/// A token request with a refresh token (RFC 6749 §6), by a client that has proved who it is.
package struct RefreshExchange: Sendable {
    package let token: RefreshToken
    package let client: Client
    /// Nil: all that was granted.
    private let scope: Scope?
    private let parameters: Parameters
    private let seal: Seal

    /// Throws `invalid_request`, `invalid_grant` for a token that never was ours, or `unauthorized_client`.
    package init(
        _ parameters: Parameters, from client: AuthenticatedClient, opening seal: Seal
    ) throws(OAuthError) {
        guard client.client.metadata.grantTypes.contains(.refreshToken) else {
            throw .unauthorizedClient(
                "this client is not registered for the grant refresh_token", detail: .grantType)
        }
        guard let text = try parameters.value("refresh_token", limit: 1024) else {
            throw .invalidRequest("refresh_token is missing", detail: .parameter("refresh_token", .absent))
        }
        token = try RefreshToken(text, seal: seal)
        scope = try parameters.value("scope", limit: 4096).map { text throws(OAuthError) in try Scope(text) }
        self.parameters = parameters
        self.client = client.client
        self.seal = seal
    }

    /// What to do with the token, as its family is now.
    package enum Step: Sendable {
        /// It lives: record `family` in place of the one that was looked at, then give `successor`.
        case rotate(RefreshFamily, successor: RefreshToken)
        /// It was used moments ago, and its successor was not: the answer may have been lost.
        case giveAgain(successor: RefreshToken)
        /// It is an old one: a thief has it, or has the successor (RFC 9700 §4.14.2). All that the grant gave must end.
        case reuse
    }

    /// Throws `invalid_grant` where there is nothing to decide: of another client, revoked, expired.
    package func step(
        _ grant: Grant, lifetimes: Lifetimes, at now: Timestamp, random: some RandomSource
    ) throws(OAuthError) -> Step {
        guard let family = grant.refresh else {
            throw .invalidGrant("the grant has no refresh tokens", detail: .credential(.refreshToken, .foreign))
        }
        guard grant.clientID == client.id else {
            throw .invalidGrant(
                "the refresh token was issued to another client",
                cause: "token of \(grant.clientID), sent by \(client.id)",
                detail: .credential(.refreshToken, .ofAnotherClient(grant.clientID)))
        }
        guard !grant.isRevoked else {
            throw .invalidGrant("the refresh token has been revoked", detail: .credential(.refreshToken, .revoked))
        }
        let end = grant.createdAt + lifetimes.refreshTokenAbsolute
        if constantTimeEqual(family.digest, token.digest) {
            guard now < family.expiresAt, now < end else {
                throw .invalidGrant("the refresh token has expired", detail: .credential(.refreshToken, .expired))
            }
            let salt = random.bytes(32)
            let successor = token.successor(salt: salt, seal: seal)
            let used = RefreshFamily.Predecessor(
                digest: token.digest, salt: salt, usedAt: now, request: requestDigest)
            return .rotate(
                RefreshFamily(
                    digest: successor.digest, expiresAt: min(now + lifetimes.refreshToken, end), predecessor: used),
                successor: successor)
        }
        guard let used = family.predecessor, constantTimeEqual(used.digest, token.digest),
            (0..<RefreshFamily.grace).contains(now - used.usedAt)
        else { return .reuse }
        guard constantTimeEqual(used.request, requestDigest) else {
            throw .invalidGrant(
                "the refresh token was used a moment ago for something else",
                detail: .credential(.refreshToken, .usedBefore))
        }
        let successor = token.successor(salt: used.salt, seal: seal)
        guard constantTimeEqual(successor.digest, family.digest) else {
            throw .invalidGrant(
                "the refresh token was used before the keys were changed",
                detail: .credential(.refreshToken, .usedBefore))
        }
        return .giveAgain(successor: successor)
    }

    /// Checks the grant against how things are now, and gives what tokens are made of: with the scope that the policy
    /// still allows, and of that what is asked for.
    package func accept(
        _ grant: Grant, user: User?, consent: Consent?, policy: ScopePolicy, subjects: SubjectIdentifiers
    ) throws(OAuthError) -> LiveGrant {
        guard let user, user.id == grant.userID, !user.isDisabled else {
            throw .invalidGrant("the user may no longer sign in", detail: .credential(.refreshToken, .userEnded))
        }
        let given = grant.scope.union(grant.claims.scope)
        let isRemembered = consent.map { given.isSubset(of: $0.scope) } ?? false
        guard client.isFirstParty || isRemembered || !client.remembersConsent else {
            throw .invalidGrant(
                "the user has not consented to this, or no longer does",
                detail: .credential(.refreshToken, .consentWithdrawn))
        }
        let decision = policy.decide(
            ScopeQuestion(
                client: client, user: user, authentication: grant.authentication, request: grant.request,
                requested: given))
        guard case .granted(let allowed) = decision.answer, allowed.contains(Scope.offlineAccess) else {
            throw .invalidGrant(
                "the client, or the user, may no longer be given this scope", cause: decision.cause,
                detail: .credential(.refreshToken, .scopeWithdrawn))
        }
        let asked = scope ?? grant.scope
        guard asked.isSubset(of: grant.scope) else {
            throw .invalidScope(
                "scope asks for more than was granted; at a refresh it can only be less",
                detail: .scope(.moreThanGranted))
        }
        return try LiveGrant(
            grant, client: client, user: user, subjects: subjects, scope: asked.intersection(allowed),
            claims: grant.claims.narrowed(to: allowed))
    }

    /// What the access token is to be for. Throws `invalid_target`.
    package func resources(of grant: Grant) throws(OAuthError) -> [ResourceIndicator] {
        try parameters.resources(for: client, within: grant.resources)
    }

    private var requestDigest: [UInt8] {
        let words = [scope?.description ?? "*"] + parameters.values("resource")
        return Digest.sha256(Array(words.joined(separator: "\n").utf8))
    }
}
