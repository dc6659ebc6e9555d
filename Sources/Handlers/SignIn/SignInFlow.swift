import FCGIBridge
import JOSE
import OIDCLogic

/// The steps that `authorize`, `login` and `consent` share: who is signed in, what is decided, and the page or redirect
/// that follows from it.
struct SignInFlow {
    let provider: Provider
    private let carrier: Carrier

    init(_ provider: Provider) {
        self.provider = provider
        carrier = Carrier(store: provider.store, now: provider.now)
    }

    /// Whoever this browser is signed in as, if they still may be.
    func signedIn(_ request: Request) throws -> SignedIn? {
        guard let token = provider.cookies.sessionToken(in: request),
            let session = try provider.store.session(digest: token.digest)
        else { return nil }
        return try signedIn(session)
    }

    func signedIn(_ session: Session) throws -> SignedIn? {
        let now = provider.now()
        let idle = provider.lifetimes.sessionIdle
        guard let signedIn = SignedIn(session, of: try provider.store.user(session.userID), idle: idle, at: now)
        else { return nil }
        // So that using a session costs no write each time.
        if now - session.lastUsedAt > idle / 20 { try provider.store.touch(session.id, at: now) }
        return signedIn
    }

    /// Validates the request for its client as it is now.
    func validate(_ request: AuthorizationRequest) throws -> ValidatedAuthorizationRequest {
        let client = try provider.store.client(request.clientID)
        let hints = HintVerifier(
            keys: try provider.keys.verificationKeys(from: provider.store), issuer: provider.issuer)
        return try request.validated(for: client, hints: hints, objects: provider.requestObjects)
    }

    /// Goes on from where things stand, and lets scripts see who is signed in.
    ///
    /// - Parameters:
    ///   - signedIn: who is, found out here, since a silent request is told if that fails.
    ///   - failure: why whoever has to sign in is back at that.
    func proceed(
        _ authorization: ValidatedAuthorizationRequest, signedIn: @autoclosure () throws -> SignedIn?,
        progress: Progress, attempt: Attempt?, raw: AuthorizationRequest, standing: SessionStanding? = nil,
        failure: LoginPage.Failure? = nil, for request: Request
    ) -> Response {
        var known: SignedIn?
        var isKnown = false
        var response = provider.answeringPage(request, uiLocales: authorization.uiLocales) {
            try sayingSilently(to: authorization.target) {
                known = try signedIn()
                isKnown = true
                return try step(
                    authorization, signedIn: known, progress: progress, attempt: attempt, raw: raw,
                    standing: standing, failure: failure, for: request)
            }
        }
        // What can't be read is no news: scripts would take it for a sign-out.
        if isKnown { provider.tell(known?.session, by: &response, to: request) }
        return response
    }

    /// Whatever happens is told to the app where nothing may be shown (RFC 6749 §4.1.2.1: `server_error`,
    /// `temporarily_unavailable`).
    func sayingSilently<Answer>(to target: RedirectTarget, _ respond: () throws -> Answer) throws -> Answer {
        do { return try respond() } catch let error where target.isSilent && !(error is AuthorizationFailure) {
            throw AuthorizationFailure.redirect(OAuthError(answering: error), target)
        }
    }

    private func step(
        _ authorization: ValidatedAuthorizationRequest, signedIn: SignedIn?, progress: Progress, attempt: Attempt?,
        raw: AuthorizationRequest, standing: SessionStanding?, failure: LoginPage.Failure?, for request: Request
    ) throws -> Response {
        let options = try provider.signInOptions()
        var signedIn = signedIn.flatMap { options.admits($0.session, for: authorization.client) ? $0 : nil }
        if case .arrived = progress {
            tellOfUselessHint(authorization, options, request)
            switch try standing ?? provider.standing(of: signedIn, among: options) {
            case .holds: break
            case .isToBeAsked(let upstream):
                return try sendOn(to: upstream, raw, asking: true, for: request)
            case .isOver: signedIn = nil
            }
        }
        let consent: Consent? =
            if let signedIn, !authorization.client.isFirstParty {
                try provider.store.consent(of: signedIn.user.id, to: authorization.client.id)
            } else {
                nil
            }
        let policy = try provider.policy()
        let upstream = options.upstream(for: authorization)
        let decision = try authorization.decide(
            signedIn: signedIn, consent: consent, progress: progress, policy: policy,
            customClaims: try provider.customClaims(for: authorization.client),
            subjects: try provider.subjects(of: authorization.client), from: request.remoteAddress,
            hasUpstreams: !options.upstreams.isEmpty, canAskSilently: upstream?.answersSilently ?? false,
            at: provider.now())
        switch decision {
        case .grant(let grant):
            return try answer(grant, for: request)
        case .signIn:
            guard case .arrived = progress else {
                // Who has taken a step already is told why they are back at the first.
                return try loginPage(authorization, raw, failure: .stale, for: request)
            }
            // Whoever came by a password here proves themselves by it again.
            let isLocal = signedIn.map { $0.session.upstream == nil } ?? false
            if let upstream, !isLocal { return try sendOn(to: upstream, raw, for: request) }
            return try loginPage(
                authorization, raw, failure: failure, isLocal: isLocal && upstream != nil && options.hasLocalDoor,
                for: request)
        case .askConsent(let access):
            guard let signedIn else { return try loginPage(authorization, raw, for: request) }
            // A page that answers a POST would be sent anew by "reload": give it an address.
            if request.method == .post, let attempt {
                return try continueAtAuthorize(attempt, as: signedIn.user, for: request)
            }
            return try consentPage(
                authorization, access.consentScope, named: policy.catalogue, signedIn, attempt: attempt, raw: raw,
                for: request)
        }
    }

