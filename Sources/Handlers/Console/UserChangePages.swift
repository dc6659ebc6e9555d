import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let userChangePages = [
        ConsoleRoute("new-user", needs: .writeUsers, wantsFreshSignIn: true, show: newForm, act: add),
        ConsoleRoute("users/{sub}/change", needs: .writeUsers, wantsFreshSignIn: true, show: changeForm, act: change),
        ConsoleRoute(
            "users/{sub}/password", needs: .writeUsers, wantsFreshSignIn: true, show: passwordForm, act: setPassword),
    ]

    private static func newForm(_ call: ConsoleCall) -> ConsolePage {
        ConsolePage(
            "New user", back: call.users,
            [
                ConsoleBlock(
                    nil, nil,
                    .form(
                        ConsoleForm(
                            to: call.path("new-user"),
                            [
                                .init("username", "User name", isRequired: true), .init("name", "Name"),
                                .init("email", "E-mail address"), further(AttributeLines(typed: []), call),
                                .init(
                                    "password", "Password", .password,
                                    hint: "At least 8 characters. Empty: the user can’t sign in with one"),
                                .init("roles", "Roles", .lines, hint: "One a line; that of one app is NAME@CLIENT-ID"),
                                .init("groups", "Groups", .lines, hint: "One a line"),
                            ], button: "Add the user")))
            ])
    }

    private static func add(_ call: ConsoleCall) throws -> Outcome {
        var attributes = try AttributeLines(typed: call.lines("attributes")).patch(of: .null)
        for name in AttributeLines.fields where !call.field(name).isEmpty {
            attributes[name] = .string(call.field(name))
        }
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
            "Change \(user.userName)", back: call.user(user),
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
                                further(AttributeLines(of: attributes), call),
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

    /// What is wrong with one of those that were typed is shown here.
    private static func further(_ attributes: AttributeLines, _ call: ConsoleCall) -> ConsoleForm.Field {
        ConsoleForm.Field(
            "attributes", "Further attributes", .lines, value: attributes.lines.joined(separator: "\n"),
            hint: "One a line: NAME=JSON, such as locale=\"de\" or email_verified=true",
            answersFor: AttributeLines(typed: call.lines("attributes")).names)
    }

    private static func change(_ call: ConsoleCall) throws -> Outcome {
        let former = try call.api(.get, "users", call["sub"])["attributes"] ?? .null
        var attributes = try AttributeLines(typed: call.lines("attributes")).patch(of: former)
        for name in AttributeLines.fields {
            attributes[name] = call.field(name).isEmpty ? .null : .string(call.field(name))
        }
        try call.api(
            .patch, "users", call["sub"],
            body: [
                "username": .string(call.field("username")),
                "attributes": .object(attributes),
                "roles": .array(call.lines("roles").map(JSON.string)),
                "groups": .array(call.lines("groups").map(JSON.string)), "disabled": .bool(call.isChecked("disabled")),
            ], match: call.field("etag"))
        return .done(.userChanged, at: call.path("users", call["sub"]))
    }

    private static func passwordForm(_ call: ConsoleCall) throws -> ConsolePage {
        let user = try call.api(.get, "users", call["sub"])
        return ConsolePage(
            "Set a password for \(user.userName)", back: call.user(user),
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

    private static func setPassword(_ call: ConsoleCall) throws -> Outcome {
        try call.api(
            .patch, "users", call["sub"], body: ["password": .string(call.form?["password"] ?? "")], match: "*")
        return .done(.passwordSet, at: call.path("users", call["sub"]))
    }
}
