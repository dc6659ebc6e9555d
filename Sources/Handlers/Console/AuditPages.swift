import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let auditRoutes = [ConsoleRoute("audit", show: auditLog)]

    private static let filters: [(name: String, label: String, hint: String)] = [
        ("user", "User", "A user name, or a subject"), ("client_id", "App", "A client id"),
        ("event", "Event", "What its word begins with, such as client. or user.disabled"),
        ("since", "Since", "A time in UTC, such as 2026-11-24 13:50, or how long ago: 90m, 8h, 30d"),
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
            .form(ConsoleForm(to: call.path("audit"), fields, button: "Search", isSearch: true)))
        let page: JSON
        do { page = try call.api(.get, "audit", query: asked + after) } catch let error as AdministrationError {
            return ConsolePage("Audit", notice: .failed(error.description), [form])
        }
        let next = page["next"]?.stringValue.map { next in
            ConsoleLink(
                label: "Older", uri: call.path("audit") + "?" + FormEncoding.encode(asked + [("after", next)]))
        }
        let rows = page.listed.map { row(of: $0) }
        return ConsolePage(
            "Audit",
            [
                form,
                ConsoleBlock(
                    nil, nil,
                    .table(
                        .init(
                            columns: ["When", "Event", "Who", "By", "From", "What", "Change"], rows: rows,
                            empty: asked.isEmpty ? "Nothing has happened yet." : "Nothing meets all of this.")),
                    links: next.map { [$0] } ?? []),
            ])
    }

    private static func row(of record: JSON) -> [ConsoleBlock.Cell] {
        let actor = record["actor"] ?? .null
        return [
            ConsoleBlock.Cell(record.text("time")), .code(record.text("event")),
            ConsoleBlock.Cell(actor.text("id").isEmpty ? actor.text("kind") : actor.text("id")),
            ConsoleBlock.Cell(record.text("via")), ConsoleBlock.Cell(record.text("address")),
            ConsoleBlock.Cell((record["object"] ?? .null).text("id")), ConsoleBlock.Cell(change(in: record)),
        ]
    }

    private static func change(in record: JSON) -> String {
        let before = record["before"]?.objectValue ?? [:]
        let after = record["after"]?.objectValue ?? [:]
        func shown(_ value: JSON) -> String { value.stringValue ?? value.text }
        let parts = Set(before.keys).union(after.keys).sorted().map { name in
            switch (before[name], after[name]) {
            case (let old?, let new?): "\(name): \(shown(old)) → \(shown(new))"
            case (nil, let new?): "\(name): \(shown(new))"
            case (let old?, nil): "\(name): was \(shown(old))"
            case (nil, nil): name
            }
        }
        let text = parts.joined(separator: "; ")
        return text.count <= 300 ? text : text.prefix(300) + "…"
    }
}
