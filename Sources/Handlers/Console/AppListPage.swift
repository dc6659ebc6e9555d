import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let appListPage = [ConsoleRoute("apps", show: list)]

    private static func list(_ call: ConsoleCall) throws -> ConsolePage {
        let words = try call.query.value("search") ?? ""
        var query: [(String, String)] = []
        let unused = words.isEmpty ? try call.query.value("unused_since") : nil
        if let unused { query.append(("unused_since", unused)) }
        if !words.isEmpty { query.append(("search", words)) }
        if let after = try call.query.value("after") { query.append(("after", after)) }
        let page = try call.api(.get, "clients", query: query)
        let rows = page.listed.map { client in
            [
                ConsoleBlock.Cell(client.appName, to: call.path("apps", client.text("client_id"))),
                .code(client.text("client_id")),
                ConsoleBlock.Cell(
                    client.text("token_endpoint_auth_method") == "none" ? "public" : "confidential"),
                ConsoleBlock.Cell(
                    client["awaits_approval"] == true
                        ? "waits for approval" : client["first_party"] == true ? "not asked" : "asked"),
                ConsoleBlock.Cell(client.time("client_id_issued_at")), ConsoleBlock.Cell(client.lastUse),
            ]
        }
        let next = page["next"]?.stringValue.map { next in
            ConsoleLink(
                label: "Next page",
                uri: call.path("apps") + "?" + FormEncoding.encode(query.filter { $0.0 != "after" } + [("after", next)])
            )
        }
        return ConsolePage(
            "Apps",
            [
                ConsoleBlock(
                    nil, call.whyNot(.writeClients),
                    .form(
                        ConsoleForm(
                            to: call.path("apps"),
                            [.init("search", "Search", value: words, hint: "The beginning of a name or a client id")],
                            button: "Search", purpose: .search)),
                    links: call.caller.may(.writeClients)
                        ? [ConsoleLink(label: "New app", uri: call.path("new-app"))] : []),
                ConsoleBlock(
                    nil,
                    unused == nil ? nil : "Those alone that nobody has used for so long, unused the longest first.",
                    .table(
                        .init(
                            columns: ["App", "Client id", "Kind", "Consent", "Registered", "Last used"], rows: rows,
                            empty: words.isEmpty ? "There are no apps yet." : "No app begins with these words.")),
                    links: next.map { [$0] } ?? []),
            ])
    }
}
