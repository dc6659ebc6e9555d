/// What to do with a validated authorization request: the one place that decides.
package enum AuthorizationDecision: Sendable {
    /// Show the login page.
    case signIn(SignInReason)
    /// Show the consent page for this.
    case askConsent(GrantedAccess)
    case grant(AuthorizationGrant)
}

/// Why a login page is shown.
package enum SignInReason: Sendable, Equatable {
    case noSession, promptLogin, selectAccount, maxAge, anotherUser, authenticationContext
}

/// What the user has done about a request so far.
package enum Progress: Sendable {
    /// Nothing: the request has just come.
    case arrived
    /// This user signed in on the page of an attempt that began then.
    case signedIn(as: UserID, since: Timestamp)
    /// Allowed it, on the page of an attempt that began then.
    case consented(since: Timestamp)

    /// Whether the session is one of this attempt, so that `prompt=login` and `max_age` are met.
    fileprivate func renewed(_ session: Session) -> Bool {
        switch self {
        case .arrived: false
        case .signedIn(_, let start), .consented(let start): session.signedInAt >= start
        }
    }

    /// Whether someone signed in who isn't whom the session is of, as when the browser has another's by now.
    fileprivate func isAnother(than user: User) -> Bool {
        if case .signedIn(let signedIn, _) = self { signedIn != user.id } else { false }
    }

    fileprivate var isArrival: Bool {
        if case .arrived = self { true } else { false }
    }

    fileprivate var hasConsented: Bool {
        if case .consented = self { true } else { false }
    }
}

extension ValidatedAuthorizationRequest {
    /// Whether the app has to be told when the user proved who they are (OpenID Connect Core §2).
    package var wantsAuthTime: Bool { client.metadata.requireAuthTime || claims.needsAuthTime }

    /// Decides by OpenID Connect Core §3.1.2.3 and §3.1.2.4.
    ///
    /// - Parameters:
    ///   - signedIn: whoever the browser is signed in as; nil if nobody is, or they may not be.
    ///   - consent: what that user has allowed this client before.
    ///   - customClaims: those of this client.
    ///   - subjects: likewise. What it says of a user, by a hint or by `claims`, is meant as it knows them: another sector's
    ///     identifier is nobody's to it, and so tells it nothing.
    ///   - address: the browser's network address.
    ///   - hasUpstreams: whether somebody else may sign them in, in a way that isn't ours.
    ///   - canAskSilently: whether somebody else knows who is signed in, and tells it without a page.
    package func decide(
        signedIn: SignedIn?, consent: Consent?, progress: Progress, policy: ScopePolicy,
        customClaims: CustomClaims = .none, subjects: SubjectIdentifiers, from address: String,
        hasUpstreams: Bool = false, canAskSilently: Bool = false, at now: Timestamp
    ) throws(AuthorizationFailure) -> AuthorizationDecision {
        // Who has been asked already isn't asked again.
        let silently = canAskSilently && progress.isArrival
        guard let signedIn else { return try interact(.signIn(.noSession), silently) }
        let subject = subjects.identifier(of: signedIn.user.id)
        if progress.isAnother(than: signedIn.user) { return try interact(.signIn(.anotherUser), silently) }
        let isRenewed = progress.renewed(signedIn.session)
        if prompt.contains(.login), !isRenewed { return .signIn(.promptLogin) }
        if prompt.contains(.selectAccount), !isRenewed { return .signIn(.selectAccount) }
        // §3.1.2.1: the answer is about the user of the hint, or none.
        if let hint, hint.subject != subject {
            guard isRenewed else { return try interact(.signIn(.anotherUser), silently) }
            throw .redirect(
                .loginRequired("another user than that of id_token_hint has signed in", detail: .signIn(.wrongUser)),
                target)
        }
        // §5.5.1, for sub: the same, said by the claims parameter.
        if let wanted = claims.subjects, !wanted.contains(.string(subject.value)) {
            guard isRenewed else { return try interact(.signIn(.anotherUser), silently) }
            throw .redirect(
                .loginRequired("another user than that of claims has signed in", detail: .signIn(.wrongUser)), target)
        }
        // A sign-in of this very attempt meets any max_age, 0 as well.
        if let maxAge, !isRenewed, !(signedIn.session.authTime?.isWithin(maxAge, of: now) ?? false) {
            return try interact(.signIn(.maxAge), silently)
        }
        // §2: who wants to know when the user proved who they are is told no other time.
        if wantsAuthTime, signedIn.session.authTime == nil {
            guard isRenewed else { return try interact(.signIn(.maxAge), silently) }
            throw .redirect(
                .loginRequired(
                    "the user's identity provider doesn't say when they proved who they are, and the app wants to know",
                    detail: signedIn.session.upstream.map {
                        RefusalDetail.upstream($0.upstream, "says no auth_time of its user")
                    }),
                target)
        }
        // §5.5.1.1: what isn't met by signing in again is a failed authentication.
        if let classes = claims.essentialACRs, !(signedIn.session.acr.map { classes.contains(.string($0)) } ?? false) {
            let canBeMet = hasUpstreams || classes.contains(.string(Authentication.passwordACR))
            guard isRenewed || !canBeMet else {
                return try interact(.signIn(.authenticationContext), silently)
            }
            throw .redirect(
                .unmetAuthenticationRequirements(
                    "the acr that claims asks for as essential can't be met", detail: .parameter("claims", .unsupported)
                ),
                target)
        }
        let access = try access(for: signedIn, policy: policy, customClaims: customClaims, from: address, at: now)
        guard !access.scope.isEmpty || client.preset == .mendix else {
            throw .redirect(
                .invalidScope(
                    "nothing of the requested scope can be granted to this client", cause: access.decision.cause,
                    detail: .scope(.nothingAllowed)),
                target)
        }
        try checkRequired(customClaims, access, of: signedIn, in: policy.catalogue)
        let isRemembered = !prompt.contains(.consent) && remembers(consent, access.consentScope)
        guard client.isFirstParty && !prompt.contains(.consent) || progress.hasConsented || isRemembered else {
            return try interact(.askConsent(access))
        }
        return .grant(AuthorizationGrant(request: self, signedIn: signedIn, access: access))
    }

