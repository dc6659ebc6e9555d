import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let auditPages = [ConsoleRoute("audit", show: auditLog)]

    private static let filters: [(name: String, label: String, hint: String)] = [
        ("user", "User", "A user name, or a subject"), ("client_id", "App", "A client id"),
        ("event", "Event", "What its word begins with, such as client. or user.disabled"),
        ("since", "Since", "A time in UTC, such as 2026-11-24 13:50, or how long ago: 90m, 8h, 30d"),
        ("until", "Until", "The same; before that time"),
    ]

    private static func auditLog(_ call: ConsoleCall) throws -> ConsolePage {
        var asked: [(String, String)] = []
        for filter in filters {
            if let value = try call.query.value(filter.name, limit: 255) { asked.append((filter.name, value)) }
        }
        let after = try call.query.value("after").map { [("after", $0)] } ?? []
        let fields = filters.map { filter in
            ConsoleForm.Field(
                filter.name, filter.label, value: asked.first { $0.0 == filter.name }?.1 ?? "", hint: filter.hint)
        }
        let form = ConsoleBlock(
            nil, "Every change and every sign-in, in UTC. What was refused is explained by postern why.",
            .form(ConsoleForm(to: call.path("audit"), fields, button: "Search", purpose: .search)))
        let page: JSON
        do { page = try call.api(.get, "audit", query: asked + after) } catch let error as AdministrationError {
            return ConsolePage("Audit", notice: .failed(error.description), [form])
        }
        let next = page["next"]?.stringValue.map { next in
            ConsoleLink(
                label: "Older", uri: call.path("audit") + "?" + FormEncoding.encode(asked + [("after", next)]))
        }
        let rows = try page.listed.map { try row(of: $0, call) }
        return ConsolePage(
            "Audit",
            [
                form,
                ConsoleBlock(
                    nil, nil,
                    .table(
                        .init(
                            columns: ["When", "Event", "Who", "By", "What", "Change"], rows: rows,
                            empty: asked.isEmpty ? "Nothing has happened yet." : "Nothing meets all of this.")),
                    links: next.map { [$0] } ?? []),
            ])
    }

    private static func row(of record: JSON, _ call: ConsoleCall) throws -> [ConsoleBlock.Cell] {
        let actor = record["actor"] ?? .null
        let object = record["object"] ?? .null
        return [
            .code(record.text("time")), .code(record.text("event")), try who(actor, call),
            ConsoleBlock.Cell("\(record.text("via")) \(record.text("address"))"),
            try object.text("kind") == "session" ? session(record, call) : thing(object, call),
            ConsoleBlock.Cell(change(in: record)),
        ]
    }

    /// By whom and where it was begun, since its id says nothing.
    private static func session(_ record: JSON, _ call: ConsoleCall) throws -> ConsoleBlock.Cell {
        let id = record.text("client_id").isEmpty ? record.text("sub") : record.text("client_id")
        return try thing(
            ["kind": record.text("client_id").isEmpty ? "user" : "client", "id": .string(id)], call)
    }

    /// As the command line has it: an app chooses its id, which may be a user's name.
    static func who(_ actor: JSON, _ call: ConsoleCall) throws -> ConsoleBlock.Cell {
        var cell = try thing(actor, call)
        switch actor.text("kind") {
        case "client": cell.text = "app \(cell.text)"
        case "registration-token": cell.text = "token \(cell.text)"
        case "upstream": cell.text = "upstream \(cell.text)"
        case "ci-job": cell.text = "CI \(cell.text)"
        default: break
        }
        return cell
    }

    /// Users by their names, where the reader may see them, and whoever can be looked at as a link.
    private static func thing(_ thing: JSON, _ call: ConsoleCall) throws -> ConsoleBlock.Cell {
        let id = thing.text("id")
        switch thing.text("kind") {
        case "user" where call.caller.may(.readUsers):
            guard let user = try? call.api(.get, "users", id) else { return ConsoleBlock.Cell(id) }
            return ConsoleBlock.Cell(user.text("username"), to: call.path("users", id))
        case "client" where call.caller.may(.readClients):
            let isThere = (try? call.api(.get, "clients", id)) != nil
            return ConsoleBlock.Cell(id, to: isThere ? call.path("apps", id) : nil)
        default:
            let shown = id.count <= 30 ? id : id.prefix(20) + "…"
            return ConsoleBlock.Cell(id.isEmpty ? thing.text("kind") : shown)
        }
    }

    private static func change(in record: JSON) -> String {
        let before = record["before"]?.objectValue ?? [:]
        let after = record["after"]?.objectValue ?? [:]
        // Items apart, so that a long list may be broken between them.
        func shown(_ value: JSON) -> String {
            guard let items = value.arrayValue, !items.isEmpty else { return AuditChange.shown(value) }
            return items.map(AuditChange.shown).joined(separator: ", ")
        }
        let parts = Set(before.keys).union(after.keys).sorted().map { name in
            switch (before[name], after[name]) {
            case (let old?, let new?): "\(name): \(shown(old)) → \(shown(new))"
            case (nil, let new?): "\(name): \(shown(new))"
            case (let old?, nil): "\(name): was \(shown(old))"
            case (nil, nil): name
            }
        }
        let text = parts.joined(separator: "; ")
        return text.count <= 160 ? text : text.prefix(160) + "…"
    }
}
