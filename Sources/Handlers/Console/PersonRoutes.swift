import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let personRoutes = [
        ConsoleRoute("users", show: list),
        ConsoleRoute("new-user", isDangerous: true, show: newForm, act: add),
        ConsoleRoute("users/{sub}", show: detail),
        ConsoleRoute("users/{sub}/change", isDangerous: true, show: changeForm, act: change),
        ConsoleRoute("users/{sub}/password", isDangerous: true, show: passwordForm) { call in
            try call.api(
                .patch, "users", call["sub"], body: ["password": .string(call.form?["password"] ?? "")], match: "*")
            return .done(.passwordSet, at: call.path("users", call["sub"]))
        },
        ConsoleRoute("users/{sub}/sign-out", show: signOutForm) { call in
            try call.api(.delete, "users", call["sub"], "sessions")
            return .done(.signedOut, at: call.path("users", call["sub"]))
        },
        ConsoleRoute("users/{sub}/remove", isDangerous: true, show: removal) { call in
            try call.api(.delete, "users", call["sub"])
            return .done(.userRemoved, at: call.path("users"))
        },
        ConsoleRoute("users/{sub}/sessions/{session_id}", show: sessionForm) { call in
            try call.api(.delete, "sessions", call["session_id"])
            return .done(.sessionEnded, at: call.path("users", call["sub"]))
        },
    ]

    private static func name(_ user: JSON) -> String {
        user["attributes"]?["name"]?.stringValue ?? user.text("username")
    }

    private static func back(_ user: JSON, _ call: ConsoleCall) -> ConsoleLink {
        ConsoleLink(label: name(user), uri: call.path("users", user.text("sub")))
    }

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
                    nil, nil,
                    .form(
                        ConsoleForm(
                            to: call.path("users"),
                            [
                                .init(
                                    "search", "Search", value: words,
                                    hint: "The beginning of a user name, a name or an e-mail address")
                            ], button: "Search", isSearch: true)),
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

    // MARK: One of them

    private static func detail(_ call: ConsoleCall) throws -> ConsolePage {
        let user = try call.api(.get, "users", call["sub"])
        let sub = user.text("sub")
        let attributes = (user["attributes"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
        let facts: [ConsoleBlock.Detail] = [
            .init("User name", ConsoleBlock.Cell(user.text("username"))), .init("Subject", .code(sub)),
            .init("State", user["disabled"] == true ? "disabled: can’t sign in" : "may sign in"),
            .init("Password", user["has_password"] == true ? "set" : "none: can’t sign in with one"),
            .init("Roles", values: shown(user.texts("roles"))), .init("Groups", values: shown(user.texts("groups"))),
            .init("Changed", ConsoleBlock.Cell(user.time("updated_at"))),
        ]
        var links: [ConsoleLink] = []
        if call.caller.may(.writeUsers) {
            links = [("change", "Change"), ("password", "Set a password"), ("remove", "Remove")].map {
                ConsoleLink(label: $0.1, uri: call.path("users", sub, $0.0))
            }
        }
        var blocks = [
            ConsoleBlock(nil, nil, .details(facts), links: links),
            ConsoleBlock(
                "Attributes", nil,
                attributes.isEmpty
                    ? .nothing
                    : .details(
                        attributes.map { name, value in
                            ConsoleBlock.Detail(name, ConsoleBlock.Cell(value.stringValue ?? value.text))
                        })),
        ]
        if call.caller.may(.readSessions) { blocks.append(try sessions(of: sub, call)) }
        return ConsolePage(name(user), back: ConsoleLink(label: "Users", uri: call.path("users")), blocks)
    }

    private static func shown(_ names: [String]) -> [ConsoleBlock.Cell] {
        names.isEmpty ? ["none"] : names.map { .code($0) }
    }

    private static func sessions(of sub: String, _ call: ConsoleCall) throws -> ConsoleBlock {
        let mayEnd = call.caller.may(.writeSessions)
        let rows = try call.api(.get, "users", sub, "sessions").listed.map { session in
            [
                ConsoleBlock.Cell(session.time("auth_time")), ConsoleBlock.Cell(session.time("last_used_at")),
                ConsoleBlock.Cell(session.texts("amr").joined(separator: ", ")),
                ConsoleBlock.Cell(
                    mayEnd ? "End" : "", to: mayEnd ? call.path("users", sub, "sessions", session.text("id")) : nil),
            ]
        }
        return ConsoleBlock(
            "Sessions", nil,
            .table(
                .init(columns: ["Signed in", "Last used", "By", "Action"], rows: rows, empty: "Signed in nowhere.")),
            links: rows.isEmpty || !mayEnd
                ? [] : [ConsoleLink(label: "Sign out everywhere", uri: call.path("users", sub, "sign-out"))])
    }

    // MARK: Changes

    private static func newForm(_ call: ConsoleCall) -> ConsolePage {
        ConsolePage(
            "New user", back: ConsoleLink(label: "Users", uri: call.path("users")),
            [
                ConsoleBlock(
                    nil, nil,
                    .form(
                        ConsoleForm(
                            to: call.path("new-user"),
                            [
                                .init("username", "User name", isRequired: true), .init("name", "Name"),
                                .init("email", "E-mail address"),
                                .init(
                                    "password", "Password", .password,
                                    hint: "At least 8 characters. Empty: the user can’t sign in with one"),
                                .init("roles", "Roles", .lines, hint: "One a line; that of one app is NAME@CLIENT-ID"),
                                .init("groups", "Groups", .lines, hint: "One a line"),
                            ], button: "Add the user")))
            ])
    }

    private static func add(_ call: ConsoleCall) throws -> Outcome {
        var attributes: [String: JSON] = [:]
        for name in ["name", "email"] where !call.field(name).isEmpty { attributes[name] = .string(call.field(name)) }
        var body: [String: JSON] = [
            "username": .string(call.field("username")), "attributes": .object(attributes),
            "roles": .array(call.lines("roles").map(JSON.string)),
            "groups": .array(call.lines("groups").map(JSON.string)),
        ]
        if let password = call.form?["password"], !password.isEmpty { body["password"] = .string(password) }
        let made = try call.api(.post, "users", body: body)
        return .done(.userAdded, at: call.path("users", made.text("sub")))
    }

    private static func changeForm(_ call: ConsoleCall) throws -> ConsolePage {
        let (user, tag) = try call.read("users", call["sub"])
        let attributes = user["attributes"] ?? .object([:])
        return ConsolePage(
            "Change \(name(user))", back: back(user, call),
            [
                ConsoleBlock(
                    nil, nil,
                    .form(
                        ConsoleForm(
                            to: call.path("users", user.text("sub"), "change"),
                            [
                                .init("username", "User name", value: user.text("username"), isRequired: true),
                                .init("name", "Name", value: attributes.text("name")),
                                .init("email", "E-mail address", value: attributes.text("email")),
                                .init(
                                    "roles", "Roles", .lines, value: user.texts("roles").joined(separator: "\n"),
                                    hint: "One a line; that of one app is NAME@CLIENT-ID"),
                                .init(
                                    "groups", "Groups", .lines, value: user.texts("groups").joined(separator: "\n"),
                                    hint: "One a line"),
                                .init(
                                    "disabled", "Disabled", .check, value: user["disabled"] == true ? "yes" : "",
                                    hint: "All sessions and grants end, and no new ones begin"),
                                .init("etag", "", .hidden, value: tag),
                            ], button: "Save changes")))
            ])
    }

    private static func change(_ call: ConsoleCall) throws -> Outcome {
        let attributes = ["name", "email"].map { name in
            (name, call.field(name).isEmpty ? JSON.null : .string(call.field(name)))
        }
        try call.api(
            .patch, "users", call["sub"],
            body: [
                "username": .string(call.field("username")),
                "attributes": .object(Dictionary(uniqueKeysWithValues: attributes)),
                "roles": .array(call.lines("roles").map(JSON.string)),
                "groups": .array(call.lines("groups").map(JSON.string)), "disabled": .bool(call.isChecked("disabled")),
            ], match: call.field("etag"))
        return .done(.userChanged, at: call.path("users", call["sub"]))
    }

    private static func passwordForm(_ call: ConsoleCall) throws -> ConsolePage {
        let user = try call.api(.get, "users", call["sub"])
        return ConsolePage(
            "Set a password for \(name(user))", back: back(user, call),
            [
                ConsoleBlock(
                    nil, "All their sessions and grants end.",
                    .form(
                        ConsoleForm(
                            to: call.path("users", user.text("sub"), "password"),
                            [
                                .init(
                                    "password", "New password", .password, hint: "At least 8 characters",
                                    isRequired: true)
                            ],
                            button: "Set the password", isDangerous: true)))
            ])
    }

    private static func confirmation(
        _ call: ConsoleCall, _ title: (JSON) -> String, _ explanation: String, _ path: [String], _ button: String
    ) throws -> ConsolePage {
        let user = try call.api(.get, "users", call["sub"])
        return ConsolePage(
            title(user), back: back(user, call),
            [
                ConsoleBlock(
                    nil, explanation,
                    .form(
                        ConsoleForm(
                            to: call.path(["users", user.text("sub")] + path), [], button: button, isDangerous: true)))
            ])
    }

    private static func signOutForm(_ call: ConsoleCall) throws -> ConsolePage {
        try confirmation(
            call, { "Sign \(name($0)) out everywhere?" },
            "All sessions end, and what apps were granted for them: refresh tokens and access tokens too.",
            ["sign-out"],
            "Sign out everywhere")
    }

    private static func removal(_ call: ConsoleCall) throws -> ConsolePage {
        try confirmation(
            call, { "Remove \(name($0))?" },
            "With sessions, consents and grants, for good. To keep them out for a while, disable the user instead.",
            ["remove"], "Remove the user")
    }

    private static func sessionForm(_ call: ConsoleCall) throws -> ConsolePage {
        try confirmation(
            call, { _ in "End this session?" }, "The browser has to sign in again. What apps were granted stays.",
            ["sessions", call["session_id"]], "End the session")
    }
}
