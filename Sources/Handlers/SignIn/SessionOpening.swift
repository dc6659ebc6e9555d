import FCGIBridge
import JOSE
import OIDCLogic

/// A proof of who somebody is, by which a session begins.
struct SessionOpening {
    let proof: SessionStart.Proof
    /// By an upstream's word; nil: it doesn't say.
    var authTime: Timestamp?
    var amr: [String]
    var acr: String?
    /// In seconds: for how long the user stays signed in; nil: as usual.
    var remembered: Int64?
    var upstream: UpstreamSession?
    /// What the success clears of failures.
    var cleared: [ThrottleKey] = []

    init(password user: AuthenticatedUser, typedAs name: Username, remembered: Int64?) {
        proof = .password(user)
        (amr, acr) = (Authentication.passwordAMR, Authentication.passwordACR)
        self.remembered = remembered
        cleared = [.login(account: name)]
    }

    init(
        upstream user: UpstreamUser, _ identity: UpstreamIdentity, authTime: Timestamp?, at upstream: Upstream,
        sealingBy seal: Seal
    ) {
        proof = .upstream(user)
        self.authTime = authTime
        (amr, acr) = (identity.amr, identity.acr)
        let link = UpstreamLinkID(identity)
        self.upstream = UpstreamSession(
            upstream: upstream.name, link: link, sid: identity.sid,
            sealedLogoutHint: upstream.signsOut ? identity.logoutHint?.sealed(for: link, by: seal) : nil)
    }
}

extension SignInFlow {
    /// Begins a session, and goes on with the request that it was begun for. A new session id at each sign-in. The same
    /// user's session goes on under it, so that clients keep their `sid`.
    ///
    /// Nil: the user, or the session that was to go on, has changed since the proof.
    func open(
        _ opening: SessionOpening, _ authorization: ValidatedAuthorizationRequest, _ attempt: Attempt,
        for request: Request
    ) throws -> Response? {
        let now = provider.now()
        let user = opening.proof.user
        let former = try signedIn(request)
        let kept = former?.user.id == user.id ? former?.session : nil
        let session = Session(
            id: kept?.id ?? SessionID(Base64URL.encode(provider.random.bytes(16))), userID: user.id,
            authTime: opening.upstream == nil ? now : opening.authTime, signedInAt: now, amr: opening.amr,
            acr: opening.acr,
            createdAt: kept?.createdAt ?? now, lastUsedAt: now,
            expiresAt: now + (opening.remembered ?? provider.lifetimes.session),
            sidKey: kept?.sidKey ?? provider.random.bytes(32), isRemembered: opening.remembered != nil,
            device: SessionDevice(address: request.remoteAddress, userAgent: request.header("User-Agent")),
            upstream: opening.upstream)
        let token = SessionToken(random: provider.random)
        let outcome = try provider.acting(as: .user(user.id), by: .signIn, request) {
            try provider.store.start(
                SessionStart(
                    session, digest: token.digest, of: opening.proof, for: authorization.client.id,
                    former: self.former(former, of: user, in: request), spending: attempt.id,
                    until: attempt.startedAt + provider.lifetimes.attempt, clearing: opening.cleared))
        }
        switch outcome {
        case .started: break
        case .userChanged, .sessionChanged: return nil
        case .attemptSpent:
            // Sent twice, as by a double click: the browser gets the first one's cookie while the second is on its way,
            // so only its next request shows whether it is signed in, and as this user.
            return try continueAtAuthorize(attempt, as: user, for: request)
        }
        provider.log.info(
            "signed in",
            metadata: [
                "request": "\(request.id)", "user": "\(user.id)", "client": "\(authorization.client.id)",
                "address": "\(request.remoteAddress)",
            ].merging(opening.upstream.map { ["upstream": "\($0.upstream)"] } ?? [:]) { own, _ in own })
        // Whatever comes of the request, a refusal as well: the user is signed in, and the browser must know.
        var response = provider.answeringPage(request, uiLocales: authorization.uiLocales) {
            if let page = try tellingOfFormer(former, than: user, authorization, attempt, request) { return page }
            return proceed(
                authorization, signedIn: try signedIn(session),
                progress: .signedIn(as: user.id, since: attempt.startedAt), attempt: attempt, raw: attempt.request,
                for: request)
        }
        response.setCookie(provider.cookies.setting(token, for: opening.remembered))
        return response
    }

    /// Whoever was signed in before is so no more, and this is the browser that tells their apps. Nil: there is nobody to
    /// tell, or no page may be shown (OpenID Connect Core §3.1.2.1, `prompt=none`).
    private func tellingOfFormer(
        _ former: SignedIn?, than user: User, _ authorization: ValidatedAuthorizationRequest, _ attempt: Attempt,
        _ request: Request
    ) throws -> Response? {
        guard let former, former.user.id != user.id, !authorization.prompt.contains(.none),
            let told = try provider.cookies.sessionToken(in: request).map(provider.frontchannelLogouts(of:)),
            !told.isEmpty
        else { return nil }
        let onward = SignedOutPage.Onward(
            uri: try continuation(of: attempt, as: user, for: request), clientName: authorization.client.displayName)
        return try provider.signedOutPage(
            .switched, telling: told, onward: onward, for: request, uiLocales: authorization.uiLocales)
    }

    private func former(_ former: SignedIn?, of user: User, in request: Request) -> SessionStart.Former {
        guard let former, let presented = provider.cookies.sessionToken(in: request) else { return .absent }
        return former.user.id == user.id ? .renewed(presented: presented.digest) : .ended(former.session.id)
    }
}
