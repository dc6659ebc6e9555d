import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let registrationTokenRoutes = [
        ConsoleRoute("tokens", show: list),
        ConsoleRoute("new-token", isDangerous: true, show: form, act: issue),
        ConsoleRoute("tokens/{token_id}/withdraw", show: withdrawal) { call in
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
        let rows = page.listed.map { token in
            [
                ConsoleBlock.Cell(token.text("note").isEmpty ? token.text("id") : token.text("note")),
                ConsoleBlock.Cell(token.text("state")),
                ConsoleBlock.Cell("\(token.text("uses_left")) of \(token.text("uses"))"),
                ConsoleBlock.Cell(token.text("preset")), ConsoleBlock.Cell(token.time("expires_at")),
                ConsoleBlock.Cell(
                    token.text("state") == "usable" ? "Withdraw" : "",
                    to: token.text("state") == "usable" ? call.path("tokens", token.text("id"), "withdraw") : nil),
            ]
        }
        let next = page["next"]?.stringValue.map { next in
            ConsoleLink(label: "Next page", uri: call.path("tokens") + "?" + FormEncoding.encode([("after", next)]))
        }
        return ConsolePage(
            "Registration tokens",
            [
                ConsoleBlock(
                    nil, "By such a token an app registers itself, or a pipeline registers apps, without you.",
                    .nothing,
                    links: call.caller.may(.writeTokens)
                        ? [ConsoleLink(label: "New registration token", uri: call.path("new-token"))] : []),
                ConsoleBlock(
                    nil, nil,
                    .table(
                        .init(
                            columns: ["For", "State", "Left", "Preset", "Until", "Action"], rows: rows,
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
                            [
                                .init("note", "What it is for", hint: "For the list; may be empty"),
                                .init("uses", "How many apps it registers", value: "1"),
                                .init(
                                    "lifetime", "How long it serves",
                                    .choice([
                                        ("600", "ten minutes"), ("3600", "an hour"), ("86400", "a day"),
                                        ("2592000", "30 days"), ("7776000", "90 days"),
                                    ]), value: "600"),
                                .init(
                                    "preset", "Where claims of its apps go",
                                    .choice([
                                        ("mendix", "mendix: in the tokens, where Mendix apps read them"),
                                        ("standard", "standard: at userinfo"),
                                    ]), value: "mendix"),
                                .init(
                                    "scope", "All scopes that its apps may have",
                                    hint: "With spaces between. Empty: the built-in ones, and roles of the app’s own"),
                                .init(
                                    "redirect_hosts", "Hosts that its apps may send users to", .lines,
                                    hint: "One a line, such as app.example.com or *.example.com. Empty: any"),
                                .init(
                                    "ask", "Ask users of its apps for their consent", .check,
                                    hint: "For apps that aren’t your own"),
                            ], button: "Make the token")))
            ])
    }

    private static func issue(_ call: ConsoleCall) throws -> Outcome {
        var body: [String: JSON] = [
            "preset": .string(call.field("preset")), "first_party": .bool(!call.isChecked("ask")),
            "redirect_hosts": .array(call.lines("redirect_hosts").map(JSON.string)),
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
