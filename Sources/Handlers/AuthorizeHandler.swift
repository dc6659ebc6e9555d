import FCGIBridge
import JOSE
import OIDCLogic

/// The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2), by GET and by POST.
struct AuthorizeHandler {
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
            let parameters = Parameters(request.method == .post ? try request.formFields() : try request.queryFields())
            if request.method == .get, let attempt = try parameters.value("attempt") {
                return try resume(attempt, for: request)
            }
            return provider.answeringPage(request, uiLocales: AuthorizationRequest.uiLocales(in: parameters)) {
                try begin(parameters, for: request)
            }
        }
    }

    private func begin(_ parameters: Parameters, for request: Request) throws -> Response {
        let authorization = try flow.validate(try AuthorizationRequest(parameters))
        let raw = authorization.request
        if request.method == .post, provider.cookies.sessionToken(in: request) == nil {
            return try flow.sayingSilently(to: authorization.target) { try getInstead(raw, for: request) }
        }
        return flow.proceed(
            authorization, signedIn: try flow.signedIn(request), progress: .arrived, attempt: nil, raw: raw,
            for: request)
    }

    /// A cross-site POST carries no `SameSite=Lax` cookie, and a GET does: so the session is seen after all.
    private func getInstead(_ raw: AuthorizationRequest, for request: Request) throws -> Response {
        let query = FormEncoding.encode(raw.fields)
        guard query.utf8.count <= Carrier.limit, !raw.isSigned else {
            return provider.redirect(to: try flow.beginning(raw, for: request), for: request)
        }
        return provider.redirect(to: provider.issuer.endpoint("authorize") + "?" + query, for: request)
    }

    /// Goes on with an attempt after its login page; an old one, or one of another browser, begins anew.
    private func resume(_ text: String, for request: Request) throws -> Response {
        guard let sealed = try carrier.receive(text),
            let attempt = try? Attempt(sealed: sealed, opening: provider.seal)
        else {
            return provider.errorPage(
                .expired, .invalidRequest("this address belongs to a sign-in that is over"), for: request)
        }
        let isOwn = attempt.belongs(to: provider.cookies.browserToken(in: request))
        let progress = attempt.progress(within: provider.lifetimes.code, at: provider.now())
        return provider.answeringPage(request, uiLocales: attempt.request.uiLocales) {
            flow.proceed(
                try flow.validate(attempt.request), signedIn: try flow.signedIn(request),
                progress: isOwn ? progress : .arrived,
                attempt: isOwn && attempt.startedAt.isWithin(provider.lifetimes.attempt, of: provider.now())
                    ? attempt : nil,
                raw: attempt.request, for: request)
        }
    }
}
