import JOSE
import OIDCLogic

/// The settings of an app, as the form shows them and as it sends them.
enum AppSettings {
    /// - Parameter tag: of the state that is shown.
    static func fields(of client: JSON, tag: String) -> [ConsoleForm.Field] {
        texts.map { setting in
            ConsoleForm.Field(
                setting.name, setting.label, value: client.text(setting.name), hint: setting.hint)
        }
            + lists.map { setting in
                ConsoleForm.Field(
                    setting.name, setting.label, .lines, value: client.texts(setting.name).joined(separator: "\n"),
                    hint: setting.hint)
            }
            + [
                ConsoleForm.Field(
                    "token_endpoint_auth_method", "How it proves who it is",
                    .choice([("", "secret, in the header or the form")] + methods),
                    value: client.text("token_endpoint_auth_method")),
                ConsoleForm.Field(
                    "id_token_signed_response_alg", "ID tokens are signed by",
                    .choice(SignatureAlgorithm.allCases.map { ($0.rawValue, $0.rawValue) }),
                    value: client.text("id_token_signed_response_alg")),
            ]
            + flags.map { setting in
                let isOn = setting.isInverted ? client[setting.name] == false : client[setting.name] == true
                return ConsoleForm.Field(
                    setting.name, setting.label, .check, value: isOn ? "yes" : "", hint: setting.hint)
            }
            + [ConsoleForm.Field("etag", "", .hidden, value: tag)]
    }

    /// What the form changes: every setting that it has, empty ones taken out.
    static func change(_ call: ConsoleCall) -> [String: JSON] {
        var members: [String: JSON] = [:]
        let choices = ["token_endpoint_auth_method", "id_token_signed_response_alg"]
        for name in texts.map(\.name) + choices {
            members[name] = call.field(name).isEmpty ? .null : .string(call.field(name))
        }
        for setting in lists { members[setting.name] = .array(call.lines(setting.name).map(JSON.string)) }
        for setting in flags { members[setting.name] = .bool(call.isChecked(setting.name) != setting.isInverted) }
        return members
    }

    private typealias Setting = (name: String, label: String, hint: String?)

    private static let texts: [Setting] = [
        ("client_name", "Name", "What people read on the sign-in page"),
        ("alias", "Alias", "What you call it among yourselves: letters, digits and - . _ ~"),
        ("scope", "Scope", "What it may ask for, with spaces between: scopes, and roles"),
        ("default_scope", "Default scope", "What it gets where it asks for none"),
        ("roles_claim", "Claim for roles", "The name of a claim with the granted roles as an array"),
        ("groups_claim", "Claim for groups", "The name of a claim with the user’s groups as an array"),
        ("client_uri", "Website", nil),
        ("initiate_login_uri", "Where its sign-in starts", "People whose page is too old are led there"),
        ("policy_uri", "Privacy policy", nil),
        ("tos_uri", "Terms of service", nil),
        ("jwks_uri", "Its public keys", "An https address, for private_key_jwt"),
        ("backchannel_logout_uri", "Back-channel logout", "Kept; nothing is sent there yet"),
        ("frontchannel_logout_uri", "Front-channel logout", "Kept; nothing is sent there yet"),
    ]

    private static let lists: [Setting] = [
        ("redirect_uris", "Redirect URIs", "One a line. Each is compared byte by byte"),
        ("post_logout_redirect_uris", "Where users come back to after signing out", "One a line"),
        ("resources", "Resources that it may ask tokens for", "One a line (RFC 8707)"),
        ("served_resources", "Resources that it is itself", "One a line: it may introspect tokens for them"),
        ("contacts", "Contacts", "One e-mail address a line"),
    ]

    private static let flags: [(name: String, label: String, hint: String?, isInverted: Bool)] = [
        ("first_party", "Ask users for their consent", "For an app that isn’t your own", true),
        ("require_pkce", "Require PKCE", "A public app always needs it", false),
        ("require_auth_time", "Require auth_time", nil, false),
    ]

    private static let methods = TokenEndpointAuthMethod.allCases.map { (value: $0.rawValue, label: $0.rawValue) }
}
