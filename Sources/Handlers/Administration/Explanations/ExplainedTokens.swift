import JOSE
import OIDCLogic

/// What tokens would say, by the code that makes them. Nothing of it is signed.
struct ExplainedTokens {
    private(set) var claims: [ClaimDestination: [String: JSON]] = [:]
    /// An access token, or an ID token, would be too large for its users; nil: neither.
    private(set) var oversize: OAuthError?

    /// Stands for what is made anew with each token, so that nobody takes it for a real one.
    static let madeWithToken = JSON.string("(made when it is issued)")

    /// Those of a sign-in.
    init(
        of live: LiveGrant, releasing release: ClaimRelease, profile: AccessTokenProfile, issuer: Issuer,
        lifetimes: Lifetimes, at now: Timestamp
    ) {
        let hasUserInfo = live.scope.contains(Scope.openID)
        let released = release.claims(for: .idToken)
        let token = accessToken(
            of: .user(live), releasing: release.claims(for: .accessToken), profile: profile, issuer: issuer, at: now)
        claims[.introspection] = Introspection.answer(claims: release.claims(introspecting: token)).objectValue
        guard hasUserInfo else { return }
        var idToken =
            IDToken.claims(
                for: live, releasing: released, nonce: nil, accessToken: "", issuer: issuer, lifetimes: lifetimes,
                at: now
            ).objectValue ?? [:]
        for name in ["at_hash", "sid"] { idToken[name] = Self.madeWithToken }
        claims[.idToken] = idToken
        check { () throws(OAuthError) in try TokenSize.idToken.check(released) }
        // OpenID Connect Core §5.3: what is for another resource opens nothing there.
        let own = [issuer.value, live.client.id.value]
        guard profile.audience.contains(where: { name in own.contains { $0.hasSameBytes(as: name) } }) else { return }
        var userInfo = release.claims(for: .userInfo)
        userInfo["sub"] = .string(live.subject.value)
        claims[.userInfo] =
            live.client.metadata.userInfoSignedResponseAlg == nil
            ? userInfo : UserInfo.signedClaims(.object(userInfo), for: live.client, issuer: issuer).objectValue
    }

    /// That of a service, which has an access token alone.
    init(
        of client: Client, scope: Scope, claims service: ServiceClaims, profile: AccessTokenProfile, issuer: Issuer,
        at now: Timestamp
    ) {
        let token = accessToken(
            of: .client(client, scope: scope), releasing: service.inAccessToken, profile: profile, issuer: issuer,
            at: now)
        claims[.introspection] = Introspection.answer(claims: service.introspecting(token)).objectValue
    }

    private mutating func accessToken(
        of subject: TokenSubject, releasing released: [String: JSON], profile: AccessTokenProfile, issuer: Issuer,
        at now: Timestamp
    ) -> [String: JSON] {
        let all = AccessToken.claims(
            for: subject, releasing: released, profile: profile, issuer: issuer, at: now, random: SystemRandom())
        check { () throws(OAuthError) in try TokenSize.accessToken.check(all, count: all.serialized().count) }
        var token = all.objectValue ?? [:]
        token["jti"] = Self.madeWithToken
        claims[.accessToken] = token
        return token
    }

    private mutating func check(_ body: () throws(OAuthError) -> Void) {
        do { try body() } catch { oversize = oversize ?? error }
    }
}
