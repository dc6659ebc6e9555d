import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let scopeAndRolePages =
        [
            ConsoleRoute("scopes", show: list),
            ConsoleRoute(
                "new-scope", needs: .writeRoles, wantsFreshSignIn: false,
                show: { call in form(call, "scope", [nameField, descriptionField]) }
            ) { call in
                try call.api(.post, "scopes", body: body(call, ["name", "description"]))
                return .done(.scopeAdded, at: call.path("scopes"))
            },
            ConsoleRoute(
                "new-role", needs: .writeRoles, wantsFreshSignIn: false,
                show: { call in
                    form(
                        call, "role",
                        [
                            nameField,
                            .init("client_id", "Client id", hint: "The one app that has it. Empty: all apps"),
                            descriptionField,
                        ])
                }
            ) { call in
                try call.api(.post, "roles", body: body(call, ["name", "client_id", "description"]))
                return .done(.roleAdded, at: call.path("scopes"))
            },
            ConsoleRoute(
                "new-group", needs: .writeRoles, wantsFreshSignIn: true,
                show: { call in
                    form(
                        call, "group",
                        [
                            nameField, .init("roles", "Roles of its members", .lines, hint: "One a line"),
                            descriptionField,
                        ])
                }
            ) { call in
                var group = body(call, ["name", "description"])
                group["roles"] = .array(call.lines("roles").map(JSON.string))
                try call.api(.post, "groups", body: group)
                return .done(.groupAdded, at: call.path("scopes"))
            },
        ]
        + ["scopes", "roles", "groups"].map { kind in
            ConsoleRoute(
                "\(kind)/{name}/remove", needs: .writeRoles, wantsFreshSignIn: true, show: { try removal(of: kind, $0) }
            ) { call in
                try call.api(.delete, kind, call["name"])
                return .done(.removed, at: call.path("scopes"))
            }
        }

    private static let nameField = ConsoleForm.Field(
        "name", "Name", hint: "Printable ASCII without spaces", isRequired: true)
    private static let descriptionField = ConsoleForm.Field(
        "description", "Description", hint: "What people read instead of the name")

    private static func body(_ call: ConsoleCall, _ names: [String]) -> [String: JSON] {
        var body: [String: JSON] = [:]
        for name in names where !call.field(name).isEmpty { body[name] = .string(call.field(name)) }
        return body
    }

    private static func list(_ call: ConsoleCall) throws -> ConsolePage {
        let mayWrite = call.caller.may(.writeRoles)
        func links(_ path: String, _ label: String) -> [ConsoleLink] {
            mayWrite ? [ConsoleLink(label: label, uri: call.path(path))] : []
        }
        func removal(_ kind: String, _ name: String, _ thing: JSON) -> ConsoleBlock.Cell {
            if let file = thing["declared_in"]?.stringValue { return ConsoleBlock.Cell("Declared in \(file)") }
            let isOurs = kind == "roles" && Scope.opensPostern(name)
            return mayWrite && !isOurs
                ? ConsoleBlock.Cell("Remove", to: call.path(kind, name, "remove")) : ConsoleBlock.Cell("")
        }
        let scopes = try call.api(.get, "scopes").listed.map { scope -> [ConsoleBlock.Cell] in
            [
                .code(scope.text("name")), ConsoleBlock.Cell(scope.text("description")),
                removal("scopes", scope.text("name"), scope),
            ]
        }
        let roles = try call.api(.get, "roles").listed.map { role -> [ConsoleBlock.Cell] in
            [
                .code(role.text("name")),
                ConsoleBlock.Cell(role["client_id"] == nil ? "all apps" : role.text("client_id")),
                ConsoleBlock.Cell(role.text("description")), removal("roles", role.text("role"), role),
            ]
        }
        let groups = try call.api(.get, "groups").listed.map { group -> [ConsoleBlock.Cell] in
            [
                ConsoleBlock.Cell(group.text("name")),
                ConsoleBlock.Cell(group.texts("roles").joined(separator: ", ")),
                ConsoleBlock.Cell(group.text("description")), removal("groups", group.text("name"), group),
            ]
        }
        let why = call.whyNot(.writeRoles).map { [ConsoleBlock(nil, $0, .nothing)] } ?? []
        return ConsolePage(
            "Scopes and roles",
            why + [
                ConsoleBlock(
                    "Scopes", "Every user of an app that is allowed one can be granted it.",
                    .table(
                        .init(
                            columns: ["Scope", "Description", "Action"], rows: scopes,
                            empty: "There are the built-in ones alone: openid, profile, email, address, phone and "
                                + "offline_access.")), links: links("new-scope", "New scope")),
                ConsoleBlock(
                    "Roles", "A role is a scope that is granted to those who hold it.",
                    .table(
                        .init(columns: ["Role", "Of", "Description", "Action"], rows: roles, empty: "There are none.")),
                    links: links("new-role", "New role")),
                ConsoleBlock(
                    "Groups", "Whoever is in a group holds its roles.",
                    .table(
                        .init(
                            columns: ["Group", "Roles", "Description", "Action"], rows: groups, empty: "There are none."
                        )),
                    links: links("new-group", "New group")),
            ] + (call.caller.may(.readClaims) ? [try claimBlock(of: nil, call)] : []))
    }

    private static func form(_ call: ConsoleCall, _ noun: String, _ fields: [ConsoleForm.Field]) -> ConsolePage {
        ConsolePage(
            "New \(noun)", back: ConsoleLink(label: "Scopes and roles", uri: call.path("scopes")),
            [
                ConsoleBlock(
                    nil, nil, .form(ConsoleForm(to: call.path("new-\(noun)"), fields, button: "Make the \(noun)")))
            ])
    }

    private static func removal(of kind: String, _ call: ConsoleCall) throws -> ConsolePage {
        _ = try call.api(.get, kind, call["name"])
        return ConsolePage(
            "Remove \(call["name"])?", back: ConsoleLink(label: "Scopes and roles", uri: call.path("scopes")),
            [
                ConsoleBlock(
                    nil,
                    kind == "groups" ? "Nobody is in it any more." : "Nobody is granted it any more.",
                    .form(
                        ConsoleForm(
                            to: call.path(kind, call["name"], "remove"), [], button: "Remove it", isDangerous: true)))
            ])
    }
}