    /// A hint is a wish: one that names nobody is passed over, and whoever wonders why finds it in the log.
    private func tellOfUselessHint(
        _ authorization: ValidatedAuthorizationRequest, _ options: SignInOptions, _ request: Request
    ) {
        guard let hint = authorization.upstreamHint, options.hintedUpstream(for: authorization) == nil else { return }
        provider.log.notice(
            "idp_hint names no upstream that this client's users sign in at",
            metadata: [
                "request": "\(request.id)", "client": "\(authorization.client.id)",
                "hint": "\(String(decoding: hint.utf8.prefix(64), as: UTF8.self))",
            ])
    }

    /// To an upstream without a page: by an address of ours, whose pool has the time to find out where it is.
    ///
    /// - Parameter asks: whether it is enough to ask it about the session that there is.
    func sendOn(
        to upstream: Upstream, _ raw: AuthorizationRequest, asking asks: Bool = false,
        linking: Attempt.Linking? = nil, for request: Request
    ) throws -> Response {
        let known = provider.cookies.browserToken(in: request)
        let browser = known ?? BrowserToken(random: provider.random)
        var attempt = Attempt(raw, in: browser, at: provider.now(), random: provider.random)
        if let linking { attempt = attempt.linking(linking) }
        let value = try carrier.carry(attempt.sealed(by: provider.seal), from: request.remoteAddress)
        let fields = [(name: "attempt", value: value)] + (asks ? [(name: "ask", value: "session")] : [])
        let uri = provider.issuer.endpoint("upstream/\(upstream.name)") + "?" + FormEncoding.encode(fields)
        var response = provider.redirect(to: uri, for: request)
        if known == nil { response.setCookie(provider.cookies.setting(browser)) }
        return response
    }

    /// The login page, with an attempt of its own, so that tabs don't disturb each other.
    func loginPage(
        _ authorization: ValidatedAuthorizationRequest, _ raw: AuthorizationRequest, failure: LoginPage.Failure? = nil,
        username: String? = nil, staysSignedIn: Bool? = nil, isLocal: Bool = false, invitation: [UInt8]? = nil,
        for request: Request
    ) throws -> Response {
        // Whoever calls this.
        guard !authorization.target.isSilent else {
            throw AuthorizationFailure.wouldNeedSignIn(authorization.target)
        }
        let options = try provider.signInOptions()
        let upstreams = try choices(
            failure, isLocal: isLocal, isInvited: invitation != nil, options, authorization, request)
        guard isLocal || !upstreams.isEmpty || options.hasPassword(for: authorization.client) else {
            throw AuthorizationFailure.redirect(
                .accessDenied(
                    "no place where users of this client may sign in is there",
                    cause: "upstreams of the client \(authorization.client.id) names none that the configuration has"),
                authorization.target)
        }
        let known = provider.cookies.browserToken(in: request)
        let browser = known ?? BrowserToken(random: provider.random)
        var attempt = Attempt(raw, in: browser, isLocal: isLocal, at: provider.now(), random: provider.random)
        if let invitation { attempt = attempt.linking(.invitation(invitation)) }
        let client = localized(authorization.client, authorization.uiLocales, request)
        var response = provider.page(
            LoginPage(
                clientName: client.displayName, clientIsVerified: try provider.vouches(for: client),
                links: AppLinks(of: client), logo: provider.logo(of: client),
                loginHint: username ?? authorization.loginHint, action: action("/login", raw),
                attempt: attempt.sealed(by: provider.seal),
                token: FormToken.login(attempt).sealed(by: provider.seal),
                staySignedIn: try choice(staysSignedIn, for: request),
                hasPassword: invitation == nil && (options.hasPassword(for: authorization.client) || isLocal),
                upstreams: upstreams.map { upstream in
                    LoginPage.Upstream(title: upstream.title, action: action("/upstream/\(upstream.name)", raw))
                },
                findsUpstreamByAddress: !isLocal && options.findsUpstreamByAddress(for: authorization.client),
                failure: failure),
            status: failure?.status ?? .ok, for: request, uiLocales: authorization.uiLocales)
        if let seconds = failure?.retryAfter { response[.retryAfter] = HeaderValue(seconds) }
        if known == nil { response.setCookie(provider.cookies.setting(browser)) }
        return response
    }

