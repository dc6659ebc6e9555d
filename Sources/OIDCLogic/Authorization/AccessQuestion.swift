/// What a client asks a user for, as far as it decides what is granted: the one way from there to an answer, whether a
/// user signs in or an administrator only wants to know.
package struct AccessQuestion: Sendable {
    package let client: Client
    /// By `scope`, or by default.
    package let scope: Scope
    package let prompt: Set<Prompt>
    /// Claim by claim (OpenID Connect Core §5.5).
    package let claims: ClaimsRequest
    /// The languages that claims are wanted in.
    package let claimsLocales: [String]

    package init(
        _ client: Client, scope: Scope, prompt: Set<Prompt> = [], claims: ClaimsRequest = .none,
        claimsLocales: [String] = []
    ) {
        self.client = client
        self.scope = scope
        self.prompt = prompt
        self.claims = claims
        self.claimsLocales = claimsLocales
    }

    /// - Parameters:
    ///   - request: by which the user asks, or would.
    ///   - customClaims: those of this client.
    package func answer(
        for user: User, _ authentication: AuthenticationContext, in request: SignInRequest, policy: ScopePolicy,
        customClaims: CustomClaims
    ) -> AccessAnswer {
        let claims = claims.speaking(claimsLocales, of: user, in: scope, customClaims)
        let obstacle = client.obstacleToOfflineAccess(prompt)
        let grantable = obstacle == nil ? scope : scope.subtracting([Scope.offlineAccess])
        // Claims that are asked for by name are given as the scope is that would release them.
        let question = ScopeQuestion(
            client: client, user: user, authentication: authentication, request: request,
            requested: grantable.union(claims.scope(customClaims).subtracting([Scope.offlineAccess])))
        let decision = policy.decide(question).tracing(scope, withheld: obstacle, allowed: client.metadata.scope)
        switch decision.answer {
        case .refused(let finding): return .refused(by: finding, decision)
        case .granted(let granted):
            return .granted(
                GrantedAccess(
                    request: request, scope: granted.intersection(grantable),
                    claims: claims.granted(granted, beyond: scope, customClaims), decision: decision))
        }
    }
}

/// What became of an ``AccessQuestion``.
package enum AccessAnswer: Sendable {
    case granted(GrantedAccess)
    /// The user may not use this client at all.
    case refused(by: RuleFinding, ScopeDecision)
}

/// What a user gives a client. Only the policy's answer makes one.
package struct GrantedAccess: Sendable {
    package let request: SignInRequest
    package let scope: Scope
    /// Claims that were asked for by their names.
    package let claims: GrantedClaims
    /// How the policy came to it.
    package let decision: ScopeDecision

    /// What the user is asked to consent to, and what is remembered of it.
    package var consentScope: Scope { scope.union(claims.scope) }

    fileprivate init(request: SignInRequest, scope: Scope, claims: GrantedClaims, decision: ScopeDecision) {
        self.request = request
        self.scope = scope
        self.claims = claims
        self.decision = decision
    }
}

/// Why a client isn't given `offline_access`, whatever the policy says (OpenID Connect Core §11).
package enum OfflineAccessObstacle: Sendable, Equatable {
    case noRefreshTokens, noConsentPrompt
}

extension Client {
    /// Core §11: a client that asks for consent gets `offline_access` by a consent given for it there and then.
    fileprivate func obstacleToOfflineAccess(_ prompt: Set<Prompt>) -> OfflineAccessObstacle? {
        guard metadata.grantTypes.contains(.refreshToken) else { return .noRefreshTokens }
        return isFirstParty || prompt.contains(.consent) ? nil : .noConsentPrompt
    }
}

extension ScopeDecision {
    /// The same with a trace of `offline_access`, where it was asked for and not even put to the policy.
    fileprivate func tracing(
        _ requested: Scope, withheld obstacle: OfflineAccessObstacle?, allowed: Scope
    ) -> ScopeDecision {
        guard let obstacle, requested.contains(Scope.offlineAccess) else { return self }
        let reason: ScopeTrace.Reason = allowed.contains(Scope.offlineAccess) ? .withheld(obstacle) : .notAllowed
        let trace = ScopeTrace(name: Scope.offlineAccess, reason: reason)
        let place = requested.names.prefix { !$0.hasSameBytes(as: Scope.offlineAccess) }.count
        var scopes = scopes
        scopes.insert(trace, at: place)
        return ScopeDecision(answer: answer, findings: findings, scopes: scopes)
    }
}
