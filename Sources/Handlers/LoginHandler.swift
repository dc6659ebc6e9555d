import FCGIBridge
import JOSE
import OIDCLogic

/// The login form's target: user name and password.
struct LoginHandler {
    let provider: Provider
    private let flow: SignInFlow

    init(_ provider: Provider) {
        self.provider = provider
        flow = SignInFlow(provider)
    }

    func respond(to request: Request) -> Response {
        flow.answering(request) { form in try signIn(form, request) }
    }

    private func signIn(_ form: PageForm, _ request: Request) throws -> Response {
        let attempt = form.attempt
        let authorization = try flow.validate(attempt.request)
        guard
            FormToken("login", attempt: attempt.id, signedIn: nil)
                .matches(try form.parameters.value("token"), opening: provider.seal)
        else {
            throw PageForm.Refused(
                kind: .expired, error: .invalidRequest("the form came without its token"), attempt: attempt)
        }
        if try form.parameters.value("cancel") != nil {
            throw AuthorizationFailure.redirect(.accessDenied("the user turned back"), authorization.target)
        }
        guard attempt.startedAt.isWithin(provider.lifetimes.attempt, of: provider.now()) else {
            return try flow.loginPage(authorization, attempt.request, failure: .stale, for: request)
        }
        let name = try form.parameters.value("username", limit: 256) ?? ""
        let password = try form.parameters.value("password", limit: PasswordHash.maximumPasswordBytes) ?? ""
        // Whoever is changed between the check and the session is checked again, as they are then; likewise whoever's
        // session ends in between, or is renewed by another tab: they begin one that stands by itself, so that the
        // cookie of either answer is good, whichever the browser keeps.
        for _ in 0..<2 {
            switch try check(Username(typed: name), password, from: request.remoteAddress) {
            case .success(let user):
                if let response = try start(user, as: name, authorization, attempt, request) { return response }
            case .failure(let failure):
                return try refuse(failure, of: name, authorization, attempt, request)
            }
        }
        return try refuse(.busy, of: name, authorization, attempt, request)
    }

    private func check(
        _ name: Username, _ password: String, from address: String
    ) throws -> Result<AuthenticatedUser, LoginPage.Failure> {
        let account = ThrottleKey.login(account: name)
        let keys = [account, .login(address: address)]
        // Whoever must wait for what is recorded hashes nothing, and is no attempt that others have to wait for.
        if let throttled = try throttled(keys, others: [:]) { return .failure(throttled) }
        // By account alone: behind an address many people sign in at once, and none of them is a guess of another.
        return try provider.checks.during([account]) { others in
            // Whoever was found here no longer has left behind what must be seen now.
            provider.store.moveOn()
            if let throttled = try throttled(keys, others: others) { return .failure(throttled) }
            let now = provider.now()
            do {
                let user = try provider.store.user(named: name)
                provider.store.moveOn()
                let found = try provider.passwords.user(user, password: password)
                if let found { return .success(found) }
            } catch let error as OAuthError where error.code == .temporarilyUnavailable {
                return .failure(.busy)
            }
            try provider.store.recordFailure(for: keys, at: now)
            return .failure(.wrongCredentials)
        }
    }

    /// Nil: go on.
    private func throttled(_ keys: [ThrottleKey], others: [ThrottleKey: Int]) throws -> LoginPage.Failure? {
        let now = provider.now()
        let waits = try keys.map { key in
            let failures = try provider.store.failedAttempts(for: key)
            return key.throttle.wait(after: failures, inFlight: others[key] ?? 0, at: now)
        }
        guard let wait = waits.max(), wait > 0 else { return nil }
        return .throttled(seconds: Int(wait))
    }

