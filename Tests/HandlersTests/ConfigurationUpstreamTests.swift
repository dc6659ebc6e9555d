import OIDCLogic
import Testing

@testable import Handlers

/// The list `upstreams`.
struct ConfigurationUpstreamTests {
    private static func text(_ lines: String...) -> String {
        ConfigurationFixture.minimal + "upstreams:\n  - name: corp\n    client_id: c\n    client_secret_file: s\n"
            + lines.map { "    \($0)\n" }.joined()
    }

    private func upstream(_ lines: String...) throws -> Upstream {
        let text = Self.text() + lines.map { "    \($0)\n" }.joined()
        return try ConfigurationFixture.parse(text).upstreams.options.upstreams.first.orThrow("no upstream")
    }

    private func faults(_ lines: String...) -> [String] {
        ConfigurationFixture.faults(Self.text() + lines.map { "    \($0)\n" }.joined())
    }

    private static let entra = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"

    @Test(arguments: [
        ("entra", entra, "openid profile email offline_access"), ("keycloak", "https://k.example/realms/main", nil),
        ("okta", "https://e.okta.com", "openid profile email offline_access"),
        ("okta", "https://e.okta.com/oauth2/default", "openid profile email offline_access"),
        ("google", "https://accounts.google.com", nil),
        ("auth0", "https://e.eu.auth0.com/", "openid profile email offline_access"),
        ("postern", "https://login.example.org/oidc", "openid profile email offline_access"),
    ])
    func `a preset fills in what is known of a provider`(preset: String, issuer: String, scope: String?) throws {
        let upstream = try upstream("preset: \(preset)", "issuer: \(issuer)")
        #expect(upstream.oauth == nil && upstream.issuer.value == issuer)
        #expect(upstream.scope.description == scope ?? "openid profile email")
    }

    @Test func `Keycloak is asked while its access tokens live`() throws {
        let lines = ["preset: keycloak", "issuer: https://k.example/realms/main"]
        #expect(try upstream(lines[0], lines[1]).rhythm?.interval == 180)
        #expect(try upstream(lines[0], lines[1], "recheck: 1h").rhythm?.interval == 3600)
        #expect(try upstream(lines[0], lines[1], "recheck: never").rhythm == nil)
    }

