import JOSE
import OIDCLogic

/// Makes and signs tokens. What it needs is fetched first, so that nothing is spent where nothing can be signed.
struct TokenIssuer {
    private let provider: Provider
    private let subject: TokenSubject
    private let profile: AccessTokenProfile
    private let now: Timestamp
    private let accessTokenKey: SigningKey
    /// Its claims.
    private let accessTokenPayload: [UInt8]
    /// Nil: there is no ID token.
    private let idTokenKey: SigningKey?
    /// What is released to the ID token.
    private let idTokenClaims: [String: JSON]

    /// Throws `invalid_grant` where a required claim has no value, `invalid_target` where one token can't serve the
    /// resources, and `server_error` where a key is missing, or a token would be too large for its users.
    init(_ provider: Provider, for subject: TokenSubject, resources: [ResourceIndicator]) throws {
        self.provider = provider
        self.subject = subject
        // Nil: it is about no user.
        let release: ClaimRelease?
        let accessTokenClaims: [String: JSON]
        switch subject {
        case .user(let live):
            let released = try Self.release(provider, for: live)
            release = released
            accessTokenClaims = released.claims(for: .accessToken)
        case .client(let client, let scope):
            release = nil
            accessTokenClaims = try provider.serviceClaims(of: client, scope: scope)
        }
        profile = try provider.resources.profile(
            for: resources, client: subject.client, issuer: provider.issuer, lifetimes: provider.lifetimes)
        accessTokenKey = try provider.keys.signingKey(profile.algorithm, from: provider.store)
        idTokenKey =
            subject.scope.contains(Scope.openID)
            ? try provider.keys.signingKey(subject.client.metadata.idTokenSignedResponseAlg, from: provider.store)
            : nil
        now = provider.now()
        let claims = AccessToken.claims(
            for: subject, releasing: accessTokenClaims, profile: profile, issuer: provider.issuer, at: now,
            random: provider.random)
        accessTokenPayload = claims.serialized()
        try TokenSize.accessToken.check(claims, count: accessTokenPayload.count)
        idTokenClaims = idTokenKey == nil ? [:] : release?.claims(for: .idToken) ?? [:]
        try TokenSize.idToken.check(idTokenClaims)
    }

    /// RFC 6749 §5.2 knows no `access_denied`: whoever lacks a required claim has a grant that is no good.
    private static func release(_ provider: Provider, for live: LiveGrant) throws -> ClaimRelease {
        do {
            let subject = ClaimSubject(live, in: try provider.store.catalogue())
            return try provider.claimRelease(for: subject, in: [.idToken, .accessToken])
        } catch let error as OAuthError where error.code == .accessDenied {
            throw OAuthError.invalidGrant(
                "the user lacks something that this app requires; ask the administrator", cause: error.cause)
        }
    }

    /// - Parameter nonce: that of the authorization request, for its own answer alone.
    func issue(nonce: String? = nil, refreshToken: RefreshToken? = nil) throws -> TokenResponse {
        let accessToken = try accessToken()
        guard case .user(let live) = subject else {
            return TokenResponse(
                accessToken: accessToken, expiresIn: profile.lifetime, scope: subject.scope, idToken: nil,
                refreshToken: nil)
        }
        let idToken = try idTokenKey.map { key in
            try JWS.sign(
                header: IDToken.type,
                claims: IDToken.claims(
                    for: live, releasing: idTokenClaims, nonce: nonce, accessToken: accessToken,
                    issuer: provider.issuer,
                    lifetimes: provider.lifetimes, at: now),
                key: key)
        }
        return TokenResponse(
            accessToken: accessToken, expiresIn: profile.lifetime, scope: subject.scope, idToken: idToken,
            refreshToken: refreshToken?.text)
    }

    private func accessToken() throws -> String {
        switch subject.client.metadata.accessTokenFormat {
        case .jwt: try JWS.sign(header: AccessToken.type, payload: accessTokenPayload, key: accessTokenKey)
        case .opaque: provider.seal.seal(accessTokenPayload, purpose: .accessToken)
        }
    }
}
