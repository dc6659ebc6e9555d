import FCGIBridge
import JOSE
import OIDCLogic

/// The consent form's target (OpenID Connect Core §3.1.2.4).
struct ConsentHandler {
    let provider: Provider
    private let flow: SignInFlow

    init(_ provider: Provider) {
        self.provider = provider
        flow = SignInFlow(provider)
    }

    func respond(to request: Request) -> Response {
        flow.answering(request) { form in try decide(form, request) }
    }

    private func isAllowed(_ scope: Scope, to client: Client, by user: User) throws -> Bool {
        try provider.store.consent(of: user.id, to: client.id).map { scope.isSubset(of: $0.scope) } ?? false
    }

    private func decide(_ form: PageForm, _ request: Request) throws -> Response {
        let attempt = form.attempt
        let now = provider.now()
        let authorization = try flow.validate(attempt.request)
        // The session ended while the page was open, or the page is too old: the request begins anew.
        guard let signedIn = try flow.signedIn(request),
            attempt.startedAt.isWithin(provider.lifetimes.attempt, of: now)
        else {
            return try flow.loginPage(authorization, attempt.request, failure: .stale, for: request)
        }
        let access = try authorization.access(
            for: signedIn, policy: try provider.policy(),
            customClaims: try provider.customClaims(for: authorization.client), from: request.remoteAddress, at: now)
        let scope = access.consentScope
        guard let token = try form.parameters.value("token") else {
            throw PageForm.Refused(
                kind: .expired, error: .invalidRequest("the form came without its token"), attempt: attempt)
        }
        guard try form.parameters.value("decision") == "allow" else {
            throw AuthorizationFailure.redirect(.accessDenied("the user did not allow it"), authorization.target)
        }
        // It was shown to another session than there is now, also of the same user, or what it names is asked no more: it allows
        // nothing, and whoever is signed in is asked anew.
        guard ConsentForm.token(attempt, scope, signedIn).matches(token, opening: provider.seal) else {
            return flow.proceed(
                authorization, signedIn: signedIn, progress: .arrived, attempt: nil, raw: attempt.request, for: request)
        }
        // A double click on "Allow" comes here twice: the second is answered as the first, and changes nothing.
        let end = attempt.startedAt + provider.lifetimes.attempt
        do {
            if let consent = authorization.consentToRemember(of: signedIn.user, to: scope, at: now) {
                let isKept = try provider.acting(as: .user(signedIn.user.id), by: .signIn, request) {
                    try provider.store.remember(consent, spending: attempt.id, until: end)
                }
                // The page was sent before, and what it allowed then was taken back since: the user is asked anew.
                guard try isKept || isAllowed(scope, to: authorization.client, by: signedIn.user) else {
                    return flow.proceed(
                        authorization, signedIn: signedIn, progress: .arrived, attempt: nil, raw: attempt.request,
                        for: request)
                }
            } else {
                _ = try provider.store.spend(attempt.id, until: end)
            }
        } catch StoreError.missing {
            // Removed since they were read: the client, which is no valid one then, or the user, who must sign in.
            return try flow.loginPage(
                try flow.validate(attempt.request), attempt.request, failure: .stale, for: request)
        }
        return flow.proceed(
            authorization, signedIn: signedIn, progress: .consented(since: attempt.startedAt), attempt: attempt,
            raw: attempt.request, for: request)
    }
}
