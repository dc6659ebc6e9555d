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
        let failure: LoginPage.Failure
        switch try check(Username(typed: name), password, from: request.remoteAddress) {
        case .success(let user):
            return try start(user, authorization, attempt, request)
        case .failure(let reason):
            failure = reason
        }
        provider.log.notice(
            "sign-in failed",
            metadata: [
                "refusal": "\(request.id)", "reference": "\(ErrorPage.grouped(request.id))",
                "client": "\(authorization.client.id)", "reason": "\(failure)",
                "address": "\(request.remoteAddress)",
            ])
        var response = try flow.loginPage(
            authorization, attempt.request, failure: failure, username: name, status: failure.status, for: request)
        if let seconds = failure.retryAfter { response[.retryAfter] = HeaderValue(seconds) }
        return response
    }

    private func check(
        _ name: Username, _ password: String, from address: String
    ) throws -> Result<User, LoginPage.Failure> {
        let account = ThrottleKey.login(account: name)
        let network = ThrottleKey.login(address: address)
        let now = provider.now()
        let wait = max(
            Throttle.account.wait(after: try provider.store.failedAttempts(for: account), at: now),
            Throttle.address.wait(after: try provider.store.failedAttempts(for: network), at: now))
        guard wait == 0 else { return .failure(.throttled(seconds: Int(wait))) }
        let found: User?
        do {
            found = try provider.passwords.user(try provider.store.user(named: name), password: password)
        } catch let error as OAuthError where error.code == .temporarilyUnavailable {
            return .failure(.busy)
        }
        guard let user = found else {
            try provider.store.recordFailure(for: [account], at: now, forgetting: Throttle.account.memory)
            try provider.store.recordFailure(for: [network], at: now, forgetting: Throttle.address.memory)
            return .failure(.wrongCredentials)
        }
        if try provider.store.failedAttempts(for: account) != nil { try provider.store.clearFailures(for: [account]) }
        if let hash = user.passwordHash, PasswordHash.needsRehash(hash) {
            try provider.store.rehash(user.id, from: hash, to: try PasswordHash.hash(password.utf8))
        }
        return .success(user)
    }

    /// A new session id at each sign-in. The same user's session goes on under it, so that clients keep their `sid`.
    private func start(
        _ user: User, _ authorization: ValidatedAuthorizationRequest, _ attempt: Attempt, _ request: Request
    ) throws -> Response {
        let now = provider.now()
        let former = try flow.signedIn(request)
        let kept = former?.user.id == user.id ? former?.session : nil
        let session = Session(
            id: kept?.id ?? SessionID(Base64URL.encode(provider.random.bytes(16))), userID: user.id, authTime: now,
            amr: Authentication.passwordAMR, acr: Authentication.passwordACR, createdAt: kept?.createdAt ?? now,
            lastUsedAt: now, expiresAt: now + provider.lifetimes.session,
            sidKey: kept?.sidKey ?? provider.random.bytes(32))
        let token = SessionToken(random: provider.random)
        let hasStarted = try provider.store.start(
            session, digest: token.digest, ending: kept == nil ? former?.session.id : nil, spending: attempt.id,
            until: attempt.startedAt + provider.lifetimes.attempt)
        guard hasStarted else { return try repeated(authorization, attempt, former, request) }
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
                progress: .signedIn(since: attempt.startedAt), attempt: attempt, raw: attempt.request, for: request)
        }
        response.setCookie(provider.cookies.setting(token))
        return response
    }

    /// The form was sent twice. A double click is no mistake: whoever is signed in by the first goes on.
    private func repeated(
        _ authorization: ValidatedAuthorizationRequest, _ attempt: Attempt, _ signedIn: SignedIn?, _ request: Request
    ) throws -> Response {
        guard let signedIn else {
            throw PageForm.Refused(
                kind: .alreadyUsed, error: .invalidRequest("the form was sent before"), attempt: attempt)
        }
        return try flow.proceed(
            authorization, signedIn: signedIn, progress: .signedIn(since: attempt.startedAt), attempt: attempt,
            raw: attempt.request, for: request)
    }
}

extension LoginPage.Failure: Error {
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
