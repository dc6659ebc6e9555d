import JOSE
import Networks
import OIDCLogic

/// Replays what the authorization endpoint and the token endpoint decide, and the claims that follow, without a sign-in
/// and without a token.
package struct Explanations {
    private let store: any Store
    private let policy: [PolicyRule]
    private let settings: ClaimSettings
    private let issuer: Issuer
    private let lifetimes: Lifetimes
    private let resources: ResourceServers
    private let users: UserAdministration
    private let clients: ClientAdministration
    private let now: Clock

    init(
        store: any Store, policy: [PolicyRule], claims settings: ClaimSettings, issuer: Issuer, lifetimes: Lifetimes,
        resources: ResourceServers, users: UserAdministration, clients: ClientAdministration, now: @escaping Clock
    ) {
        self.store = store
        self.policy = policy
        self.settings = settings
        self.issuer = issuer
        self.lifetimes = lifetimes
        self.resources = resources
        self.users = users
        self.clients = clients
        self.now = now
    }

    /// Whether it can be a browser's: a rule about another would tell of nobody.
    package static func isAddress(_ text: String) -> Bool { IPAddress(text) != nil }

    /// What a user is given through a client. Throws ``AdministrationError`` if there is no such user or client.
    package func explain(
        user name: String, client id: String, _ question: ExplanationQuestion
    ) throws -> Explanation {
        try explain(users.user(name), at: clients.client(id), question)
    }

    /// What a client is given for itself. Throws ``AdministrationError`` if there is no such client.
    package func explain(service id: String, _ question: ExplanationQuestion) throws -> Explanation {
        try explain(service: clients.client(id), question)
    }

    func explain(_ user: User, at client: Client, _ question: ExplanationQuestion) throws -> Explanation {
        let profile = try profile(for: question, of: client)
        let evaluator = try SandboxedExpressions()
        let catalogue = try store.catalogue()
        let time = now()
        let scope = ExplainedScope(question, for: client)
        let requested = scope.names
        let assumed = ExplanationAssumptions(
            scope: scope.source, signIn: .init(address: question.address, acr: question.acr))
        let prompt = question.prompt
        let authentication = AuthenticationContext(
            userID: user.id, sessionID: SessionID(""), sid: "of-the-session", authTime: time,
            amr: Authentication.passwordAMR, acr: question.acr)
        let request = SignInRequest(
            address: question.address, at: time,
            choosing: [
                "scope": requested.description, "prompt": prompt.map(\.rawValue).sorted().joined(separator: " "),
            ])
        let customClaims = CustomClaims(
            try store.customClaims(for: client.id), evaluator: evaluator, mendixProfile: settings.mendixProfile)
        let answer = AccessQuestion(client, scope: requested, prompt: prompt).answer(
            for: user, authentication, in: request,
            policy: ScopePolicy(catalogue: catalogue, rules: policy, evaluator: evaluator), customClaims: customClaims)
        let sent = ExplainedRequest(signIn: question, to: client, scope: scope.sent, issuer: issuer)
        switch answer {
        case .refused(let finding, let decision):
            return Explanation(
                of: user, at: client, sent, assumed, requested: requested, decision,
                obstacle: obstacle(before: user, at: client) ?? .refused(finding))
        case .granted(let access):
            let subject = ClaimSubject(
                client: client, user: user, authentication: authentication, request: request, scope: access.scope,
                requested: access.claims, catalogue: catalogue)
            let asksForConsent = try asksForConsent(access, subject, prompt)
            let custom = customClaims.outcomes(for: subject)
            var obstacle =
                obstacle(before: user, at: client) ?? Self.obstacle(to: access, subject, customClaims)
                ?? (asksForConsent && prompt.contains(.none) ? .consentForbidden : nil)
            var tokens: ExplainedTokens?
            if obstacle == nil {
                let live = try LiveGrant(
                    grant(access, authentication, of: client), client: client, user: user,
                    subjects: SubjectIdentifiers(of: client, salt: store.pairwiseSalt()))
                let release = ClaimRelease(subject, custom: custom, mendixProfile: settings.mendixProfile)
                tokens = ExplainedTokens(
                    of: live, releasing: release, profile: profile, issuer: issuer, lifetimes: lifetimes, at: time)
                obstacle = tokens?.oversize.map(Explanation.Obstacle.tokenTooLarge)
            }
            return Explanation(
                of: user, at: client, sent, assumed, requested: requested, access.decision, obstacle: obstacle,
                granted: access.scope, asksForConsent: asksForConsent, custom: custom, tokens: tokens)
        }
    }

    /// RFC 6749 §4.4: its registration alone decides.
    func explain(service client: Client, _ question: ExplanationQuestion) throws -> Explanation {
        let profile = try profile(for: question, of: client)
        let catalogue = try store.catalogue()
        let asked = ExplainedScope(question, for: client)
        let requested = asked.names
        let assumed = ExplanationAssumptions(scope: asked.source, signIn: nil)
        let sent = ExplainedRequest(service: question, issuer: issuer)
        let scopes = requested.names.map { name in
            let fate = ClientCredentialsGrant.fate(of: name, for: client, in: catalogue)
            return Explanation.ScopeOutcome(name: name, isGranted: fate == .granted, reason: fate.description)
        }
        let scope: Scope
        do throws(OAuthError) {
            scope = try ClientCredentialsGrant.subject(asking: question.scope, for: client, in: catalogue).scope
        } catch {
            return Explanation(
                service: client, sent, assumed, requested: requested, scopes,
                obstacle: error.code == .invalidScope ? .nothingGranted : .noServiceGrant)
        }
        let custom = CustomClaims(
            try store.customClaims(for: client.id), evaluator: try SandboxedExpressions(),
            mendixProfile: settings.mendixProfile
        ).outcomes(ofService: client, scope: scope, in: ClaimDestination.ofServices)
        let tokens = ExplainedTokens(
            of: client, scope: scope, claims: ServiceClaims(client, scope: scope, custom: custom, in: catalogue),
            profile: profile, issuer: issuer, at: now())
        return Explanation(
            service: client, sent, assumed, requested: requested, scopes,
            obstacle: client.approval == .given
                ? tokens.oversize.map(Explanation.Obstacle.tokenTooLarge) : .awaitedApproval,
            granted: scope, custom: custom, tokens: tokens)
    }

    private func profile(
        for question: ExplanationQuestion, of client: Client
    ) throws -> AccessTokenProfile {
        var named: [ResourceIndicator] = []
        if let text = question.resource {
            guard let resource = ResourceIndicator(text), client.metadata.resources.contains(resource) else {
                let may = client.metadata.resources.map(\.value).joined(separator: ", ")
                throw AdministrationError.invalid(
                    "the app may not ask for the resource \"\(text)\" (invalid_target); it may for "
                        + (may.isEmpty ? "none" : may)
                ).of("resource")
            }
            named = [resource]
        }
        return try resources.profile(for: named, client: client, issuer: issuer, lifetimes: lifetimes)
    }

    /// What would hang on the sign-in.
    private func grant(_ access: GrantedAccess, _ authentication: AuthenticationContext, of client: Client) -> Grant {
        Grant(
            id: GrantID("of-the-sign-in-to-come"), clientID: client.id, authentication: authentication,
            request: access.request, scope: access.scope, createdAt: authentication.authTime ?? now(),
            expiresAt: authentication.authTime ?? now(), claims: access.claims)
    }

    /// What ends the request before anybody asks what is granted.
    private func obstacle(before user: User, at client: Client) -> Explanation.Obstacle? {
        guard client.approval == .given else { return .awaitedApproval }
        guard client.metadata.grantTypes.contains(.authorizationCode) else { return .noCodeGrant }
        return user.isDisabled ? .disabled : nil
    }

    private static func obstacle(
        to access: GrantedAccess, _ subject: ClaimSubject, _ customClaims: CustomClaims
    ) -> Explanation.Obstacle? {
        if access.scope.isEmpty, subject.client.preset != .mendix { return .nothingGranted }
        do throws(ClaimFault) {
            _ = try customClaims.values(for: subject)
            return nil
        } catch {
            return .requiredClaim(error)
        }
    }

    private func asksForConsent(
        _ access: GrantedAccess, _ subject: ClaimSubject, _ prompt: Set<Prompt>
    ) throws -> Bool {
        guard !prompt.contains(.consent) else { return true }
        guard !subject.client.isFirstParty else { return false }
        let remembered = try store.consent(of: subject.user.id, to: subject.client.id)?.scope ?? .none
        return !subject.client.remembersConsent || !access.consentScope.isSubset(of: remembered)
    }
}