    /// The upstreams that somebody may choose on the login page. Who was invited, or has been told that theirs doesn't
    /// answer, finds them there in any case, and so does whoever comes for a page of our own. Whoever comes from one of them, or is
    /// led to it by the request, finds that one.
    private func choices(
        _ failure: LoginPage.Failure?, isLocal: Bool, isInvited: Bool, _ options: SignInOptions,
        _ authorization: ValidatedAuthorizationRequest, _ request: Request
    ) throws -> [Upstream] {
        guard !isLocal else { return [] }
        let client = authorization.client
        let all = options.upstreams(for: client)
        switch failure {
        case .unreachable, .notAdmitted, .removed: return all
        default: break
        }
        if isInvited || OwnClient.isOne(client.id) { return all }
        let choices = options.choices(for: client)
        guard choices.isEmpty, !all.isEmpty else { return choices }
        let came = try signedIn(request)?.session.upstream?.link.issuer
        let issuers = [came, options.upstream(for: authorization)?.issuer.value].compactMap(\.self)
        return all.filter { upstream in issuers.contains { upstream.issuer.value.hasSameBytes(as: $0) } }
    }

    private func consentPage(
        _ authorization: ValidatedAuthorizationRequest, _ scope: Scope, named catalogue: ScopeCatalogue,
        _ signedIn: SignedIn, attempt: Attempt?, raw: AuthorizationRequest, for request: Request
    ) throws -> Response {
        let known = provider.cookies.browserToken(in: request)
        let browser = known ?? BrowserToken(random: provider.random)
        let attempt = attempt ?? Attempt(raw, in: browser, at: provider.now(), random: provider.random)
        let uiLocales = authorization.uiLocales + signedIn.user.uiLocales
        let client = localized(authorization.client, uiLocales, request)
        let scopes = scope.names.map { name in
            ConsentPage.Asked(name, description: catalogue.description(of: name, for: client.id))
        }
        var response = provider.page(
            ConsentPage(
                clientName: client.displayName, clientIsVerified: try provider.vouches(for: client),
                links: AppLinks(of: client), logo: provider.logo(of: client),
                destination: WebLink(authorization.target.uri)?.host,
                userName: signedIn.user.displayName, scopes: scopes,
                action: action("/consent", raw), attempt: attempt.sealed(by: provider.seal),
                token: ConsentForm.token(attempt, scope, signedIn).sealed(by: provider.seal)),
            for: request, uiLocales: uiLocales)
        if known == nil { response.setCookie(provider.cookies.setting(browser)) }
        return response
    }

    /// Whether the box is ticked that keeps a user signed in: as they left it, or as their session is. Nil: there is none.
    private func choice(_ made: Bool?, for request: Request) throws -> LoginPage.Choice? {
        guard provider.lifetimes.sessionRemembered != nil else { return nil }
        return try made ?? signedIn(request)?.session.isRemembered ?? false ? .taken : .open
    }

    /// As the page's language has it (OpenID Connect Registration §2.1).
    private func localized(_ client: Client, _ uiLocales: [String], _ request: Request) -> Client {
        let language = provider.pages.language(
            uiLocales: uiLocales, acceptLanguage: request.header("Accept-Language"))
        return client.localized(in: language.tag)
    }

    /// Where a form of ours goes. A browser that comes to its address later, by a bookmark or since it was started anew,
    /// sends no form: then the query begins the same request again.
    private func action(_ path: String, _ raw: AuthorizationRequest) -> String {
        // What its client signed can't be asked for without the signature, so it goes by an attempt.
        let query = FormEncoding.encode(raw.isSigned ? [("attempt", sealed(raw))] : raw.fields)
        return provider.issuer.path + path + (query.utf8.count <= Carrier.limit ? "?" + query : "")
    }

    /// Goes on by a request of its own, with the cookies that the browser has by then.
    func continueAtAuthorize(_ attempt: Attempt, as user: User, for request: Request) throws -> Response {
        provider.redirect(to: try continuation(of: attempt, as: user, for: request), for: request)
    }

