import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let appPages = [
        ConsoleRoute("apps/{client_id}", show: detail),
        // Another key, address or scope does as much as a new secret.
        ConsoleRoute(
            "apps/{client_id}/change", needs: .writeClients, wantsFreshSignIn: true, show: detail, act: change),
        ConsoleRoute(
            "apps/{client_id}/remove", needs: .writeClients, wantsFreshSignIn: true, show: removal, act: remove),
        ConsoleRoute("apps/{client_id}/connect", show: connection),
    ]

    private static func detail(_ call: ConsoleCall) throws -> ConsolePage {
        let (client, tag) = try call.read("clients", call["client_id"])
        let id = client.text("client_id")
        var facts: [ConsoleBlock.Detail] = [
            .init("Client id", .code(id)),
            .init("Claims go", ConsoleBlock.Cell("where the preset \(client.text("preset")) says")),
            .init("Grants", values: client.texts("grant_types").map { ConsoleBlock.Cell($0) }),
            .init("Registered", ConsoleBlock.Cell(client.time("client_id_issued_at"))),
            .init("Last used", ConsoleBlock.Cell(client.lastUse)),
        ]
        if client["subject_type"] == "pairwise" {
            facts.append(.init("Calls its users", "what no app of another sector knows (pairwise)"))
        }
        if let end = client["former_secret_expires_at"]?.integerValue, call.provider.now() < Timestamp(end) {
            facts.append(.init("Former secret", "is taken until \(client.time("former_secret_expires_at"))"))
        }
        // It is changed by that file alone.
        let file = client["declared_in"]?.stringValue
        if let file { facts.append(.init("Declared in", .code(file))) }
        let mayChange = call.caller.may(.writeClients) && file == nil
        var links = [
            ConsoleLink(label: "Connection sheet", uri: call.path("apps", id, "connect")),
            ConsoleLink(label: "Try it", uri: call.path("apps", id, "try")),
        ]
        if mayChange {
            if !call.isFresh {
                links.append(ConsoleLink(label: "Change settings", uri: call.path("apps", id, "change")))
            }
            let hasSecret = !["none", "private_key_jwt"].contains(client.text("token_endpoint_auth_method"))
            if hasSecret { links.append(ConsoleLink(label: "New secret", uri: call.path("apps", id, "secret"))) }
            links.append(ConsoleLink(label: "Remove", uri: call.path("apps", id, "remove")))
        }
        var blocks = [ConsoleBlock(nil, nil, .details(facts), links: links)]
        if let waits = ConsoleBlock.awaitedApproval(client, call) { blocks.insert(waits, at: 0) }
        if call.caller.may(.readClaims) { blocks.append(try claimBlock(of: id, call)) }
        if call.caller.may(.readSessions) { blocks += try grantBlocks(of: id, call) }
        if mayChange, call.isFresh {
            blocks.append(
                ConsoleBlock(
                    "Settings", nil,
                    .form(
                        ConsoleForm(
                            to: call.path("apps", id, "change"), groups: AppSettings.groups(of: client, tag: tag),
                            button: "Save changes"))))
        } else {
            blocks.append(
                ConsoleBlock(
                    "Settings",
                    file.map { "They are changed in \($0), and brought in by postern apply." }
                        ?? call.whyNot(.writeClients),
                    .details(AppSettings.details(of: client))))
        }
        return ConsolePage(client.appName, back: call.apps, blocks)
    }

    private static func change(_ call: ConsoleCall) throws -> Outcome {
        let changed = try call.api(
            .patch, "clients", call["client_id"], body: AppSettings.change(call), match: call.field("etag"))
        // An app that had none and needs one now.
        guard let secret = changed["client_secret"]?.stringValue else {
            return .done(.appChanged, at: call.path("apps", call["client_id"]))
        }
        return .page(
            ConsolePage(
                "\(changed.appName) has a secret now", back: call.app(changed),
                [
                    ConsoleBlock(
                        nil, "Its settings were changed. The secret is shown this once: keep it now.",
                        .details([.init("Client secret", .code(secret))]))
                ]))
    }

    private static func connection(_ call: ConsoleCall) throws -> ConsolePage {
        let client = try call.api(.get, "clients", call["client_id"])
        return ConsolePage(
            "Connect \(client.appName)", back: call.app(client),
            ConnectionSheet(client, issuer: call.provider.issuer).blocks)
    }

    private static func removal(_ call: ConsoleCall) throws -> ConsolePage {
        let client = try call.api(.get, "clients", call["client_id"])
        return ConsolePage(
            "Remove \(client.appName)?", back: call.app(client),
            [
                ConsoleBlock(
                    nil,
                    "Nobody can sign in to it any more. Its roles and custom claims go, and all that it was granted ends at "
                        + "once\(try ending(client.text("client_id"), call)). This can’t be undone.",
                    .form(
                        ConsoleForm(
                            to: call.path("apps", client.text("client_id"), "remove"), [], button: "Remove the app",
                            isDangerous: true)))
            ])
    }

    /// How much that is, for those who may see it.
    private static func ending(_ id: String, _ call: ConsoleCall) throws -> String {
        guard call.caller.may(.readSessions) else { return "" }
        let most = 200
        func count(_ list: String, _ one: String, _ many: String) throws -> String {
            let page = try call.api(.get, "clients", id, list, query: [("limit", "\(most)")])
            let count = page.listed.count
            return (page["next"] == nil ? "" : "more than ") + "\(count) \(count == 1 ? one : many)"
        }
        return ": \(try count("grants", "grant", "grants")), \(try count("consents", "consent", "consents"))"
    }

    private static func remove(_ call: ConsoleCall) throws -> Outcome {
        try call.api(.delete, "clients", call["client_id"])
        return .done(.appRemoved, at: call.path("apps"))
    }
}

extension ConsoleCall {
    var apps: ConsoleLink { ConsoleLink(label: "Apps", uri: path("apps")) }

    func app(_ client: JSON) -> ConsoleLink {
        ConsoleLink(label: client.appName, uri: path("apps", client.text("client_id")))
    }
}

extension JSON {
    /// When the app that the API gave was last used, to the hour.
    var lastUse: String { self["last_used_at"] == nil ? "never" : time("last_used_at") }

    /// What people call the app that the API gave.
    var appName: String { text("client_name").isEmpty ? text("client_id") : text("client_name") }
}
