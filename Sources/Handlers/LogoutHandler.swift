import FCGIBridge
import JOSE
import OIDCLogic

/// The end session endpoint (OpenID Connect RP-Initiated Logout 1.0), by GET and by POST. Apps with a front-channel URI
/// are told by frames of the page that it answers with (OpenID Connect Front-Channel Logout 1.0).
struct LogoutHandler {
    let provider: Provider
    private let flow: SignInFlow
    private let carrier: Carrier

    init(_ provider: Provider) {
        self.provider = provider
        flow = SignInFlow(provider)
        carrier = Carrier(store: provider.store, now: provider.now)
    }

    func respond(to request: Request) -> Response {
        provider.answeringPage(request) {
            guard request.isOfPerson else {
                return provider.errorPage(
                    .foreignForm, .invalidRequest("a person's browser signs out, not a script or a frame"), for: request
                )
            }
            let parameters = Parameters(request.method == .post ? try request.formFields() : try request.queryFields())
            return provider.answeringPage(request, uiLocales: AuthorizationRequest.uiLocales(in: parameters)) {
                try signOut(parameters, request)
            }
        }
    }

    private func signOut(_ parameters: Parameters, _ request: Request) throws -> Response {
        let hints = HintVerifier(
            keys: try provider.keys.verificationKeys(from: provider.store), issuer: provider.issuer)
        let raw = try LogoutRequest(parameters, hints: hints)
        let logout = try raw.validated(for: try raw.clientID.flatMap { try provider.store.client($0) })
        tellOfIgnoredURI(raw, request)
        guard let signedIn = try flow.signedIn(request) else {
            // A cross-site POST carries no `SameSite=Lax` cookie, and a GET does: so the session is seen after all.
            if request.method == .post, !provider.cookies.sessionCame(in: request),
                try parameters.value("again") == nil
            {
                return getInstead(raw, parameters, request)
            }
            if let doubt = logout.doubt { provider.logRefusal(doubt, of: request) }
            try endLapsed(logout, request)
            return try done(logout, raw, isConfirmed: raw.hint != nil, request)
        }
        let token = FormToken("sign out", attempt: AttemptID(""), signedIn: signedIn)
        let carried = try parameters.value("token")
        let isOurForm = request.method == .post && token.matches(carried, opening: provider.seal)
        if isOurForm, try parameters.value("decision") == "stay" {
            return provider.page(SignedOutPage(.stayed), for: request, uiLocales: raw.uiLocales)
        }
        let subjects = try logout.client.map(provider.subjects)
        guard isOurForm || logout.isProven(for: signedIn.session, knowing: subjects) else {
            return ask(logout, raw, signedIn, token, request)
        }
        try provider.acting(as: .user(signedIn.user.id), by: .signIn, request) {
            try provider.store.endSession(signedIn.session.id)
        }
        let onward = leadOn(from: signedIn.session, logout, raw, request)
        return try done(logout, raw, isConfirmed: true, request, at: onward)
    }

    /// §2: whoever is signed in, where the app hasn't proved that it means their session.
    private func ask(
        _ logout: ValidatedLogoutRequest, _ raw: LogoutRequest, _ signedIn: SignedIn, _ token: FormToken,
        _ request: Request
    ) -> Response {
        var page = LogoutPage(
            userName: signedIn.user.displayName, clientName: logout.client?.displayName,
            action: provider.issuer.path + "/logout", fields: raw.fields, token: token.sealed(by: provider.seal))
        if let doubt = logout.doubt {
            provider.logRefusal(doubt, of: request)
            page.refusalID = request.id
            // §4: what can't be validated is used for nothing, so it needn't come again.
            page.fields.removeAll { $0.name != "ui_locales" }
        }
        return provider.page(page, for: request, uiLocales: raw.uiLocales + signedIn.user.uiLocales)
    }

    /// §3: an address that no client can be seen to have registered leads nowhere. Who wonders why finds it in the log.
    private func tellOfIgnoredURI(_ raw: LogoutRequest, _ request: Request) {
        guard let uri = raw.ignoredURI else { return }
        provider.log.notice(
            "post_logout_redirect_uri came without client_id or id_token_hint: nobody is sent there",
            metadata: ["request": "\(request.id)", "uri": "\(RedactedURI(redacting: uri).value)"])
    }