    @Test func `what is written goes before the preset`() throws {
        let entra = try upstream("preset: entra", "issuer: \(Self.entra)")
        #expect(entra.title == "Microsoft" && entra.authentication == .post)
        #expect(entra.mapping.roleNames == "upstream -> 'roles'")
        let other = try upstream(
            "preset: entra", "issuer: \(Self.entra)", "title: Corp", "scope: openid",
            "role_names: upstream -> 'groups'", "token_endpoint_auth_method: client_secret_basic")
        #expect(other.title == "Corp" && other.scope.names == ["openid"] && other.authentication == .basic)
        #expect(other.mapping.roleNames == "upstream -> 'groups'")
        let google = try upstream("preset: google")
        #expect(google.issuer.value == "https://accounts.google.com")
        let written = try upstream("issuer: https://i.example/realms/a/.well-known/openid-configuration")
        #expect(written.issuer.value == "https://i.example/realms/a", "the address of its document means the same")
        #expect(google.parameters == ["access_type": "offline", "prompt": "consent"])
        #expect(
            try upstream("preset: google", "authorization_parameters: { access_type: offline }").parameters
                == ["access_type": "offline"])
    }

    @Test func `GitHub speaks OAuth alone`() throws {
        let github = try upstream("preset: github")
        #expect(github.issuer.value == "https://github.com/login/oauth" && github.scope.names.first == "read:user")
        #expect(github.oauth?.subject == "id" && github.oauth?.additional.keys.sorted() == ["emails"])
        let own = try upstream(
            "preset: github", "issuer: https://ghe.example/login/oauth",
            "authorization_endpoint: https://ghe.example/login/oauth/authorize",
            "token_endpoint: https://ghe.example/login/oauth/access_token",
            "userinfo_endpoint: https://ghe.example/api/v3/user", "additional:",
            "  orgs: https://ghe.example/api/v3/user/orgs")
        #expect(own.oauth?.userinfoEndpoint.value == "https://ghe.example/api/v3/user" && own.oauth?.subject == "id")
        #expect(own.oauth?.additional.keys.sorted() == ["orgs"])
        let bare = try upstream(
            "preset: github", "authorization_endpoint: https://ghe.example/a",
            "token_endpoint: https://ghe.example/t", "userinfo_endpoint: https://ghe.example/u")
        #expect(bare.oauth?.additional.isEmpty ?? false, "no token of another server's goes to GitHub")
    }

    @Test func `an upstream without openid is given by its endpoints`() throws {
        let own = try upstream(
            "issuer: https://hub.example", "authorization_endpoint: https://hub.example/a",
            "token_endpoint: https://hub.example/t", "userinfo_endpoint: https://hub.example/u", "subject: uid")
        #expect(own.oauth?.subject == "uid" && own.scope == .none)
    }

    @Test(arguments: [
        ("logout: maybe", "true or false"), ("preset: github\n    logout: true", "has no sign-out"),
        ("issuer: https://i.example\n    token_endpoint_auth_method: private_key_jwt", "is of no use"),
        ("token_endpoint_auth_signing_alg: HS256", "must be one of RS256"),
        ("preset: entrra", "Did you mean \"entra\"?"), ("preset: x", "known here: entra, keycloak"),
        ("preset: entra\n    issuer: https://login.microsoftonline.com/common/v2.0", "names no tenant"),
        ("preset: entra\n    issuer: https://login.microsoftonline.com/organizations/v2.0", "names no tenant"),
        ("preset: entra\n    issuer: https://login.microsoftonline.com/example.com/v2.0", "by its id"),
        ("preset: entra\n    issuer: \(entra)/", "must end with /v2.0"), ("preset: entra", "issuer is missing"),
        ("preset: auth0\n    issuer: https://e.auth0.com", "must end with a slash"),
        ("preset: auth0\n    issuer: https://e.auth0.com/.well-known/openid-configuration", "https://e.auth0.com/"),
        ("issuer: /.well-known/openid-configuration", "must be a URL"),
        ("preset: okta\n    issuer: https://e-admin.okta.com", "admin console"),
        ("preset: keycloak\n    issuer: https://k.example", "/realms/"),
        ("preset: google\n    issuer: https://google.com", "leave it out"),
        ("issuer: https://i.example\n    subject: id", "speaks OAuth alone"),
        ("issuer: https://i.example\n    additional: { a: 'https://a.example' }", "speaks OAuth alone"),
        ("issuer: https://i.example\n    scope: profile", "must have openid"),
        ("issuer: https://i.example\n    token_endpoint: https://i.example/t", "authorization_endpoint is missing"),
        ("preset: github\n    scope: openid", "has openid"),
        ("preset: github\n    refused_refresh: gone", "at its userinfo endpoint"),
        ("preset: github\n    logout: true", "has no sign-out"),
        ("preset: github\n    userinfo_endpoint: nowhere", "must be a URL"),
        ("preset: github\n    token_endpoint: https://ghe.example/t", "userinfo_endpoint is missing"),
        ("preset: github\n    additional: { orgs: nowhere }", "must be a URL"),
        ("preset: github\n    additional: { sub: 'https://api.github.com/user' }", "has sub"),
        ("issuer: https://i.example\n    authorization_parameters: { state: x }", "has state"),
        ("issuer: https://i.example\n    email_verified: \"'\"", "must be an expression"),
        (
            "issuer: https://i.example\n  - { name: two, issuer: 'https://i.example', client_id: c, client_secret_file: s }",
            "as that of \"corp\"; people are linked by it"
        ),
    ])
    func `a mistake is told in words that mend it`(lines: String, part: String) {
        let faults = faults(lines)
        #expect(faults.contains { $0.contains(part) }, "\(faults)")
    }
}
