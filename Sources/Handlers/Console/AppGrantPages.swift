import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let appGrantPages = [
        ConsoleRoute("apps/{client_id}/consents") { call in
            try list(call, "What users allow", consents(of: call["client_id"], call, limit: 50))
        },
        ConsoleRoute(
            "apps/{client_id}/consents/{sub}/withdraw", needs: .writeSessions, wantsFreshSignIn: false, show: withdrawal
        ) { call in
            try call.api(.delete, "clients", call["client_id"], "consents", call["sub"])
            return .done(.consentWithdrawn, at: call.path("apps", call["client_id"]))
        },
        ConsoleRoute("apps/{client_id}/grants") { call in
            try list(call, "Signed in to it", grants(of: call["client_id"], call, limit: 50))
        },
        ConsoleRoute(
            "apps/{client_id}/grants/{grant_id}/end", needs: .writeSessions, wantsFreshSignIn: false, show: revocation
        ) { call in
            try call.api(.delete, "clients", call["client_id"], "grants", call["grant_id"])
            return .done(.grantEnded, at: call.path("apps", call["client_id"]))
        },
    ]

    /// The newest of what it holds, and of what users allow it.
    static func grantBlocks(of client: String, _ call: ConsoleCall) throws -> [ConsoleBlock] {
        [try grants(of: client, call, limit: 5), try consents(of: client, call, limit: 5)]
    }

    private static func list(_ call: ConsoleCall, _ title: String, _ block: ConsoleBlock) throws -> ConsolePage {
        var block = block
        block.heading = nil
        let client = try call.api(.get, "clients", call["client_id"])
        return ConsolePage("\(title): \(client.appName)", back: call.app(client), [block])
    }

    private static func query(_ call: ConsoleCall, _ limit: Int) throws -> [(String, String)] {
        [("limit", "\(limit)")] + (try call.query.value("after").map { [("after", $0)] } ?? [])
    }

    private static func more(_ page: JSON, _ client: String, _ list: String, _ call: ConsoleCall) -> [ConsoleLink] {
        guard let next = page["next"]?.stringValue else { return [] }
        return [
            ConsoleLink(
                label: "More", uri: call.path("apps", client, list) + "?" + FormEncoding.encode([("after", next)]))
        ]
    }

    private static func user(_ item: JSON, _ call: ConsoleCall) -> ConsoleBlock.Cell {
        let sub = item.text("sub")
        guard call.caller.may(.readUsers) else { return .code(sub) }
        let name = item.text("username")
        return ConsoleBlock.Cell(name.isEmpty ? sub : name, to: call.path("users", sub))
    }

    private static func grants(of client: String, _ call: ConsoleCall, limit: Int) throws -> ConsoleBlock {
        let page = try call.api(.get, "clients", client, "grants", query: query(call, limit))
        let mayEnd = call.caller.may(.writeSessions)
        let rows = page.listed.map { grant in
            [
                user(grant, call), .code(grant.text("scope")), ConsoleBlock.Cell(grant.time("created_at")),
                ConsoleBlock.Cell(grant["session_id"] == nil ? "has ended" : "is open"),
                ConsoleBlock.Cell(grant["refreshable"] == true ? "yes" : "no"),
                ConsoleBlock.Cell(
                    mayEnd ? "End" : "",
                    to: mayEnd ? call.path("apps", client, "grants", grant.text("id"), "end") : nil),
            ]
        }
        return ConsoleBlock(
            "Signed in to it", "What it was granted at a sign-in, and still holds.",
            .table(
                .init(
                    columns: ["User", "Scope", "Since", "Session", "Refreshes", "Action"], rows: rows,
                    empty: "Nobody is.")), links: more(page, client, "grants", call))
    }

    private static func consents(of client: String, _ call: ConsoleCall, limit: Int) throws -> ConsoleBlock {
        let page = try call.api(.get, "clients", client, "consents", query: query(call, limit))
        let mayEnd = call.caller.may(.writeSessions)
        let rows = page.listed.map { consent in
            [
                user(consent, call), .code(consent.text("scope")), ConsoleBlock.Cell(consent.time("granted_at")),
                ConsoleBlock.Cell(
                    mayEnd ? "Withdraw" : "",
                    to: mayEnd ? call.path("apps", client, "consents", consent.text("sub"), "withdraw") : nil),
            ]
        }
        return ConsoleBlock(
            "What users allow", "By their own word, on the consent page.",
            .table(
                .init(
                    columns: ["User", "Scope", "Said", "Action"], rows: rows, empty: "No user was asked, and agreed.")
            ), links: more(page, client, "consents", call))
    }

    private static func confirmation(
        _ call: ConsoleCall, _ title: String, _ explanation: String, _ path: [String], _ button: String
    ) throws -> ConsolePage {
        let client = try call.api(.get, "clients", call["client_id"])
        return ConsolePage(
            title, back: call.app(client),
            [
                ConsoleBlock(
                    nil, explanation,
                    .form(
                        ConsoleForm(
                            to: call.path(["apps", client.text("client_id")] + path), [], button: button,
                            isDangerous: true)))
            ])
    }

    private static func withdrawal(_ call: ConsoleCall) throws -> ConsolePage {
        try confirmation(
            call, "Withdraw this consent?",
            "The user is asked again at the next sign-in to the app, and until then it can’t refresh what it holds.",
            ["consents", call["sub"], "withdraw"], "Withdraw it")
    }

    private static func revocation(_ call: ConsoleCall) throws -> ConsolePage {
        try confirmation(
            call, "End what the app was granted?",
            "Its refresh token and its access tokens end. The user stays signed in here, so the app may ask again.",
            ["grants", call["grant_id"], "end"], "End it")
    }
}
