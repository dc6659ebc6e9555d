import FCGIBridge
import JOSE
import OIDCLogic

/// A user's own page: they see what apps have of them and where they are signed in, and end it.
struct AccountHandler {
    let provider: Provider
    private let flow: SignInFlow

    init(_ provider: Provider) {
        self.provider = provider
        flow = SignInFlow(provider)
    }

    /// What the page's forms do, by the last part of their address.
    private enum Act: String {
        case apps, sessions, ways, password, language
    }

    func respond(to request: Request) -> Response {
        provider.answeringPage(request) {
            guard request.isOfPerson else {
                return provider.errorPage(
                    .foreignForm, .invalidRequest("the account page answers to a person's browser only"), for: request)
            }
            guard request.tail != OwnClient.arrival else { return try arrive(request) }
            guard request.tail != Invitation.tail else { return try Invitation(flow).answer(request) }
            let act = Act(rawValue: request.tail)
            guard act != nil || request.tail.isEmpty else {
                return provider.errorPage(.notFound, .invalidRequest("there is no such page"), for: request)
            }
            guard let signedIn = try flow.signedInStanding(request) else {
                return try flow.signIn(by: .account, state: "", for: request)
            }
            return provider.answeringPage(request, uiLocales: signedIn.user.uiLocales) {
                guard request.method == .post, let act else { return try show(signedIn, request) }
                let form = Parameters(try request.formFields())
                guard token(signedIn).matches(try form.value("token"), opening: provider.seal) else {
                    return provider.errorPage(
                        .foreignForm, .invalidRequest("the form came without its token, or of a session that is over"),
                        for: request, uiLocales: signedIn.user.uiLocales)
                }
                return try provider.acting(as: .user(signedIn.user.id), by: .account, request) {
                    try take(act, form, signedIn, request)
                }
            }
        }
    }

    private func token(_ signedIn: SignedIn) -> FormToken {
        FormToken("account", attempt: AttemptID(""), signedIn: signedIn)
    }

    private func notice(_ signedIn: SignedIn) -> DoneNotice {
        DoneNotice(
            at: provider.issuer.path + HandlerName.account.traits.path, of: signedIn, seal: provider.seal)
    }

    /// From the sign-in.
    private func arrive(_ request: Request) throws -> Response {
        let start = OwnClient.account.start(at: provider.issuer)
        guard try Parameters(try request.queryFields()).value("error") == nil else {
            return provider.errorPage(
                .turnedBack, .accessDenied("the sign-in to the account page was given up"), for: request,
                startAgain: WebLink(start).map { ErrorPage.StartAgain(link: $0, clientName: nil) })
        }
        return provider.redirect(to: start, for: request)
    }

    // MARK: Acts

    private func take(_ act: Act, _ form: Parameters, _ signedIn: SignedIn, _ request: Request) throws -> Response {
        switch act {
        case .apps:
            let app = ClientID(try form.value("client_id") ?? "")
            return done(
                try provider.store.disconnect(app, from: signedIn.user.id) ? .disconnected : nil, signedIn, request)
        case .sessions:
            return done(try endSessions(form, signedIn) ? .signedOut : nil, signedIn, request)
        case .ways:
            switch try AccountWays(flow, of: signedIn).take(form, request) {
            case .response(let response): return response
            case .done(let word): return done(word, signedIn, request)
            case nil: return done(nil, signedIn, request)
            }
        case .password:
            if let failure = try changePassword(form, signedIn, request) {
                return try show(signedIn, request, failure: failure)
            }
            return done(.passwordChanged, signedIn, request)
        case .language:
            return done(try choose(try form.value("language"), signedIn) ? .languageChosen : nil, signedIn, request)
        }
    }

    /// - Parameter done: nil: nothing, since what was to be done is there no more.
    private func done(_ done: AccountPage.Done?, _ signedIn: SignedIn, _ request: Request) -> Response {
        let word = done.map { notice(signedIn).query($0.rawValue) } ?? ""
        return provider.redirect(to: OwnClient.account.start(at: provider.issuer) + word, for: request)
    }