    private func refuse(
        _ failure: LoginPage.Failure, of name: String, _ authorization: ValidatedAuthorizationRequest,
        _ attempt: Attempt, _ request: Request
    ) throws -> Response {
        let kept = provider.keep("sign_in_failed", "the sign-in failed", .signIn(failure.fault), of: request)
        provider.log.notice(
            "sign-in failed",
            metadata: [
                "refusal": "\(request.id)", "reference": "\(ErrorPage.grouped(request.id))",
                "client": "\(authorization.client.id)", "reason": "\(failure)",
                "address": "\(request.remoteAddress)",
            ].merging(kept.metadata) { own, _ in own })
        var response = try flow.loginPage(
            authorization, attempt.request, failure: failure, username: name, status: failure.status, for: request)
        if let seconds = failure.retryAfter { response[.retryAfter] = HeaderValue(seconds) }
        return response
    }

    /// A new session id at each sign-in. The same user's session goes on under it, so that clients keep their `sid`.
    ///
    /// Nil: the user, or the session that was to go on, has changed since the check.
    private func start(
        _ authenticated: AuthenticatedUser, as name: String, _ authorization: ValidatedAuthorizationRequest,
        _ attempt: Attempt, _ request: Request
    ) throws -> Response? {
        let now = provider.now()
        let user = authenticated.user
        let former = try flow.signedIn(request)
        let kept = former?.user.id == user.id ? former?.session : nil
        let session = Session(
            id: kept?.id ?? SessionID(Base64URL.encode(provider.random.bytes(16))), userID: user.id, authTime: now,
            amr: Authentication.passwordAMR, acr: Authentication.passwordACR, createdAt: kept?.createdAt ?? now,
            lastUsedAt: now, expiresAt: now + provider.lifetimes.session,
            sidKey: kept?.sidKey ?? provider.random.bytes(32))
        let token = SessionToken(random: provider.random)
        let outcome = try provider.acting(as: .user(user.id), by: .signIn, request) {
            try provider.store.start(
                SessionStart(
                    session, digest: token.digest, of: authenticated, for: authorization.client.id,
                    former: self.former(former, of: user, in: request), spending: attempt.id,
                    until: attempt.startedAt + provider.lifetimes.attempt,
                    clearing: [.login(account: Username(typed: name))]))
        }
        switch outcome {
        case .started: break
        case .userChanged, .sessionChanged: return nil
        case .attemptSpent:
            // Sent twice, as by a double click: the browser gets the first one's cookie while the second is on its way,
            // so only its next request shows whether it is signed in, and as this user.
            return try flow.continueAtAuthorize(attempt, as: user, for: request)
        }
        provider.log.info(
            "signed in",
            metadata: [
                "request": "\(request.id)", "user": "\(user.id)", "client": "\(authorization.client.id)",
                "address": "\(request.remoteAddress)",
            ])
        // Whatever comes of the request, a refusal as well: the user is signed in, and the browser must know.
        var response = provider.answeringPage(request, uiLocales: authorization.uiLocales) {
            try flow.proceed(
                authorization, signedIn: try flow.signedIn(session),
                progress: .signedIn(as: user.id, since: attempt.startedAt), attempt: attempt, raw: attempt.request,
                for: request)
        }
        response.setCookie(provider.cookies.setting(token))
        return response
    }

    private func former(_ former: SignedIn?, of user: User, in request: Request) -> SessionStart.Former {
        guard let former, let presented = provider.cookies.sessionToken(in: request) else { return .absent }
        return former.user.id == user.id ? .renewed(presented: presented.digest) : .ended(former.session.id)
    }
}

extension LoginPage.Failure: Error {
    fileprivate var fault: RefusalDetail.SignInFault {
        switch self {
        case .wrongCredentials: .wrongCredentials
        case .stale: .stale
        case .throttled: .throttled
        case .busy: .busy
        }
    }

    fileprivate var status: Status {
        switch self {
        case .wrongCredentials, .stale: .ok
        case .throttled: .tooManyRequests
        case .busy: .serviceUnavailable
        }
    }

    fileprivate var retryAfter: Int? {
        switch self {
        case .wrongCredentials, .stale: nil
        case .throttled(let seconds): seconds
        case .busy: 5
        }
    }
}