    /// What the user gives the client, before they are asked. Throws `access_denied` if they may not use this client.
    package func access(
        for signedIn: SignedIn, policy: ScopePolicy, customClaims: CustomClaims, from address: String,
        at now: Timestamp
    ) throws(AuthorizationFailure) -> GrantedAccess {
        let question = AccessQuestion(
            client, scope: scope, prompt: prompt, claims: claims, claimsLocales: claimsLocales)
        let answer = question.answer(
            for: signedIn.user, AuthenticationContext(signedIn.session, for: client.id),
            in: signInRequest(from: address, at: now), policy: policy, customClaims: customClaims)
        switch answer {
        case .granted(let access): return access
        case .refused(let finding, _):
            throw .redirect(
                .accessDenied(
                    "the rules of this provider do not let the user use this app", cause: "rule: \(finding)",
                    detail: .policy(finding.rule.name)),
                target)
        }
    }

    private func signInRequest(from address: String, at now: Timestamp) -> SignInRequest {
        SignInRequest(
            address: address, at: now,
            choosing: [
                "scope": scope.description, "acr_values": acrValues, "login_hint": loginHint,
                "ui_locales": uiLocales.joined(separator: " "),
                "prompt": prompt.map(\.rawValue).sorted().joined(separator: " "),
            ])
    }

    private func checkRequired(
        _ customClaims: CustomClaims, _ access: GrantedAccess, of signedIn: SignedIn, in catalogue: ScopeCatalogue
    ) throws(AuthorizationFailure) {
        let subject = ClaimSubject(
            client: client, user: signedIn.user,
            authentication: AuthenticationContext(signedIn.session, for: client.id), request: access.request,
            scope: access.scope, requested: access.claims, catalogue: catalogue)
        do throws(ClaimFault) {
            try customClaims.checkRequired(for: subject)
        } catch {
            throw .redirect(OAuthError(error), target)
        }
    }

    /// What is remembered of a user who has allowed `scope` on the consent page; nil if they are to be asked each time.
    package func consentToRemember(of user: User, to scope: Scope, at now: Timestamp) -> Consent? {
        guard client.mayRememberConsent(for: target.uri) else { return nil }
        return Consent(userID: user.id, clientID: client.id, scope: scope, grantedAt: now)
    }

    private func remembers(_ consent: Consent?, _ scope: Scope) -> Bool {
        guard let consent, client.mayRememberConsent(for: target.uri) else { return false }
        return scope.isSubset(of: consent.scope)
    }

    /// OpenID Connect Core §3.1.2.1: with `prompt=none` no page is ever shown.
    private func interact(
        _ decision: AuthorizationDecision, _ silently: Bool = false
    ) throws(AuthorizationFailure) -> AuthorizationDecision {
        guard prompt.contains(.none) else { return decision }
        switch decision {
        case .signIn where silently: return decision
        case .signIn:
            throw .wouldNeedSignIn(target)
        default:
            throw .redirect(
                .consentRequired("the user must consent, and prompt=none forbids to ask", detail: .silentRequest),
                target)
        }
    }
}

/// A request that is granted. Only a decision makes one.
package struct AuthorizationGrant: Sendable {
    package let request: ValidatedAuthorizationRequest
    package let signedIn: SignedIn
    package let access: GrantedAccess

    package var scope: Scope { access.scope }

    fileprivate init(request: ValidatedAuthorizationRequest, signedIn: SignedIn, access: GrantedAccess) {
        self.request = request
        self.signedIn = signedIn
        self.access = access
    }
}