    /// False: there is none to end.
    private func endSessions(_ form: Parameters, _ signedIn: SignedIn) throws -> Bool {
        guard try form.value("others") == nil else {
            return try provider.store.endSessions(of: signedIn.user.id, but: signedIn.session.id) > 0
        }
        let id = SessionID(try form.value("session") ?? "")
        guard try provider.store.session(id)?.userID == signedIn.user.id else { return false }
        try provider.store.endSession(id)
        return true
    }

    /// Nil: it is changed.
    private func changePassword(
        _ form: Parameters, _ signedIn: SignedIn, _ request: Request
    ) throws -> AccountPage.PasswordForm.Failure? {
        func field(_ name: String) throws -> String { try form.value(name) ?? "" }
        // Whoever mistypes the new one is told so without a hash.
        let new = try field("new")
        guard try field("again").hasSameBytes(as: new) else { return .different }
        guard new.unicodeScalars.count >= PasswordRule.fewestCharacters else { return .tooShort }
        do { try PasswordRule.check(Password(new)) } catch { return .unusable }
        let current = try field("current")
        guard current.utf8.count <= PasswordHash.maximumPasswordBytes else { return .wrong }
        switch try provider.check(current, of: signedIn.user.username, from: request.remoteAddress) {
        case .failure(.wrong): return .wrong
        case .failure(.throttled(let seconds)): return .throttled(seconds: seconds)
        case .failure(.busy): return .busy
        case .success(let checked):
            guard checked.user.id == signedIn.user.id else { return .wrong }
            var user = checked.user
            user.passwordHash = try PasswordRule.hash(Password(new))
            user.updatedAt = max(provider.now(), user.updatedAt)
            do {
                try provider.store.replace(user, ending: .otherSessions(than: signedIn.session.id))
            } catch StoreError.changed {
                // Perhaps by another password: then this one may not be right any more.
                return .busy
            }
            return nil
        }
    }

    /// OpenID Connect Core §5.1, `locale`. False: there is no such language.
    private func choose(_ tag: String?, _ signedIn: SignedIn) throws -> Bool {
        guard tag == nil || provider.pages.choices.contains(where: { $0.tag == tag }) else { return false }
        var user = signedIn.user
        user.attributes["locale"] = tag.map(JSON.string)
        guard user.attributes != signedIn.user.attributes else { return true }
        user.updatedAt = max(provider.now(), user.updatedAt)
        try provider.store.replace(user, ending: .nothing)
        return true
    }

    // MARK: The page

    private func show(
        _ signedIn: SignedIn, _ request: Request, failure: AccountPage.PasswordForm.Failure? = nil
    ) throws -> Response {
        let account = AccountContent(provider, of: signedIn, for: request)
        let user = signedIn.user
        var page = AccountPage(
            userName: user.displayName, path: provider.issuer.path + HandlerName.account.traits.path,
            signOut: provider.issuer.path + HandlerName.logout.traits.path,
            token: token(signedIn).sealed(by: provider.seal))
        page.apps = try account.apps()
        page.sessions = try account.sessions()
        page.signIns = try account.signIns()
        page.ways = try AccountWays(flow, of: signedIn).list()
        page.languages = account.languages
        if user.passwordHash != nil {
            page.password = AccountPage.PasswordForm(username: user.username.value, failure: failure)
        }
        if request.method == .get {
            let word = try Parameters(try request.queryFields()).value("done")
            page.done = notice(signedIn).word(in: word).flatMap(AccountPage.Done.init)
        }
        var response = provider.page(
            page, status: failure.map(\.status) ?? .ok, for: request, uiLocales: user.uiLocales)
        if case .throttled(let seconds) = failure { response[.retryAfter] = HeaderValue(seconds) }
        return response
    }
}

extension AccountPage.PasswordForm.Failure {
    fileprivate var status: Status {
        switch self {
        case .wrong, .tooShort, .unusable, .different: .ok
        case .throttled: .tooManyRequests
        case .busy: .serviceUnavailable
        }
    }
}
