import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let registrationTokenPages = [
        ConsoleRoute("tokens", show: list),
        ConsoleRoute("new-token", needs: .writeTokens, wantsFreshSignIn: true, show: form, act: issue),
        ConsoleRoute("tokens/{token_id}/withdraw", needs: .writeTokens, wantsFreshSignIn: false, show: withdrawal) {
            call in
            try call.api(.delete, "registration-tokens", call["token_id"])
            return .done(.tokenWithdrawn, at: call.path("tokens"))
        },
    ]

    private static func back(_ call: ConsoleCall) -> ConsoleLink {
        ConsoleLink(label: "Registration tokens", uri: call.path("tokens"))
    }

    private static func list(_ call: ConsoleCall) throws -> ConsolePage {
        let page = try call.api(
            .get, "registration-tokens", query: try call.query.value("after").map { [("after", $0)] } ?? [])
        let rows = try page.listed.map { token in
            [
                ConsoleBlock.Cell(token.text("note").isEmpty ? token.text("id") : token.text("note")),
                ConsoleBlock.Cell(token.text("state")),
                ConsoleBlock.Cell("\(token.text("uses_left")) of \(token.text("uses"))"),
                token["scope"] == nil ? "built-in ones, own roles" : .code(token.text("scope")),
                token.texts("redirect_hosts").isEmpty
                    ? "any" : .code(token.texts("redirect_hosts").joined(separator: " ")),
                token["needs_approval"] == true ? "needed" : "no",
                ConsoleBlock.Cell(token.text("preset")),
                try token["issued_by"].map { try who($0, call) } ?? ConsoleBlock.Cell(""),
                ConsoleBlock.Cell(token.time("expires_at")),
                token.text("state") == "usable" && call.caller.may(.writeTokens)
                    ? ConsoleBlock.Cell("Withdraw", to: call.path("tokens", token.text("id"), "withdraw")) : "",
            ]
        }
        let next = page["next"]?.stringValue.map { next in
            ConsoleLink(label: "Next page", uri: call.path("tokens") + "?" + FormEncoding.encode([("after", next)]))
        }
        return ConsolePage(
            "Registration tokens",
            [
                ConsoleBlock(
                    nil,
                    [
                        "By such a token an app registers itself, or a pipeline registers apps, without you.",
                        call.whyNot(.writeTokens),
                    ].compactMap(\.self).joined(separator: " "),
                    .nothing,
                    links: call.caller.may(.writeTokens)
                        ? [ConsoleLink(label: "New registration token", uri: call.path("new-token"))] : []),
                ConsoleBlock(
                    nil, nil,
                    .table(
                        .init(
                            columns: [
                                "For", "State", "Left", "Scopes", "Hosts", "Approval", "Preset", "Made by", "Until",
                                "Action",
                            ], rows: rows,
                            empty: "There are none.")), links: next.map { [$0] } ?? []),
            ])
    }

    private static func form(_ call: ConsoleCall) -> ConsolePage {
        ConsolePage(
            "New registration token", back: back(call),
            [
                ConsoleBlock(
                    nil, nil,
                    .form(
                        ConsoleForm(
                            to: call.path("new-token"),
                            groups: [
                                .init(token), .init(legend: "What its apps may have", permitted + grants),
                                .init(legend: "Who looks at its apps", looked),
                            ], button: "Make the token")))
            ])
    }

    private static let token: [ConsoleForm.Field] = [
        .init("note", "What it is for", hint: "For the list; may be empty"),
        .init("uses", "How many apps it registers", value: "1"),
        .init(
            "lifetime", "How long it serves",
            .choice([
                ("600", "ten minutes"), ("3600", "an hour"), ("86400", "a day"), ("2592000", "30 days"),
                ("7776000", "90 days"),
            ]), value: "600"),
        .init(
            "preset", "Where claims of its apps go",
            .choice([
                ("mendix", "mendix: in the tokens, where Mendix apps read them"),
                ("standard", "standard: at userinfo"),
            ]), value: "mendix"),
    ]

    private static let permitted: [ConsoleForm.Field] = [
        .init(
            "scope", "All scopes", hint: "With spaces between. Empty: the built-in ones, and roles of the app’s own"),
        .init(
            "redirect_hosts", "Hosts that they may send users to", .lines,
            hint: "One a line, such as app.example.com or *.example.com. Empty: any"),
        .init(
            "resources", "Resources that they may ask tokens for", .lines,
            hint: "One a line, such as https://api.example.com/ (RFC 8707). Empty: none"),
    ]

    private static let looked: [ConsoleForm.Field] = [
        .init("ask", "Ask users of its apps for their consent", .check, hint: "For apps that aren’t your own"),
        .init(
            "needs_approval", "Let its apps wait for approval", .check,
            hint: "Nobody signs in to one until an administrator has looked at it"),
    ]

    private static let grants: [ConsoleForm.Field] = [
        (GrantType.authorizationCode, "Sign users in", "authorization_code: needs a redirect URI"),
        (
            GrantType.refreshToken, "Refresh tokens",
            "refresh_token: to stay connected while users are away, where offline_access is allowed"
        ),
        (GrantType.clientCredentials, "Act for themselves, without a user", "client_credentials: for services"),
    ].map { type, label, hint in
        .init(
            box(type), label, .check, value: RegistrationPermit().grantTypes.contains(type) ? "yes" : "", hint: hint,
            answersFor: ["grant_types"])
    }

    private static func box(_ type: GrantType) -> String { "grant-\(type.rawValue)" }

    private static func issue(_ call: ConsoleCall) throws -> Outcome {
        let types = GrantType.allCases.filter { call.isChecked(box($0)) }
        guard !types.isEmpty else {
            throw AdministrationProblem.invalid(
                "tick at least one: an app without a grant can ask for nothing", member: "grant_types")
        }
        var body: [String: JSON] = [
            "preset": .string(call.field("preset")), "first_party": .bool(!call.isChecked("ask")),
            "redirect_hosts": .array(call.lines("redirect_hosts").map(JSON.string)),
            "needs_approval": .bool(call.isChecked("needs_approval")),
            "grant_types": .array(types.map { .string($0.rawValue) }),
            "resources": .array(call.lines("resources").map(JSON.string)),
        ]
        for name in ["note", "scope"] where !call.field(name).isEmpty { body[name] = .string(call.field(name)) }
        for name in ["uses", "lifetime"] {
            guard let number = Int64(call.field(name)) else {
                throw AdministrationProblem.invalid("this must be a whole number", member: name)
            }
            body[name] = .integer(number)
        }
        let made = try call.api(.post, "registration-tokens", body: body)
        return .page(
            ConsolePage(
                "The registration token", back: back(call),
                [
                    ConsoleBlock(
                        nil, "It is shown this once: keep it now.",
                        .details([
                            .init("Token", .code(made.text("token"))),
                            .init("Endpoint", .code(made.text("registration_endpoint"))),
                            .init("Until", "\(made.time("expires_at"))"),
                        ]))
                ]))
    }

    private static func withdrawal(_ call: ConsoleCall) -> ConsolePage {
        ConsolePage(
            "Withdraw this token?", back: back(call),
            [
                ConsoleBlock(
                    nil, "Nothing is registered by it any more. What it has registered stays.",
                    .form(
                        ConsoleForm(
                            to: call.path("tokens", call["token_id"], "withdraw"), [], button: "Withdraw the token",
                            isDangerous: true)))
            ])
    }
}
