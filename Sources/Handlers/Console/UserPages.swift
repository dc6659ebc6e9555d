import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let userPages = [
        ConsoleRoute("users/{sub}", show: detail),
        ConsoleRoute("users/{sub}/remove", needs: .writeUsers, wantsFreshSignIn: true, show: removal) { call in
            try call.api(.delete, "users", call["sub"])
            return .done(.userRemoved, at: call.path("users"))
        },
        ConsoleRoute("users/{sub}/sign-out", needs: .writeSessions, wantsFreshSignIn: false, show: signOutForm) {
            call in
            try call.api(.delete, "users", call["sub"], "sessions")
            return .done(.signedOut, at: call.path("users", call["sub"]))
        },
        ConsoleRoute(
            "users/{sub}/upstreams/{upstream_person}", needs: .writeUsers, wantsFreshSignIn: true, show: unlinkForm
        ) { call in
            try call.api(.delete, "users", call["sub"], "upstreams", call["upstream_person"])
            return .done(.userUnlinked, at: call.path("users", call["sub"]))
        },
        ConsoleRoute(
            "users/{sub}/sessions/{session_id}", needs: .writeSessions, wantsFreshSignIn: false, show: sessionForm
        ) { call in
            try call.api(.delete, "sessions", call["session_id"])
            return .done(.sessionEnded, at: call.path("users", call["sub"]))
        },
    ]

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
            ConsoleBlock(nil, call.whyNot(.writeUsers), .details(facts), links: links),
            ConsoleBlock(
                "Attributes", attributes.isEmpty ? "None." : nil,
                attributes.isEmpty
                    ? .nothing
                    : .details(
                        attributes.map { name, value in
                            ConsoleBlock.Detail(name, ConsoleBlock.Cell(value.stringValue ?? value.text))
                        })),
        ]
        if let upstreams = try upstreams(of: sub, call) { blocks.append(upstreams) }
        if call.caller.may(.readSessions) { blocks.append(try sessions(of: sub, call)) }
        return ConsolePage(user.userName, back: call.users, blocks)
    }

    private static func shown(_ names: [String]) -> [ConsoleBlock.Cell] {
        names.isEmpty ? ["none"] : names.map { .code($0) }
    }

    /// Nil: there is nothing to say of it.
    private static func upstreams(of sub: String, _ call: ConsoleCall) throws -> ConsoleBlock? {
        let people = try call.api(.get, "users", sub, "upstreams").listed
        guard !people.isEmpty else { return nil }
        let mayEnd = call.caller.may(.writeUsers)
        let rows = people.map { person in
            [
                ConsoleBlock.Cell(person["upstream"]?.stringValue ?? "\(person.text("issuer")), which is gone"),
                .code(person.text("upstream_sub")), ConsoleBlock.Cell(person.time("linked_at")),
                ConsoleBlock.Cell(person.time("signed_in_at")),
                ConsoleBlock.Cell(
                    person["needs_sign_in"] == true ? "wants a new sign-in" : person.time("checked_at")),
                ConsoleBlock.Cell(
                    mayEnd ? "Unlink" : "", to: mayEnd ? call.path("users", sub, "upstreams", person.text("id")) : nil),
            ]
        }
        return ConsoleBlock(
            "Upstreams", nil,
            .table(
                .init(
                    columns: ["Known at", "As", "Since", "Signed in there", "Last confirmed", "Action"], rows: rows,
                    empty: "")))
    }

    private static func unlinkForm(_ call: ConsoleCall) throws -> ConsolePage {
        let user = try call.api(.get, "users", call["sub"])
        let people = try call.api(.get, "users", call["sub"], "upstreams").listed
        let others = people.filter {
            $0["id"] != .string(call["upstream_person"]) && $0["upstream"]?.stringValue != nil
        }
        let isLast = others.isEmpty && user["has_password"] != true
        return try confirmation(
            call, { "Unlink \($0.userName) from this upstream?" },
            "What they have by it alone, roles and attributes, is taken away, and sessions and grants that came from there "
                + "end. Signing in there again doesn’t make them this user."
                + (isLast ? " They have no other way to sign in." : ""),
            ["upstreams", call["upstream_person"]], "Unlink")
    }

    private static func sessions(of sub: String, _ call: ConsoleCall) throws -> ConsoleBlock {
        let mayEnd = call.caller.may(.writeSessions)
        let rows = try call.api(.get, "users", sub, "sessions").listed.map { session in
            [
                ConsoleBlock.Cell(session.time("signed_in_at")), ConsoleBlock.Cell(session.time("last_used_at")),
                ConsoleBlock.Cell(
                    ((session["upstream"]?.stringValue.map { ["\($0):"] } ?? []) + session.texts("amr"))
                        .joined(separator: " ")),
                ConsoleBlock.Cell(session["remembered"] == true ? "until \(session.time("expires_at"))" : "no"),
                ConsoleBlock.Cell(
                    mayEnd ? "End" : "", to: mayEnd ? call.path("users", sub, "sessions", session.text("id")) : nil),
            ]
        }
        return ConsoleBlock(
            "Sessions", nil,
            .table(
                .init(
                    columns: ["Signed in", "Last used", "By", "Stays signed in", "Action"], rows: rows,
                    empty: "Signed in nowhere.")),
            links: rows.isEmpty || !mayEnd
                ? [] : [ConsoleLink(label: "Sign out everywhere", uri: call.path("users", sub, "sign-out"))])
    }

    private static func signOutForm(_ call: ConsoleCall) throws -> ConsolePage {
        try confirmation(
            call, { "Sign \($0.userName) out everywhere?" },
            "All sessions end, and what apps were granted for them: refresh tokens and access tokens too.",
            ["sign-out"],
            "Sign out everywhere")
    }

    private static func sessionForm(_ call: ConsoleCall) throws -> ConsolePage {
        try confirmation(
            call, { _ in "End this session?" }, "The browser has to sign in again. What apps were granted stays.",
            ["sessions", call["session_id"]], "End the session")
    }

    private static func removal(_ call: ConsoleCall) throws -> ConsolePage {
        try confirmation(
            call, { "Remove \($0.userName)?" },
            "With sessions, consents and grants, for good. To keep them out for a while, disable the user instead.",
            ["remove"], "Remove the user")
    }

    private static func confirmation(
        _ call: ConsoleCall, _ title: (JSON) -> String, _ explanation: String, _ path: [String], _ button: String
    ) throws -> ConsolePage {
        let user = try call.api(.get, "users", call["sub"])
        return ConsolePage(
            title(user), back: call.user(user),
            [
                ConsoleBlock(
                    nil, explanation,
                    .form(
                        ConsoleForm(
                            to: call.path(["users", user.text("sub")] + path), [], button: button, isDangerous: true)))
            ])
    }
}

extension ConsoleCall {
    var users: ConsoleLink { ConsoleLink(label: "Users", uri: path("users")) }

    func user(_ user: JSON) -> ConsoleLink {
        ConsoleLink(label: user.userName, uri: path("users", user.text("sub")))
    }
}

extension JSON {
    /// What people call the user that the API gave.
    var userName: String { self["attributes"]?["name"]?.stringValue ?? text("username") }
}