    /// Where an attempt goes on whose user has just signed in.
    func continuation(of attempt: Attempt, as user: User, for request: Request) throws -> String {
        let next = attempt.signedIn(as: user.id, at: provider.now())
        let value = try carrier.carry(
            next.sealed(by: provider.seal), from: request.remoteAddress, isOfSomeoneSignedIn: true)
        return provider.issuer.endpoint("authorize") + "?" + FormEncoding.encode([("attempt", value)])
    }

    /// Answers the client with a code.
    private func answer(_ grant: AuthorizationGrant, for request: Request) throws -> Response {
        provider.logPolicy(grant, of: request)
        let code = AuthorizationCode(grant, at: provider.now(), ids: provider.ids)
        let target = grant.request.target
        let state = provider.sessionState(of: grant.signedIn.session, to: grant.request.target)
        let room = AuthorizationResponse.roomForCode(to: target, from: provider.issuer, sessionState: state)
        let value = try carrier.carry(
            code.sealed(by: provider.seal), in: room, from: request.remoteAddress, isOfSomeoneSignedIn: true)
        return provider.answer(
            .code(value, to: target, from: provider.issuer, sessionState: state), for: request,
            uiLocales: grant.request.uiLocales)
    }

    /// Answers a form of ours that came back; one that can't be taken is answered by a page that leads on.
    func answering(_ request: Request, _ respond: (PageForm) throws -> Response) -> Response {
        provider.answeringPage(request) {
            guard request.method == .post else { return try beginAgain(request) }
            return try explaining(request) {
                let form = try PageForm(request, provider: provider)
                return provider.answeringPage(request, uiLocales: form.attempt.request.uiLocales) {
                    try explaining(request) { try respond(form) }
                }
            }
        }
    }

    /// At the address of a form without the form.
    private func beginAgain(_ request: Request) throws -> Response {
        let fields = try request.queryFields()
        let address = fields.isEmpty ? "/" : "/authorize?" + FormEncoding.encode(fields)
        return provider.redirect(to: provider.issuer.value + address, for: request)
    }

    func explaining(_ request: Request, _ respond: () throws -> Response) throws -> Response {
        do {
            return try respond()
        } catch let refused as PageForm.Refused {
            // OpenID Connect Core §3.1.2.1, `prompt=none`: in a frame of another site's page, say, no cookie of ours comes.
            if let asked = refused.attempt?.request, let authorization = try? validate(asked),
                authorization.target.isSilent
            {
                throw AuthorizationFailure.wouldNeedSignIn(authorization.target)
            }
            return provider.errorPage(
                refused.kind, refused.error, for: request, uiLocales: refused.attempt?.request.uiLocales ?? [],
                startAgain: refused.attempt.flatMap { startAgain($0, request) })
        }
    }

    /// Where someone goes whose page can't be used any more: the app, else the same request from its beginning.
    private func startAgain(_ attempt: Attempt, _ request: Request) -> ErrorPage.StartAgain? {
        // Who was invited goes by the link that they have: by another way they would come as somebody new.
        guard attempt.linking?.invitation == nil else { return nil }
        let raw = attempt.request
        let client = try? provider.store.client(raw.clientID)
        let metadata = client?.metadata
        // OpenID Connect Core §4
        let initiation = metadata?.initiateLoginURI.map {
            FormEncoding.append([("iss", provider.issuer.value)], to: $0.value)
        }
        guard let address = initiation ?? metadata?.clientURI?.value ?? own(raw, request), let link = WebLink(address)
        else { return nil }
        return ErrorPage.StartAgain(link: link, clientName: client?.displayName)
    }

    /// Where the same request begins again by a GET. Nil where that would have to be kept here, and can't be.
    private func own(_ raw: AuthorizationRequest, _ request: Request) -> String? {
        let plain = provider.issuer.endpoint("authorize") + "?" + FormEncoding.encode(raw.fields)
        if !raw.isSigned, WebLink(plain) != nil { return plain }
        return try? beginning(raw, for: request)
    }

    /// Where a request begins by an attempt: one that its client signed, as its parameters alone are not signed, or one that no
    /// address has room for. It is no browser's own, so that it stands for no step.
    func beginning(_ raw: AuthorizationRequest, for request: Request) throws -> String {
        let value = try carrier.carry(sealed(raw), from: request.remoteAddress)
        return provider.issuer.endpoint("authorize") + "?" + FormEncoding.encode([("attempt", value)])
    }

    private func sealed(_ raw: AuthorizationRequest) -> String {
        Attempt(raw, in: BrowserToken(random: provider.random), at: provider.now(), random: provider.random)
            .sealed(by: provider.seal)
    }
}

/// What the consent form proves, for the page that shows it and the handler that reads it.
enum ConsentForm {
    static func token(_ attempt: Attempt, _ scope: Scope, _ signedIn: SignedIn) -> FormToken {
        FormToken("consent to \(scope)", attempt: attempt.id, signedIn: signedIn)
    }
}
