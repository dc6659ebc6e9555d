import OIDCLogic

/// Identity providers whose ways are known here (`preset`). Each has a page in `docs/upstreams`.
package enum UpstreamPreset: String, CaseIterable {
    case entra, keycloak, okta, google, auth0, github, postern

    package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    private static let lasting = UpstreamDefaults.openIDScope + " " + Scope.offlineAccess

    var defaults: UpstreamDefaults {
        switch self {
        case .entra:
            UpstreamDefaults(
                title: "Microsoft", scope: Self.lasting, authentication: .post, roleNames: "upstream -> 'roles'")
        case .keycloak:
            // Its access tokens live for five minutes: asked by one that does, its userinfo says who is gone.
            UpstreamDefaults(roleNames: "upstream -> '$.realm_access.roles'", recheck: 3 * 60)
        case .okta: UpstreamDefaults(title: "Okta", scope: Self.lasting, roleNames: "upstream -> 'groups'")
        case .google:
            // It gives a refresh token for this alone, and again only to whoever consents again.
            UpstreamDefaults(
                title: "Google", issuer: "https://accounts.google.com",
                parameters: ["access_type": "offline", "prompt": "consent"])
        case .auth0: UpstreamDefaults(scope: Self.lasting)
        case .postern: UpstreamDefaults(scope: Self.lasting)
        case .github:
            UpstreamDefaults(
                title: "GitHub", issuer: "https://github.com/login/oauth", scope: "read:user user:email",
                authentication: .post, username: "upstream ->> 'login'",
                attributes: [
                    "picture": "upstream ->> 'avatar_url'", "profile": "upstream ->> 'html_url'",
                    "email": Self.primary("email"),
                ],
                emailVerified: Self.primary("verified"), oauth: Self.oauthOfGitHub)
        }
    }

    /// Of GitHub's list of a user's addresses.
    private static func primary(_ member: String) -> String {
        "(SELECT value ->> '\(member)' FROM json_each(upstream, '$.emails') WHERE value ->> 'primary')"
    }

    private static let oauthOfGitHub: PlainOAuth? = {
        guard let authorization = WebURI("https://github.com/login/oauth/authorize"),
            let token = WebURI("https://github.com/login/oauth/access_token"),
            let user = WebURI("https://api.github.com/user"), let emails = WebURI("https://api.github.com/user/emails")
        else { return nil }
        return PlainOAuth(
            authorizationEndpoint: authorization, tokenEndpoint: token, userinfoEndpoint: user, subject: "id",
            additional: ["emails": emails])
    }()

    /// What people call it.
    var label: String {
        switch self {
        case .entra: "Microsoft Entra ID"
        case .keycloak: "Keycloak"
        case .okta: "Okta"
        case .google: "Google"
        case .auth0: "Auth0"
        case .github: "GitHub"
        case .postern: "Postern"
        }
    }

    /// Of one whose issuer differs from one installation to the next.
    var issuerExample: String? {
        switch self {
        case .entra: "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"
        case .keycloak: "https://idp.example.com/realms/main"
        case .okta: "https://example.okta.com/oauth2/default"
        case .auth0: "https://example.eu.auth0.com/"
        case .postern: "https://login.example.com/oidc"
        case .google, .github: nil
        }
    }

    /// Why it can't be this provider's; nil if it can.
    func objection(toIssuer issuer: WebURI) -> String? {
        let path = issuer.value.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
        switch self {
        case .entra: return Self.objection(toTenant: Array(path))
        case .auth0:
            return issuer.value.hasSuffix("/")
                ? nil : "must end with a slash, as Auth0's issuers do: \(issuer.value)/"
        case .okta:
            return issuer.host.contains("-admin.")
                ? "is the address of Okta's admin console; take away \"-admin\"" : nil
        case .keycloak:
            return path.contains("realms") ? nil : "must end with /realms/ and the name of the realm"
        case .google:
            return issuer.value == defaults.issuer ? nil : "must be https://accounts.google.com; leave it out"
        case .postern, .github: return nil
        }
    }

    /// Of `/TENANT/v2.0`.
    private static func objection(toTenant path: [Substring]) -> String? {
        let tenant = path.first.map(String.init) ?? ""
        if ["common", "organizations", "consumers"].contains(tenant) {
            return
                "names no tenant: by \(tenant) people of any organization could sign in, each with an issuer of their "
                + "own. Put your tenant's id in its place (Microsoft Entra admin center, Overview, Tenant ID)"
        }
        let groups = tenant.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count)
        guard groups == [8, 4, 4, 4, 12] else {
            return "must name the tenant by its id, as its discovery document does, and not by a domain: "
                + "https://login.microsoftonline.com/TENANT-ID/v2.0"
        }
        guard path.dropFirst().elementsEqual(["v2.0"]) else { return "must end with /v2.0, without a slash behind it" }
        return nil
    }
}
