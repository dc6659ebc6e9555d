import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let appRoutes = [
        ConsoleRoute("apps", show: list),
        ConsoleRoute("new-app") { call in
            ConsolePage(
                "New app", back: apps(call),
                AppKind.allCases.map { kind in
                    ConsoleBlock(
                        kind.title, kind.explanation, .nothing,
                        links: [ConsoleLink(label: "Register it", uri: call.path("new-app", kind.rawValue))])
                })
        },
        ConsoleRoute("new-app/{kind}", show: form, act: register),
        ConsoleRoute("apps/{client_id}", show: detail, act: change),
        ConsoleRoute("apps/{client_id}/secret", isDangerous: true, show: secretForm, act: renewSecret),
        ConsoleRoute("apps/{client_id}/remove", isDangerous: true, show: removal, act: remove),
        ConsoleRoute("apps/{client_id}/connect") { call in
            let client = try call.api(.get, "clients", call["client_id"])
            return ConsolePage(
                "Connect \(name(client))", back: app(client, call),
                ConnectionSheet(client, issuer: call.provider.issuer).blocks)
        },
        ConsoleRoute("apps/{client_id}/try", show: tryForm, act: tryOut),
    ]

    private static func apps(_ call: ConsoleCall) -> ConsoleLink {
        ConsoleLink(label: "Apps", uri: call.path("apps"))
    }

    private static func app(_ client: JSON, _ call: ConsoleCall) -> ConsoleLink {
        ConsoleLink(label: name(client), uri: call.path("apps", client.text("client_id")))
    }

    private static func name(_ client: JSON) -> String {
        client.text("client_name").isEmpty ? client.text("client_id") : client.text("client_name")
    }

    private static func list(_ call: ConsoleCall) throws -> ConsolePage {
        let words = try call.query.value("search") ?? ""
        var query: [(String, String)] = []
        if !words.isEmpty { query.append(("search", words)) }
        if let after = try call.query.value("after") { query.append(("after", after)) }
        let page = try call.api(.get, "clients", query: query)
        let rows = page.listed.map { client in
            [
                ConsoleBlock.Cell(name(client), to: call.path("apps", client.text("client_id"))),
                .code(client.text("client_id")),
                ConsoleBlock.Cell(
                    client.text("token_endpoint_auth_method") == "none" ? "public" : "confidential"),
                ConsoleBlock.Cell(client["first_party"] == true ? "not asked" : "asked"),
                ConsoleBlock.Cell(client.time("client_id_issued_at")),
            ]
        }
        let next = page["next"]?.stringValue.map { next in
            ConsoleLink(
                label: "Next page",
                uri: call.path("apps") + "?" + FormEncoding.encode([("search", words), ("after", next)]))
        }
        return ConsolePage(
            "Apps",
            [
                ConsoleBlock(
                    nil, nil,
                    .form(
                        ConsoleForm(
                            to: call.path("apps"),
                            [.init("search", "Search", value: words, hint: "The beginning of a name or a client id")],
                            button: "Search", isSearch: true)),
                    links: [ConsoleLink(label: "New app", uri: call.path("new-app"))]),
                ConsoleBlock(
                    nil, nil,
                    .table(
                        .init(
                            columns: ["App", "Client id", "Kind", "Consent", "Registered"], rows: rows,
                            empty: words.isEmpty ? "There are no apps yet." : "No app begins with these words.")),
                    links: next.map { [$0] } ?? []),
            ])
    }

    // MARK: A new one

    private static func form(_ call: ConsoleCall) throws -> ConsolePage {
        guard let kind = AppKind(rawValue: call["kind"]) else {
            throw AdministrationProblem.notFound("there is no such kind of app")
        }
        return ConsolePage(
            "New app: \(kind.title)", back: ConsoleLink(label: "Kinds of apps", uri: call.path("new-app")),
            [
                ConsoleBlock(
                    nil, kind.explanation,
                    .form(
                        ConsoleForm(
                            to: call.path("new-app", kind.rawValue), kind.fields, button: "Register the app")))
            ])
    }

    private static func register(_ call: ConsoleCall) throws -> Outcome {
        guard let kind = AppKind(rawValue: call["kind"]) else {
            throw AdministrationProblem.notFound("there is no such kind of app")
        }
        let made = try call.api(.post, "clients", body: kind.metadata(call))
        var details: [ConsoleBlock.Detail] = [.init("Client id", .code(made.text("client_id")))]
        if let secret = made["client_secret"]?.stringValue { details.append(.init("Client secret", .code(secret))) }
        return .page(
            ConsolePage(
                "\(name(made)) is registered", back: app(made, call),
                [
                    ConsoleBlock(
                        "Give these to the app",
                        made["client_secret"] == nil ? nil : "The secret is shown this once: keep it now.",
                        .details(details))
                ] + ConnectionSheet(made, issuer: call.provider.issuer).blocks))
    }

    // MARK: One that is there

    private static func detail(_ call: ConsoleCall) throws -> ConsolePage {
        let (client, tag) = try call.read("clients", call["client_id"])
        let id = client.text("client_id")
        var facts: [ConsoleBlock.Detail] = [
            .init("Client id", .code(id)),
            .init("Claims go", ConsoleBlock.Cell("where the preset \(client.text("preset")) says")),
            .init("Grants", values: client.texts("grant_types").map { .code($0) }),
            .init("Registered", ConsoleBlock.Cell(client.time("client_id_issued_at"))),
        ]
        if client["former_secret_expires_at"] != nil {
            facts.append(.init("Former secret", "is taken until \(client.time("former_secret_expires_at"))"))
        }
        var links = [
            ConsoleLink(label: "Connection sheet", uri: call.path("apps", id, "connect")),
            ConsoleLink(label: "Try it", uri: call.path("apps", id, "try")),
        ]
        if call.caller.may(.writeClients) {
            let hasSecret = !["none", "private_key_jwt"].contains(client.text("token_endpoint_auth_method"))
            if hasSecret { links.append(ConsoleLink(label: "New secret", uri: call.path("apps", id, "secret"))) }
            links.append(ConsoleLink(label: "Remove", uri: call.path("apps", id, "remove")))
        }
        var blocks = [ConsoleBlock(nil, nil, .details(facts), links: links)]
        if call.caller.may(.writeClients) {
            blocks.append(
                ConsoleBlock(
                    "Settings", nil,
                    .form(
                        ConsoleForm(
                            to: call.path("apps", id), AppSettings.fields(of: client, tag: tag), button: "Save changes")
                    )))
        }
        return ConsolePage(name(client), back: apps(call), blocks)
    }

    private static func change(_ call: ConsoleCall) throws -> Outcome {
        try call.api(
            .patch, "clients", call["client_id"], body: AppSettings.change(call), match: call.field("etag"))
        return .done(.appChanged, at: call.path("apps", call["client_id"]))
    }

    private static func secretForm(_ call: ConsoleCall) throws -> ConsolePage {
        let client = try call.api(.get, "clients", call["client_id"])
        return ConsolePage(
            "New secret for \(name(client))", back: app(client, call),
            [
                ConsoleBlock(
                    nil, "While both are taken, give the new one to every server of the app.",
                    .form(
                        ConsoleForm(
                            to: call.path("apps", client.text("client_id"), "secret"),
                            [
                                .init(
                                    "overlap", "The old secret",
                                    .choice([
                                        ("0", "ends at once"), ("3600", "is taken for one more hour"),
                                        ("86400", "is taken for one more day"),
                                        ("604800", "is taken for one more week"),
                                    ]), value: "86400")
                            ], button: "Make a new secret", isDangerous: true)))
            ])
    }

    private static func renewSecret(_ call: ConsoleCall) throws -> Outcome {
        let client = try call.api(.get, "clients", call["client_id"])
        let made = try call.api(
            .post, "clients", call["client_id"], "secret",
            body: ["overlap": .integer(Int64(call.field("overlap")) ?? 0)])
        var details: [ConsoleBlock.Detail] = [.init("Client secret", .code(made.text("client_secret")))]
        if made["former_secret_expires_at"] != nil {
            details.append(.init("The old one is taken until", "\(made.time("former_secret_expires_at"))"))
        }
        return .page(
            ConsolePage(
                "New secret for \(name(client))", back: app(client, call),
                [ConsoleBlock(nil, "It is shown this once: keep it now.", .details(details))]))
    }

    private static func removal(_ call: ConsoleCall) throws -> ConsolePage {
        let client = try call.api(.get, "clients", call["client_id"])
        return ConsolePage(
            "Remove \(name(client))?", back: app(client, call),
            [
                ConsoleBlock(
                    nil,
                    "Nobody can sign in to it any more. Its roles, its users’ consents and all that it was granted end at "
                        + "once. This can’t be undone.",
                    .form(
                        ConsoleForm(
                            to: call.path("apps", client.text("client_id"), "remove"), [], button: "Remove the app",
                            isDangerous: true)))
            ])
    }

    private static func remove(_ call: ConsoleCall) throws -> Outcome {
        try call.api(.delete, "clients", call["client_id"])
        return .done(.appRemoved, at: call.path("apps"))
    }

    // MARK: A dry run

    private static func tryForm(_ call: ConsoleCall) throws -> ConsolePage {
        let client = try call.api(.get, "clients", call["client_id"])
        var fields = [
            ConsoleForm.Field(
                "scope", "Scope", value: client.text("scope"), hint: "What the app would ask for, with spaces between")
        ]
        if call.caller.may(.readUsers) {
            fields.insert(
                ConsoleForm.Field(
                    "username", "User name", value: call.signedIn.user.username.value, isRequired: true), at: 0)
        }
        return ConsolePage(
            "Try \(name(client))", back: app(client, call),
            [
                ConsoleBlock(
                    nil,
                    "Replays a sign-in without one: what would be granted, by which rule, and what each token would say. "
                        + "Nothing is issued, and the app hears nothing of it.",
                    .form(
                        ConsoleForm(
                            to: call.path("apps", client.text("client_id"), "try"), fields, button: "Try it")))
            ])
    }

    private static func tryOut(_ call: ConsoleCall) throws -> Outcome {
        let name = call.caller.may(.readUsers) ? call.field("username") : call.signedIn.user.username.value
        let scope: Scope?
        do { scope = call.field("scope").isEmpty ? nil : try Scope(call.field("scope")) } catch {
            throw AdministrationProblem.invalid("a scope has a character that is not allowed", member: "scope")
        }
        let explanation = try call.explanations.explain(
            user: name, client: call["client_id"], scope: scope, address: call.request.remoteAddress,
            acr: Authentication.passwordACR)
        var page = try tryForm(call)
        if case .form(let form) = page.blocks[0].content {
            page.blocks[0].content = .form(form.refilled(call.form ?? [:], error: "", at: nil).form)
        }
        page.blocks += explanation.blocks
        return .page(page)
    }
}

extension ConsoleCall {
    fileprivate var explanations: Explanations {
        let operations = Administration(provider)
        return Explanations(
            store: provider.store, policy: provider.rules,
            claims: ClaimSettings(mendixProfile: provider.hasMendixProfile), users: operations.users,
            clients: operations.clients, now: provider.now)
    }
}