    /// Where the sign-out of a session that has ended goes on, if it came from an upstream that is to hear of it; the link knows
    /// that then. The upstream is asked elsewhere, as that may take a while.
    private func leadOn(
        from session: Session, _ logout: ValidatedLogoutRequest, _ raw: LogoutRequest, _ request: Request
    ) -> String? {
        do {
            return try address(from: session, logout, raw, request)
        } catch {
            // They are signed out here, and that must not end on a page that says otherwise.
            provider.log.error(
                "the upstream isn't told of a sign-out", metadata: ["request": "\(request.id)", "error": "\(error)"])
            return nil
        }
    }

    private func address(
        from session: Session, _ logout: ValidatedLogoutRequest, _ raw: LogoutRequest, _ request: Request
    ) throws -> String? {
        guard let came = session.upstream, let sealed = came.sealedLogoutHint,
            let upstream = try provider.signInOptions().upstream(of: came.link), upstream.signsOut
        else { return nil }
        let signOut = UpstreamSignOut(
            at: upstream.name, to: logout.destination, uiLocales: raw.uiLocales, at: provider.now())
        let hint = try? UpstreamLogoutHint(sealed: sealed, of: came.link, opening: provider.seal)
        let value = try carrier.carry(
            signOut.sealed(with: hint, by: provider.seal), from: request.remoteAddress, isOfSomeoneSignedIn: true)
        try provider.store.noteSignOut(ofUpstream: came.link.issuer, sid: came.sid, subject: came.link.subject)
        return upstream.postLogoutRedirectURI(at: provider.issuer) + "?" + FormEncoding.encode([("begin", value)])
    }

    /// §2: an app may sign out of a session that there was of late as well. One that has lapsed since nobody used it signs
    /// nobody in any more; whoever signs out of it means the other apps all the same.
    private func endLapsed(_ logout: ValidatedLogoutRequest, _ request: Request) throws {
        guard let token = provider.cookies.sessionToken(in: request),
            let session = try provider.store.session(digest: token.digest),
            logout.isProven(for: session, knowing: try logout.client.map(provider.subjects))
        else { return }
        try provider.acting(as: .user(session.userID), by: .signIn, request) {
            try provider.store.endSession(session.id)
        }
    }

    /// What is too long for a header comes again from a page of ours, which is of the same site.
    private func getInstead(_ raw: LogoutRequest, _ parameters: Parameters, _ request: Request) -> Response {
        let query = FormEncoding.encode(raw.fields)
        guard query.utf8.count > Carrier.limit else {
            let address = provider.issuer.endpoint("logout") + (query.isEmpty ? "" : "?" + query)
            return provider.redirect(to: address, for: request)
        }
        var response = provider.page(
            FormPostPage(action: provider.issuer.path + "/logout", fields: raw.fields + [("again", "1")]),
            for: request, uiLocales: raw.uiLocales)
        response.allowOwnScript()
        return response
    }

    /// - Parameters:
    ///   - isConfirmed: whether the app has proved that it was signed in to, or the user has said yes.
    ///   - upstream: where it goes on before it goes to the app.
    private func done(
        _ logout: ValidatedLogoutRequest, _ raw: LogoutRequest, isConfirmed: Bool, _ request: Request,
        at upstream: String? = nil
    ) throws -> Response {
        let told = try provider.cookies.sessionToken(in: request).map(provider.frontchannelLogouts(of:)) ?? []
        // §3: without a hint nobody is sent on by a mere link, unless an administrator vouches for where it leads.
        let mayLeave = try isConfirmed || logout.client.map(provider.vouches) ?? false
        var response: Response =
            if let destination = upstream ?? logout.destination, told.isEmpty, mayLeave {
                provider.redirect(to: destination, for: request)
            } else {
                try provider.signedOutPage(
                    .done, telling: told,
                    onward: (upstream ?? logout.destination).map {
                        .init(uri: $0, clientName: logout.client?.displayName, byItself: mayLeave)
                    },
                    for: request, uiLocales: raw.uiLocales)
            }
        // §2: nobody signs out unasked. Another site's POST brings no cookie, and its answer would take the one that is there.
        if provider.cookies.sessionCame(in: request) {
            response.clear([provider.cookies.endingSession])
            provider.tell(nil, by: &response, to: request)
        }
        return response
    }
}
