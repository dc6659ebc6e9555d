import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let userListPage = [ConsoleRoute("users", show: list)]

    private static func list(_ call: ConsoleCall) throws -> ConsolePage {
        let words = try call.query.value("search") ?? ""
        var query: [(String, String)] = []
        if !words.isEmpty { query.append(("search", words)) }
        if let after = try call.query.value("after") { query.append(("after", after)) }
        let page = try call.api(.get, "users", query: query)
        let rows = page.listed.map { user in
            [
                ConsoleBlock.Cell(user.text("username"), to: call.path("users", user.text("sub"))),
                ConsoleBlock.Cell(user["attributes"]?["name"]?.stringValue ?? ""),
                ConsoleBlock.Cell(user["attributes"]?["email"]?.stringValue ?? ""),
                ConsoleBlock.Cell(user["disabled"] == true ? "disabled" : "may sign in"),
            ]
        }
        let next = page["next"]?.stringValue.map { next in
            ConsoleLink(
                label: "Next page",
                uri: call.path("users") + "?" + FormEncoding.encode([("search", words), ("after", next)]))
        }
        return ConsolePage(
            "Users",
            [
                ConsoleBlock(
                    nil, call.whyNot(.writeUsers),
                    .form(
                        ConsoleForm(
                            to: call.path("users"),
                            [
                                .init(
                                    "search", "Search", value: words,
                                    hint: "The beginning of a user name, a name or an e-mail address")
                            ], button: "Search", purpose: .search)),
                    links: call.caller.may(.writeUsers)
                        ? [ConsoleLink(label: "New user", uri: call.path("new-user"))] : []),
                ConsoleBlock(
                    nil, nil,
                    .table(
                        .init(
                            columns: ["User name", "Name", "E-mail", "State"], rows: rows,
                            empty: words.isEmpty ? "There are no users yet." : "Nobody begins with these words.")),
                    links: next.map { [$0] } ?? []),
            ])
    }
}
