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
        if request.method == .get, let page = localDoor(request) { return page }
        return flow.answering(request) { form in try signIn(form, request) }
    }

    /// `login?local`: the page for a password of here, whose form leads to the console. Nil: it isn't asked for, or isn't
    /// there.
    private func localDoor(_ request: Request) -> Response? {
        guard provider.upstreams.settings.options.hasLocalDoor,
            let fields = try? request.queryFields(), fields.contains(where: { $0.name.hasSameBytes(as: "local") })
        else { return nil }
        return provider.answeringPage(request) {
            let raw = try AuthorizationRequest(Parameters(flow.fields(ofSignInBy: .console, for: request)))
            return try flow.loginPage(try flow.validate(raw), raw, isLocal: true, for: request)
        }
    }

    private func signIn(_ form: PageForm, _ request: Request) throws -> Response {
        let attempt = form.attempt
        let authorization = try flow.validate(attempt.request)
        try form.requireLoginToken(opening: provider.seal)
        if try form.parameters.value("cancel") != nil {
            throw AuthorizationFailure.redirect(.accessDenied("the user turned back"), authorization.target)
        }
        guard attempt.startedAt.isWithin(provider.lifetimes.attempt, of: provider.now()) else {
            return try page(.stale, nil, authorization, attempt, request)
        }
        let typed = try Typed(form.parameters)
        let options = try provider.signInOptions()
        if !attempt.isLocal, let upstream = options.upstream(of: typed.name, for: authorization.client) {
            let named = typed.name.hasInvisibleCharacter ? attempt : attempt.naming(typed.name)
            return try UpstreamLeg(flow).begin(named, at: upstream, for: request)
        }
        // Whoever was invited signs in at an upstream, and is linked by it.
        let isInvited = attempt.linking != nil
        let hasPassword =
            options.hasPassword(for: authorization.client) || attempt.isLocal && options.hasLocalDoor
        guard hasPassword, !isInvited else {
            let isAddress = options.findsUpstreamByAddress(for: authorization.client) && !typed.name.isEmpty
            return try page(isAddress ? .unknownAddress : .stale, typed, authorization, attempt, request)
        }
        // Said of every name alike: it tells nothing of who has an account here.
        guard !typed.password.isEmpty else {
            return try page(.missingPassword, typed, authorization, attempt, request)
        }
        // Whoever is changed between the check and the session is checked again, as they are then; likewise whoever's
        // session ends in between, or is renewed by another tab: they begin one that stands by itself, so that the
        // cookie of either answer is good, whichever the browser keeps.
        for _ in 0..<2 {
            switch try provider.check(typed.password, of: typed.username, from: request.remoteAddress) {
            case .success(let user):
                // Told as a wrong password is: who administers this service is nobody's business.
                guard options.admits(user.user, byLocalDoor: attempt.isLocal, roles: try provider.store.catalogue())
                else { return try refuse(.wrongCredentials, typed, authorization, attempt, request) }
                let remembered = typed.staysSignedIn ? provider.lifetimes.sessionRemembered : nil
                let opening = SessionOpening(password: user, typedAs: typed.username, remembered: remembered)
                if let response = try flow.open(opening, authorization, attempt, for: request) { return response }
            case .failure(let failure):
                return try refuse(LoginPage.Failure(failure), typed, authorization, attempt, request)
            }
        }
        return try refuse(.busy, typed, authorization, attempt, request)
    }

    /// What the form was filled in with.
    private struct Typed {
        let name: String
        let password: String
        let staysSignedIn: Bool

        init(_ form: Parameters) throws(OAuthError) {
            // Some keyboards put a space behind an address that they fill in.
            name = ChosenName.trimmed(try form.value("username", limit: 256) ?? "")
            password = try form.value("password", limit: PasswordHash.maximumPasswordBytes) ?? ""
            staysSignedIn = try form.value("remember") == "yes"
        }

        var username: Username { Username(typed: name) }
    }

    private func refuse(
        _ failure: LoginPage.Failure, _ typed: Typed, _ authorization: ValidatedAuthorizationRequest,
        _ attempt: Attempt, _ request: Request
    ) throws -> Response {
        let kept = provider.keep(RefusalRecord.failedSignIn, "the sign-in failed", .signIn(failure.fault), of: request)
        provider.log.notice(
            "sign-in failed",
            metadata: [
                "refusal": "\(request.id)", "reference": "\(ErrorPage.grouped(request.id))",
                "client": "\(authorization.client.id)", "reason": "\(failure)",
                "address": "\(request.remoteAddress)",
            ].merging(kept.metadata) { own, _ in own })
        return try page(failure, typed, authorization, attempt, request)
    }

    /// The page again, as it was filled in.
    private func page(
        _ failure: LoginPage.Failure, _ typed: Typed?, _ authorization: ValidatedAuthorizationRequest,
        _ attempt: Attempt, _ request: Request
    ) throws -> Response {
        try flow.loginPage(
            authorization, attempt.request, failure: failure, username: typed?.name,
            staysSignedIn: typed?.staysSignedIn,
            isLocal: attempt.isLocal && provider.signInOptions().hasLocalDoor,
            invitation: attempt.linking?.invitation, for: request)
    }
}

extension LoginPage.Failure {
    fileprivate init(_ failure: PasswordFailure) {
        self =
            switch failure {
            case .wrong: .wrongCredentials
            case .throttled(let seconds): .throttled(seconds: seconds)
            case .busy: .busy
            }
    }

    fileprivate var fault: RefusalDetail.SignInFault {
        switch self {
        case .wrongCredentials, .missingPassword, .unknownAddress, .notAdmitted: .wrongCredentials
        case .stale, .removed: .stale
        case .throttled: .throttled
        case .busy, .unreachable: .busy
        }
    }

    var status: Status {
        switch self {
        case .wrongCredentials, .stale, .removed, .missingPassword, .unknownAddress: .ok
        case .notAdmitted: .forbidden
        case .throttled: .tooManyRequests
        case .busy, .unreachable: .serviceUnavailable
        }
    }

    /// In seconds.
    var retryAfter: Int? {
        switch self {
        case .wrongCredentials, .stale, .removed, .missingPassword, .unknownAddress, .notAdmitted: nil
        case .throttled(let seconds): seconds
        case .busy: 5
        case .unreachable: 30
        }
    }
}
