import JOSE
import OIDCLogic

/// The settings of an app: as a form shows them and sends them, and as they are read.
enum AppSettings {
    /// - Parameter tag: of the state that is shown.
    static func groups(of client: JSON, tag: String) -> [ConsoleForm.Group] {
        groups.map { group in
            ConsoleForm.Group(
                legend: group.legend, explanation: group.explanation,
                group.settings.flatMap { $0.fields(of: client) })
        } + [ConsoleForm.Group([ConsoleForm.Field("etag", "", .hidden, value: tag)])]
    }

    /// Those that say something, for whoever may not change them.
    static func details(of client: JSON) -> [ConsoleBlock.Detail] {
        groups.flatMap(\.settings).compactMap { setting in
            let values = setting.shown(of: client)
            return values.isEmpty ? nil : ConsoleBlock.Detail(setting.label, values: values)
        }
    }

    /// What the form changes: every setting that it has, empty ones taken out.
    static func change(_ call: ConsoleCall) throws -> [String: JSON] {
        var members: [String: JSON] = [:]
        for setting in groups.flatMap(\.settings) { members[setting.name] = try setting.value(call) }
        return members
    }

    private struct Group: Sendable {
        var legend: String
        var explanation: String
        var settings: [AppSetting]
    }

    private static let groups = [
        Group(
            legend: "Who it is", explanation: "What people are shown of it, and whom to ask.",
            settings: [
                AppSetting("client_name", "Name", .text, "What people read on the sign-in page"),
                AppSetting("alias", "Alias", .text, "What you call it among yourselves: letters, digits and - . _ ~"),
                AppSetting("client_uri", "Website", .text),
                AppSetting("logo_uri", "Logo", .text, "An image that the sign-in page shows beside the name"),
                AppSetting("policy_uri", "Privacy policy", .text),
                AppSetting("tos_uri", "Terms of service", .text),
                AppSetting("contacts", "Contacts", .list, "One e-mail address a line"),
                AppSetting(
                    "software_id", "Software", .text, "What the same program is called wherever it is installed"),
                AppSetting("software_version", "Its version", .text),
            ]),
        Group(
            legend: "Where it leads users", explanation: "They are sent to these addresses, and to no others.",
            settings: [
                AppSetting("redirect_uris", "Redirect URIs", .list, "One a line. Each is compared byte by byte"),
                AppSetting(
                    "post_logout_redirect_uris", "Where users come back to after signing out", .list, "One a line"),
                AppSetting(
                    "initiate_login_uri", "Where its sign-in starts", .text,
                    "People whose page is too old are led there"),
                AppSetting(
                    "application_type", "It runs",
                    .choice([
                        (ApplicationType.web.rawValue, "on a server or in the browser (web)"),
                        (ApplicationType.native.rawValue, "on people’s machines (native)"),
                    ]), "What its redirect URIs may be goes by that"),
            ]),
        Group(
            legend: "What it may ask for", explanation: "What is asked for beyond it is left out.",
            settings: [
                AppSetting("scope", "Scope", .text, "Scopes, and roles, with spaces between"),
                AppSetting("default_scope", "Default scope", .text, "What it gets where it asks for none"),
                AppSetting(
                    "grant_types", "Grants",
                    .several([
                        (
                            GrantType.authorizationCode.rawValue, "Signs users in",
                            "authorization_code: needs a redirect URI"
                        ),
                        (
                            GrantType.refreshToken.rawValue, "Refresh tokens",
                            "refresh_token: it may stay connected while its users are away, if offline_access is "
                                + "in its scope"
                        ),
                        (
                            GrantType.clientCredentials.rawValue, "Acts for itself, without a user",
                            "client_credentials: for services"
                        ),
                    ])),
                AppSetting("first_party", "Ask users for their consent", .unless, "For an app that isn’t your own"),
                AppSetting("resources", "Resources that it may ask tokens for", .list, "One a line (RFC 8707)"),
                AppSetting(
                    "served_resources", "Resources that it is itself", .list,
                    "One a line: it may introspect tokens for them"),
            ]),
        Group(
            legend: "How it proves who it is", explanation: "At the token endpoint.",
            settings: [
                AppSetting(
                    "token_endpoint_auth_method", "By",
                    .choice(
                        [("", "secret, in the header or the form")]
                            + TokenEndpointAuthMethod.allCases.map { ($0.rawValue, methodLabel($0)) })),
                AppSetting(
                    "token_endpoint_auth_signing_alg", "What it signs its proof with",
                    .choice(
                        [("", "whatever its method allows")]
                            + ClientSigningAlgorithm.allCases.map { ($0.rawValue, $0.rawValue) }),
                    "For private_key_jwt and client_secret_jwt"),
                AppSetting(
                    "jwks_uri", "Where its public keys are", .text,
                    "An https address, for private_key_jwt and signed requests; this or the keys themselves"),
                AppSetting(
                    "jwks", "Its public keys", .json,
                    "A JSON object with keys (RFC 7517), for private_key_jwt and signed requests"),
                AppSetting("require_pkce", "Require PKCE", .flag, "A public app always needs it"),
            ]),
        Group(
            legend: "Signed requests", explanation: "Request objects (RFC 9101), if it sends any.",
            settings: [
                AppSetting(
                    "request_object_signing_alg", "What it signs them with",
                    .choice(
                        [("", "whatever its keys allow")]
                            + ClientSigningAlgorithm.allCases.map { ($0.rawValue, $0.rawValue) })),
                AppSetting(
                    "request_uris", "Where it publishes them", .list, "One https address a line, for request_uri"),
                AppSetting(
                    "require_signed_request_object", "Refuse requests that aren’t signed", .flag,
                    "Nothing that stands beside a request object counts then"),
            ]),
        Group(
            legend: "What it is told", explanation: "Its custom claims stand above.",
            settings: [
                AppSetting(
                    "subject_type", "What users are called to it",
                    .choice([
                        ("public", "what all apps call them"), ("pairwise", "what no app of another sector knows"),
                    ]), "If it changes, or the sector does, to the app everybody is new, and its grants end"),
                AppSetting(
                    "sector_identifier_uri", "Its sector", .text,
                    "An https address that answers a JSON array of its redirect URIs"),
                AppSetting(
                    "roles_claim", "Claim for roles", .text, "The name of a claim with the granted roles as an array"),
                AppSetting(
                    "groups_claim", "Claim for groups", .text, "The name of a claim with the user’s groups as an array"),
                AppSetting(
                    "id_token_signed_response_alg", "ID tokens are signed by",
                    .choice(SignatureAlgorithm.allCases.map { ($0.rawValue, $0.rawValue) })),
                AppSetting(
                    "userinfo_signed_response_alg", "Answers of userinfo are",
                    .choice(
                        [("", "plain JSON")]
                            + SignatureAlgorithm.allCases.map { ($0.rawValue, "signed by \($0.rawValue)") })),
                AppSetting(
                    "access_token_format", "Access tokens are",
                    .choice([
                        ("", "JWTs, which an API can check by itself"),
                        (AccessTokenFormat.opaque.rawValue, "opaque: an API must introspect them"),
                    ])),
            ]),
        Group(
            legend: "Signing in and out", explanation: "What an app asks for in a request goes before the first two.",
            settings: [
                AppSetting(
                    "default_max_age", "How old a sign-in may be", .number,
                    "In seconds. Empty: as old as the session. Whoever signed in earlier signs in again"),
                AppSetting(
                    "upstreams", "Where its users sign in", .list,
                    "One upstream’s name a line, or local for a password here. Empty: anywhere"),
                AppSetting("default_acr_values", "Kinds of sign-in", .list, "One acr value a line, the best first"),
                AppSetting("require_auth_time", "Say in ID tokens when the user signed in", .flag, "auth_time"),
                AppSetting(
                    "backchannel_logout_uri", "Back-channel logout", .text,
                    "Its server is told there when a session ends"),
                AppSetting("backchannel_logout_session_required", "With the session’s id (back-channel)", .flag),
                AppSetting(
                    "frontchannel_logout_uri", "Front-channel logout", .text,
                    "Loaded in a hidden frame when its user signs out in the browser"),
                AppSetting("frontchannel_logout_session_required", "With the session’s id (front-channel)", .flag),
                AppSetting(
                    "revoke_at_logout", "Revoke its tokens when the session is ended", .flag,
                    "Refresh tokens as well, which otherwise outlive a sign-out"),
            ]),
    ]

    private static func methodLabel(_ method: TokenEndpointAuthMethod) -> String {
        switch method {
        case .clientSecretBasic: "secret, in the header alone (client_secret_basic)"
        case .clientSecretPost: "secret, in the form alone (client_secret_post)"
        case .clientSecretJWT: "a JWT made with its secret (client_secret_jwt)"
        case .privateKeyJWT: "a JWT signed by its own key (private_key_jwt)"
        case .none: "nothing: a public app (none)"
        }
    }
}
