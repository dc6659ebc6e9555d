import FCGIBridge
import JOSE
import OIDCLogic

/// The end session endpoint (OpenID Connect RP-Initiated Logout 1.0), by GET and by POST.
struct LogoutHandler {
    let provider: Provider
    private let flow: SignInFlow

    init(_ provider: Provider) {
        self.provider = provider
        flow = SignInFlow(provider)
    }

    func respond(to request: Request) -> Response {
        provider.answeringPage(request) {
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
        guard let signedIn = try flow.signedIn(request) else {
            // A cross-site POST carries no `SameSite=Lax` cookie, and a GET does: so the session is seen after all.
            if request.method == .post, provider.cookies.sessionToken(in: request) == nil, !raw.fields.isEmpty,
                try parameters.value("again") == nil
            {
                return getInstead(raw, parameters, request)
            }
            return done(.done, logout, raw, request)
        }
        let token = FormToken("sign out", attempt: AttemptID(""), signedIn: signedIn)
        let carried = try parameters.value("token")
        let isOurForm = request.method == .post && token.matches(carried, opening: provider.seal)
        if isOurForm, try parameters.value("decision") == "stay" { return done(.stayed, logout, raw, request) }
        guard isOurForm || logout.isProven(for: signedIn.session) else {
            return provider.page(
                LogoutPage(
                    userName: signedIn.user.displayName, clientName: logout.client?.displayName,
                    action: provider.issuer.path + "/logout", fields: raw.fields,
                    token: token.sealed(by: provider.seal)),
                for: request, uiLocales: raw.uiLocales)
        }
        try provider.acting(as: .user(signedIn.user.id), by: .signIn, request) {
            try provider.store.endSession(signedIn.session.id)
        }
        return done(.done, logout, raw, request)
    }

    /// What is too long for a header comes again from a page of ours, which is of the same site.
    private func getInstead(_ raw: LogoutRequest, _ parameters: Parameters, _ request: Request) -> Response {
        let query = FormEncoding.encode(raw.fields)
        guard query.utf8.count > Carrier.limit else {
            return provider.redirect(to: provider.issuer.endpoint("logout") + "?" + query, for: request)
        }
        var response = provider.page(
            FormPostPage(action: provider.issuer.path + "/logout", fields: raw.fields + [("again", "1")]),
            for: request, uiLocales: raw.uiLocales)
        response.allowOwnScript()
        return response
    }

    private func done(
        _ outcome: SignedOutPage.Outcome, _ logout: ValidatedLogoutRequest, _ raw: LogoutRequest, _ request: Request
    ) -> Response {
        var response: Response =
            if let destination = logout.destination, outcome == .done {
                provider.redirect(to: destination, for: request)
            } else {
                provider.page(SignedOutPage(outcome), for: request, uiLocales: raw.uiLocales)
            }
        if outcome == .done { response.clear([provider.cookies.endingSession]) }
        return response
    }
}
