import JOSE
import Networks
import OIDCLogic

/// Replays what the authorization endpoint decides, and the claims that follow, without a sign-in.
package struct Explanations {
    private let store: any Store
    private let policy: [PolicyRule]
    private let settings: ClaimSettings
    private let users: UserAdministration
    private let clients: ClientAdministration
    private let now: Clock

    init(
        store: any Store, policy: [PolicyRule], claims settings: ClaimSettings, users: UserAdministration,
        clients: ClientAdministration, now: @escaping Clock
    ) {
        self.store = store
        self.policy = policy
        self.settings = settings
        self.users = users
        self.clients = clients
        self.now = now
    }

    /// Whether it can be a browser's: a rule about another would tell of nobody.
    package static func isAddress(_ text: String) -> Bool { IPAddress(text) != nil }

    /// Throws ``AdministrationError`` if there is no such user or client.
    ///
    /// - Parameters:
    ///   - scope: what the client asks for; nil: all that it may.
    ///   - prompt: what it sends beside it (OpenID Connect Core §3.1.2.1).
    ///   - address: the browser's.
    package func explain(
        user name: String, client id: String, scope: Scope?, prompt: Set<Prompt> = [], address: String, acr: String
    ) throws -> Explanation {
        let user = try users.user(name)
        let client = try clients.client(id)
        let evaluator = try SandboxedExpressions()
        let catalogue = try store.catalogue()
        let time = now()
        let requested = scope ?? client.metadata.scope
        let authentication = AuthenticationContext(
            userID: user.id, sessionID: SessionID(""), sid: "of-the-session", authTime: time,
            amr: Authentication.passwordAMR, acr: acr)
        let request = SignInRequest(
            address: address, at: time,
            choosing: [
                "scope": requested.description, "prompt": prompt.map(\.rawValue).sorted().joined(separator: " "),
            ])
        let customClaims = CustomClaims(
            try store.customClaims(for: client.id), evaluator: evaluator, mendixProfile: settings.mendixProfile)
        let answer = AccessQuestion(client, scope: requested, prompt: prompt).answer(
            for: user, authentication, in: request,
            policy: ScopePolicy(catalogue: catalogue, rules: policy, evaluator: evaluator), customClaims: customClaims)
        switch answer {
        case .refused(let finding, let decision):
            return Explanation(
                user: user, client: client, requested: requested, decision: decision,
                obstacle: obstacle(before: user, at: client) ?? .refused(finding))
        case .granted(let access):
            let subject = ClaimSubject(
                client: client, user: user, authentication: authentication, request: request, scope: access.scope,
                requested: access.claims, catalogue: catalogue)
            let asksForConsent = try asksForConsent(access, subject, prompt)
            let custom = customClaims.outcomes(for: subject)
            let release = ClaimRelease(subject, custom: custom, mendixProfile: settings.mendixProfile)
            return Explanation(
                user: user, client: client, requested: requested, decision: access.decision,
                obstacle: obstacle(before: user, at: client) ?? Self.obstacle(to: access, subject, customClaims)
                    ?? (asksForConsent && prompt.contains(.none) ? .consentForbidden : nil)
                        ?? Self.obstacle(to: release, access.scope),
                granted: access.scope, asksForConsent: asksForConsent, custom: custom, release: release)
        }
    }

    /// What ends the request before anybody asks what is granted.
    private func obstacle(before user: User, at client: Client) -> Explanation.Obstacle? {
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

    /// At the token endpoint, where what the protocol says of itself comes to it: a few hundred bytes.
    private static func obstacle(to release: ClaimRelease, _ scope: Scope) -> Explanation.Obstacle? {
        var claims = release.claims(for: .accessToken)
        claims["scope"] = .string(scope.description)
        do throws(OAuthError) {
            try TokenSize.accessToken.check(claims)
            if scope.contains(Scope.openID) { try TokenSize.idToken.check(release.claims(for: .idToken)) }
            return nil
        } catch {
            return .tokenTooLarge(cause: error.cause ?? "")
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
