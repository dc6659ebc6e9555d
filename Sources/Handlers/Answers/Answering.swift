import FCGIBridge
import OIDCLogic

/// How handlers answer: they throw, and here alone an error becomes an answer.
extension Provider {
    /// Answers as JSON, whatever happens.
    func answeringJSON(_ request: Request, _ respond: () throws -> Response) -> Response {
        do { return try respond() } catch { return jsonError(OAuthError(answering: error), for: request) }
    }

    /// Answers as a page, whatever happens.
    ///
    /// - Parameter uiLocales: the languages that the app asked for, once they are known.
    func answeringPage(
        _ request: Request, uiLocales: [String] = [], _ respond: () throws -> Response
    ) -> Response {
        do {
            return try respond()
        } catch let failure as AuthorizationFailure {
            switch failure {
            case .page(let kind, let error): return errorPage(kind.page, error, for: request, uiLocales: uiLocales)
            case .redirect(let error, let target):
                return refuse(error, to: target, for: request, uiLocales: uiLocales)
            }
        } catch {
            let error = OAuthError(answering: error)
            return errorPage(error.page, error, for: request, uiLocales: uiLocales)
        }
    }

    /// RFC 6749 §4.1.2.1.
    private func refuse(
        _ error: OAuthError, to target: RedirectTarget, for request: Request, uiLocales: [String]
    ) -> Response {
        // Where it can't be read nothing is said of it: nobody has signed out.
        var session: Session?
        var state: String?
        if case .success(let signedIn) = Result(catching: { try SignInFlow(self).signedIn(request) }) {
            session = signedIn?.session
            if session != nil || showsSession(request) { state = sessionState(of: session, to: target) }
        }
        let refusal = AuthorizationResponse.error(
            error, refusal: request.id, to: target, from: issuer, sessionState: state)
        // RFC 9700 §4.11.2: whom nobody here knows gets nobody sent to them by a mere link. Whoever signs in, or turns back,
        // has seen the app's name.
        if request.handler == HandlerName.authorize.rawValue, !target.isSilent, session == nil, isOfStranger(target) {
            return errorPage(
                .badRequest, error, for: request, uiLocales: uiLocales,
                startAgain: WebLink(refusal.uri).map { ErrorPage.StartAgain(link: $0) })
        }
        logRefusal(error, of: request)
        var response = answer(refusal, for: request, uiLocales: uiLocales)
        if state != nil { tell(session, by: &response, to: request, isAsked: true) }
        return response
    }

    /// Whether its app registered itself, and no administrator has looked at it.
    private func isOfStranger(_ target: RedirectTarget) -> Bool {
        guard let client = try? store.client(target.clientID) else { return false }
        return (try? !vouches(for: client)) ?? false
    }

    /// RFC 6749 §5.2.
    func jsonError(_ error: OAuthError, for request: Request) -> Response {
        logRefusal(error, of: request)
        var response = Response.jsonError(
            error.code.rawValue, error.description(refusal: request.id), status: error.status)
        if let seconds = error.retryAfter { response[.retryAfter] = HeaderValue(seconds) }
        // RFC 9110 §15.5.2: 401 names a way to authenticate, and some HTTP libraries fail without. A browser would ask its
        // user for a password in the middle of a page.
        if error.code == .invalidClient, request.header("Authorization") != nil || request.header("Origin") == nil {
            response[.wwwAuthenticate] = "Basic realm=\"token endpoint\", charset=\"UTF-8\""
        }
        return response
    }

    func page(_ page: some Page, status: Status = .ok, for request: Request, uiLocales: [String] = []) -> Response {
        var response = pages.answer(
            page, status: status, uiLocales: uiLocales, acceptLanguage: request.header("Accept-Language"))
        response.clear(cookies.useless(in: request))
        return response
    }

    func errorPage(
        _ kind: ErrorPage.Kind, _ error: OAuthError, for request: Request, uiLocales: [String] = [],
        startAgain: ErrorPage.StartAgain? = nil
    ) -> Response {
        logRefusal(error, of: request)
        let detail = ErrorPage.Detail(error: error.code.rawValue, description: "\(error.text)")
        var response = page(
            ErrorPage(kind, requestID: request.id, startAgain: startAgain, detail: detail),
            status: kind.status, for: request, uiLocales: uiLocales)
        if let seconds = error.retryAfter { response[.retryAfter] = HeaderValue(seconds) }
        return response
    }

    /// Sends the answer to the app in the way that it asked for. One that comes again and again for it, without anybody
    /// having done anything, is not sent round for ever: its user is shown a page.
    func answer(
        _ answer: AuthorizationResponse, for request: Request, uiLocales: [String] = []
    ) -> Response {
        guard request.handler == HandlerName.authorize.rawValue, !answer.target.isSilent else {
            return send(answer, for: request, uiLocales: uiLocales)
        }
        let loop = RedirectLoop(adding: answer.target, to: cookies.loop(in: request), at: now())
        guard !loop.isEndless else { return pageInstead(of: answer, for: request, uiLocales: uiLocales) }
        var response = send(answer, for: request, uiLocales: uiLocales)
        response.setCookie(cookies.setting(loop))
        return response
    }

    private func pageInstead(
        of answer: AuthorizationResponse, for request: Request, uiLocales: [String]
    ) -> Response {
        let fields = try? request.method == .post ? request.formFields() : request.queryFields()
        let again = WebLink(issuer.endpoint("authorize") + "?" + FormEncoding.encode(fields ?? []))
        var response = errorPage(
            .redirectLoop, .redirectLoop(isError: answer.isError), for: request, uiLocales: uiLocales,
            startAgain: again.map { ErrorPage.StartAgain(link: $0) })
        response.clear([cookies.endingLoop])
        return response
    }

    private func send(_ answer: AuthorizationResponse, for request: Request, uiLocales: [String]) -> Response {
        switch answer.target.mode {
        case .query: return redirect(to: answer.uri, for: request)
        case .formPost:
            var response = page(
                FormPostPage(action: answer.target.uri, fields: answer.fields), for: request, uiLocales: uiLocales)
            response.allowOwnScript()
            return response
        }
    }

    /// Sends the browser on (RFC 9700 §4.12: after a POST with 303, so that no password travels along).
    func redirect(to uri: String, for request: Request) -> Response {
        guard let location = HeaderValue(uri) else {
            return errorPage(.serverError, .serverError(cause: "an answer's URI is no header value"), for: request)
        }
        var response = Response.redirect(request.method == .post ? .seeOther : .found, to: location)
        response[.cacheControl] = "no-store"
        response[.referrerPolicy] = "no-referrer"
        response.clear(cookies.useless(in: request))
        return response
    }
}
