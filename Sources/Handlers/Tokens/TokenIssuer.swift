import JOSE
import OIDCLogic

/// Makes and signs tokens. What it needs is fetched first, so that nothing is spent where nothing can be signed.
struct TokenIssuer {
    private let provider: Provider
    private let subject: TokenSubject
    private let profile: AccessTokenProfile
    /// Nil: it is about no user.
    private let release: ClaimRelease?
    private let accessTokenKey: SigningKey
    /// Nil: there is no ID token.
    private let idTokenKey: SigningKey?

    /// Throws `invalid_grant` where a required claim has no value, `invalid_target` where one token can't serve the resources, and `server_error` where a key is missing.
    init(_ provider: Provider, for subject: TokenSubject, resources: [ResourceIndicator]) throws {
        self.provider = provider
        self.subject = subject
        release =
            if case .user(let live) = subject { try Self.release(provider, for: live) } else { nil }
        profile = try provider.resources.profile(
            for: resources, client: subject.client, issuer: provider.issuer, lifetimes: provider.lifetimes)
        accessTokenKey = try provider.keys.signingKey(profile.algorithm, from: provider.store)
        idTokenKey =
            subject.scope.contains(Scope.openID)
            ? try provider.keys.signingKey(subject.client.metadata.idTokenSignedResponseAlg, from: provider.store)
            : nil
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
        let now = provider.now()
        guard case .user(let live) = subject, let release else {
            return TokenResponse(
                accessToken: try accessToken(releasing: [:], at: now), expiresIn: profile.lifetime,
                scope: subject.scope, idToken: nil, refreshToken: nil)
        }
        let accessToken = try accessToken(releasing: release.claims(for: .accessToken), at: now)
        let idToken = try idTokenKey.map { key in
            try JWS.sign(
                header: IDToken.type,
                claims: IDToken.claims(
                    for: live, releasing: release, nonce: nonce, accessToken: accessToken, issuer: provider.issuer,
                    lifetimes: provider.lifetimes, at: now),
                key: key)
        }
        return TokenResponse(
            accessToken: accessToken, expiresIn: profile.lifetime, scope: subject.scope, idToken: idToken,
            refreshToken: refreshToken?.text)
    }

    private func accessToken(releasing released: [String: JSON], at now: Timestamp) throws -> String {
        let claims = AccessToken.claims(
            for: subject, releasing: released, profile: profile, issuer: provider.issuer, at: now,
            random: provider.random)
        return switch subject.client.metadata.accessTokenFormat {
        case .jwt: try JWS.sign(header: AccessToken.type, claims: claims, key: accessTokenKey)
        case .opaque: provider.seal.seal(claims.serialized(), purpose: .accessToken)
        }
    }
}
