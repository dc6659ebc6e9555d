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
        return try request.validated(for: client, hints: hints)
    }

    /// Goes on from where things stand.
    func proceed(
        _ authorization: ValidatedAuthorizationRequest, signedIn: SignedIn?, progress: Progress, attempt: Attempt?,
        raw: AuthorizationRequest, for request: Request
    ) throws -> Response {
        let consent: Consent? =
            if let signedIn, !authorization.client.isFirstParty {
                try provider.store.consent(of: signedIn.user.id, to: authorization.client.id)
            } else {
                nil
            }
        let policy = try provider.policy()
        let decision = try authorization.decide(
            signedIn: signedIn, consent: consent, progress: progress, policy: policy,
            customClaims: try provider.customClaims(for: authorization.client), from: request.remoteAddress,
            at: provider.now())
        switch decision {
        case .grant(let grant):
            return try answer(grant, for: request)
        case .signIn:
            // Who has taken a step already is told why they are back at the first.
            let failure: LoginPage.Failure? = if case .arrived = progress { nil } else { .stale }
            return try loginPage(authorization, raw, failure: failure, for: request)
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

    /// The login page, with an attempt of its own, so that tabs don't disturb each other.
    func loginPage(
        _ authorization: ValidatedAuthorizationRequest, _ raw: AuthorizationRequest, failure: LoginPage.Failure? = nil,
        username: String? = nil, status: Status = .ok, for request: Request
    ) throws -> Response {
        let known = provider.cookies.browserToken(in: request)
        let browser = known ?? BrowserToken(random: provider.random)
        let attempt = Attempt(raw, in: browser, at: provider.now(), random: provider.random)
        let client = authorization.client
        var response = provider.page(
            LoginPage(
                clientName: client.displayName, clientIsVerified: client.isFirstParty,
                loginHint: username ?? authorization.loginHint, action: provider.issuer.path + "/login",
                attempt: attempt.sealed(by: provider.seal),
                token: FormToken("login", attempt: attempt.id, signedIn: nil).sealed(by: provider.seal),
                failure: failure),
            status: status, for: request, uiLocales: authorization.uiLocales)
        if known == nil { response.setCookie(provider.cookies.setting(browser)) }
        return response
    }

    private func consentPage(
        _ authorization: ValidatedAuthorizationRequest, _ scope: Scope, named catalogue: ScopeCatalogue,
        _ signedIn: SignedIn, attempt: Attempt?, raw: AuthorizationRequest, for request: Request
    ) throws -> Response {
        let known = provider.cookies.browserToken(in: request)
        let browser = known ?? BrowserToken(random: provider.random)
        let attempt = attempt ?? Attempt(raw, in: browser, at: provider.now(), random: provider.random)
        let metadata = authorization.client.metadata
        let scopes = scope.names.map { name in
            ConsentPage.Asked(name, description: catalogue.description(of: name, for: authorization.client.id))
        }
        var response = provider.page(
            ConsentPage(
                clientName: authorization.client.displayName, clientIsVerified: authorization.client.isFirstParty,
                clientURI: metadata.clientURI.flatMap { WebLink($0.value) },
                policyURI: metadata.policyURI.flatMap { WebLink($0.value) },
                termsURI: metadata.tosURI.flatMap { WebLink($0.value) },
                destination: WebLink(authorization.target.uri)?.host,
                userName: signedIn.user.displayName, scopes: scopes,
                action: provider.issuer.path + "/consent", attempt: attempt.sealed(by: provider.seal),
                token: ConsentForm.token(attempt, scope, signedIn).sealed(by: provider.seal)),
            for: request, uiLocales: authorization.uiLocales)
        if known == nil { response.setCookie(provider.cookies.setting(browser)) }
        return response
    }

    /// Goes on by a request of its own, with the cookies that the browser has by then.
    func continueAtAuthorize(_ attempt: Attempt, as user: User, for request: Request) throws -> Response {
        let next = attempt.signedIn(as: user.id, at: provider.now())
        let value = try carrier.carry(next.sealed(by: provider.seal), from: request.remoteAddress)
        let uri = provider.issuer.endpoint("authorize") + "?" + FormEncoding.encode([("attempt", value)])
        return provider.redirect(to: uri, for: request)
    }

    /// Answers the client with a code.
    private func answer(_ grant: AuthorizationGrant, for request: Request) throws -> Response {
        provider.logPolicy(grant, of: request)
        let code = AuthorizationCode(grant, at: provider.now(), random: provider.random)
        let target = grant.request.target
        let room = AuthorizationResponse.roomForCode(to: target, from: provider.issuer)
        let value = try carrier.carry(
            code.sealed(by: provider.seal), in: room, from: request.remoteAddress, isOfSomeoneSignedIn: true)
        return provider.answer(
            .code(value, to: target, from: provider.issuer), for: request, uiLocales: grant.request.uiLocales)
    }

    /// Answers a form of ours that came back; one that can't be taken is answered by a page that leads on.
    func answering(_ request: Request, _ respond: (PageForm) throws -> Response) -> Response {
        provider.answeringPage(request) {
            try explaining(request) {
                let form = try PageForm(request, provider: provider)
                return provider.answeringPage(request, uiLocales: form.attempt.request.uiLocales) {
                    try explaining(request) { try respond(form) }
                }
            }
        }
    }

    private func explaining(_ request: Request, _ respond: () throws -> Response) throws -> Response {
        do {
            return try respond()
        } catch let refused as PageForm.Refused {
            return provider.errorPage(
                refused.kind, refused.error, for: request, uiLocales: refused.attempt?.request.uiLocales ?? [],
                startAgain: refused.attempt.flatMap { startAgain($0.request) })
        }
    }

    /// Where someone goes whose page can't be used any more: the app, else the same request from its beginning.
    private func startAgain(_ raw: AuthorizationRequest) -> ErrorPage.StartAgain? {
        let client = try? provider.store.client(raw.clientID)
        let own = provider.issuer.endpoint("authorize") + "?" + FormEncoding.encode(raw.fields)
        let metadata = client?.metadata
        guard let link = WebLink(metadata?.initiateLoginURI?.value ?? metadata?.clientURI?.value ?? own) else {
            return nil
        }
        return ErrorPage.StartAgain(link: link, clientName: client?.displayName)
    }
}

/// What the consent form proves, for the page that shows it and the handler that reads it.
enum ConsentForm {
    static func token(_ attempt: Attempt, _ scope: Scope, _ signedIn: SignedIn) -> FormToken {
        FormToken("consent to \(scope)", attempt: attempt.id, signedIn: signedIn)
    }
}
