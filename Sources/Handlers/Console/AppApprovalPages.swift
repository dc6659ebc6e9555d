import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let appApprovalPages = [
        ConsoleRoute(
            "apps/{client_id}/approve", needs: .writeClients, wantsFreshSignIn: true, show: question, act: approve)
    ]

    private static func question(_ call: ConsoleCall) throws -> ConsolePage {
        let (client, tag) = try call.read("clients", call["client_id"])
        let id = client.text("client_id")
        var facts: [ConsoleBlock.Detail] = [
            .init("Name", ConsoleBlock.Cell(client.appName)), .init("Client id", .code(id)),
            .init("Registered", ConsoleBlock.Cell(client.time("client_id_issued_at"))),
        ]
        for (member, label) in [
            ("redirect_uris", "Leads users to"), ("post_logout_redirect_uris", "After signing out to"),
            ("grant_types", "Grants"), ("resources", "Asks for tokens to"), ("served_resources", "Is itself"),
            ("contacts", "Contacts"),
        ] where !client.texts(member).isEmpty {
            facts.append(.init(label, values: client.texts(member).map { .code($0) }))
        }
        for (member, label) in [
            ("alias", "Called by administrators"), ("application_type", "Kind"), ("scope", "May ask for"),
            ("default_scope", "Asks by default for"), ("roles_claim", "Is told roles in"),
            ("groups_claim", "Is told groups in"), ("subject_type", "Knows users by"),
            ("sector_identifier_uri", "Its sector is at"), ("client_uri", "Website"),
            ("initiate_login_uri", "Its sign-in starts at"), ("token_endpoint_auth_method", "Proves who it is by"),
            ("jwks_uri", "Its keys are at"), ("backchannel_logout_uri", "Its server is told of sign-outs at"),
            ("frontchannel_logout_uri", "Browsers tell it of sign-outs at"), ("policy_uri", "Privacy policy"),
            ("tos_uri", "Terms of service"), ("logo_uri", "Logo"),
        ] where !client.text(member).isEmpty {
            facts.append(.init(label, .code(client.text(member))))
        }
        let translations = (client.objectValue ?? [:]).filter { ClientTranslations.isMember($0.key) }
        for (member, value) in translations.sorted(by: { $0.key < $1.key }) {
            facts.append(.init(member, .code(value.stringValue ?? "")))
        }
        let keys = client["jwks"]?["keys"]?.arrayValue ?? []
        if !keys.isEmpty { facts.append(.init("Its own keys", values: keys.map { .code(Self.name(ofKey: $0)) })) }
        if let registered = client["client_id_issued_at"]?.integerValue {
            let end = registered + call.provider.registration.approvalDeadline
            facts.append(.init("Removed, if nobody approves it, on", ConsoleBlock.Cell(WrittenTimestamp.text(end))))
        }
        return ConsolePage(
            "Approve \(client.appName)?", back: call.app(client),
            [
                ConsoleBlock(nil, "All of this it says of itself.", .details(facts)),
                ConsoleBlock(
                    nil,
                    "From then on it is given tokens, and people sign in to it if its grants let them. It can’t lead them "
                        + "elsewhere or ask for more by itself. To refuse it, remove it.",
                    .form(
                        ConsoleForm(
                            to: call.path("apps", id, "approve"),
                            [
                                .init(
                                    "ask", "Ask users for their consent", .check,
                                    value: client["first_party"] == true ? "" : "yes",
                                    hint: "For an app that isn’t your own"),
                                .init("etag", "", .hidden, value: tag),
                            ], button: "Approve the app")),
                    links: [ConsoleLink(label: "Remove", uri: call.path("apps", id, "remove"))]),
            ])
    }

    /// A public key by what tells it from others; its numbers tell people nothing.
    private static func name(ofKey key: JSON) -> String {
        let kind = ["kty", "crv", "alg", "use"].map(key.text).filter { !$0.isEmpty }.joined(separator: " ")
        return key.text("kid").isEmpty ? kind : "\(kind), kid \(key.text("kid"))"
    }

    private static func approve(_ call: ConsoleCall) throws -> Outcome {
        try call.api(
            .post, "clients", call["client_id"], "approval", body: ["first_party": .bool(!call.isChecked("ask"))],
            match: call.field("etag"))
        return .done(.appApproved, at: call.path("apps", call["client_id"]))
    }
}

extension ConsoleBlock {
    /// What an app's page begins with; nil: it waits for nothing.
    static func awaitedApproval(_ client: JSON, _ call: ConsoleCall) -> ConsoleBlock? {
        guard client["awaits_approval"] == true else { return nil }
        let mayApprove = call.caller.may(.writeClients)
        return ConsoleBlock(
            "It waits for approval", "It has registered itself. Nobody can sign in to it yet.", .nothing,
            links: mayApprove
                ? [ConsoleLink(label: "Approve", uri: call.path("apps", client.text("client_id"), "approve"))] : [])
    }

    /// What the first page says of apps that wait; nil: there are none.
    static func awaitedApprovals(_ call: ConsoleCall) throws -> ConsoleBlock? {
        let waiting = try call.api(
            .get, "clients", query: [("awaits_approval", "true"), ("limit", "10")]
        ).listed
        guard !waiting.isEmpty else { return nil }
        return ConsoleBlock(
            "Apps that wait for approval", "The longest waiting first.",
            .table(
                .init(
                    columns: ["App", "Client id", "Registered"],
                    rows: waiting.map { client in
                        [
                            ConsoleBlock.Cell(client.appName, to: call.path("apps", client.text("client_id"))),
                            .code(client.text("client_id")), ConsoleBlock.Cell(client.time("client_id_issued_at")),
                        ]
                    }, empty: "")))
    }
}
