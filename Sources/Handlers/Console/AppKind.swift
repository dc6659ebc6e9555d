import JOSE
import OIDCLogic

/// What apps there are to choose from: each sets what goes with it, the claim preset too.
enum AppKind: String, CaseIterable {
    case mendix
    case web
    case browser = "single-page"
    case native
    case service

    var title: String {
        switch self {
        case .mendix: "Mendix app"
        case .web: "Web app"
        case .browser: "Single-page app"
        case .native: "App on people’s machines"
        case .service: "Service"
        }
    }

    var explanation: String {
        switch self {
        case .mendix:
            "An app with the OIDC SSO module. Roles and claims stand in its tokens, where the module reads them."
        case .web: "An app with a server of its own, which keeps a secret."
        case .browser: "An app that runs in the browser. It has no secret, and must use PKCE."
        case .native:
            "A desktop or phone app. It has no secret, must use PKCE, and may be called back on any loopback port."
        case .service: "A program that acts for itself, without a user: client credentials."
        }
    }

    var fields: [ConsoleForm.Field] {
        let name = ConsoleForm.Field(
            "client_name", "Name", hint: "What people read on the sign-in page", isRequired: true)
        let scope = ConsoleForm.Field(
            "scope", "Scope", value: defaultScope,
            hint: "What it may ask for, with spaces between: scopes, and roles")
        guard self != .service else { return [name, scope] }
        return [
            name,
            ConsoleForm.Field("redirect_uris", "Redirect URIs", .lines, hint: hint, isRequired: true),
            ConsoleForm.Field(
                "post_logout_redirect_uris", "Where users come back to after signing out", .lines,
                hint: "One a line; may be empty"),
            scope,
            ConsoleForm.Field(
                "refresh", "Refresh tokens", .check, value: self == .mendix ? "yes" : "",
                hint: "It may stay connected while its users are away", answersFor: ["grant_types"]),
            ConsoleForm.Field(
                "ask", "Ask users for their consent", .check, hint: "For an app that isn’t your own"),
        ]
    }

    private var hint: String {
        switch self {
        case .mendix: "One a line, such as https://orders.example.com/oauth/v2/callback"
        case .native: "One a line, such as http://127.0.0.1/callback or com.example.app:/callback"
        default: "One a line, such as https://app.example.com/callback"
        }
    }

    private var defaultScope: String {
        switch self {
        case .service: ""
        case .mendix: "openid profile email offline_access"
        default: "openid profile email"
        }
    }

    /// What is registered (RFC 7591 §2).
    func metadata(_ call: ConsoleCall) -> [String: JSON] {
        var members: [String: JSON] = [
            "client_name": .string(call.field("client_name")), "scope": .string(call.field("scope")),
            "preset": .string((self == .mendix ? ClaimPreset.mendix : .standard).rawValue),
        ]
        guard self != .service else {
            members["grant_types"] = [.string(GrantType.clientCredentials.rawValue)]
            members["redirect_uris"] = []
            return members
        }
        let types = [GrantType.authorizationCode] + (call.isChecked("refresh") ? [.refreshToken] : [])
        members["grant_types"] = .array(types.map { .string($0.rawValue) })
        members["redirect_uris"] = .array(call.lines("redirect_uris").map(JSON.string))
        members["post_logout_redirect_uris"] = .array(call.lines("post_logout_redirect_uris").map(JSON.string))
        members["first_party"] = .bool(!call.isChecked("ask"))
        if self == .browser || self == .native { members["token_endpoint_auth_method"] = "none" }
        if self == .native { members["application_type"] = "native" }
        return members
    }
}
