import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let homePage = [
        ConsoleRoute("") { call in
            var blocks = try attention(call)
            var links: [ConsoleLink] = []
            if call.caller.may(.writeClients) { links.append(ConsoleLink(label: "New app", uri: call.path("new-app"))) }
            if call.caller.may(.writeTokens) {
                links.append(ConsoleLink(label: "New registration token", uri: call.path("new-token")))
            }
            if !links.isEmpty {
                blocks.append(
                    ConsoleBlock(
                        "Add an app", "Give it single sign-on now, or hand out a token by which it registers itself.",
                        .nothing, links: links))
            }
            if call.caller.may(.readAudit) { blocks += try activity(call) }
            let issuer = call.provider.issuer
            blocks.append(
                ConsoleBlock(
                    "This provider", nil,
                    .details([
                        .init("Issuer", .code(issuer.value)),
                        .init("Discovery", .code(issuer.endpoint(".well-known/openid-configuration"))),
                        .init("Registration", .code(issuer.endpoint("register"))),
                        .init("Administration API", .code(AdministrationScope.resource(of: issuer))),
                    ])))
            return ConsolePage("Home", blocks)
        }
    ]

    /// What an administrator should look at; nothing where all is well.
    private static func attention(_ call: ConsoleCall) throws -> [ConsoleBlock] {
        var blocks: [ConsoleBlock] = []
        if call.caller.may(.readClients) {
            if let waiting = try ConsoleBlock.awaitedApprovals(call) { blocks.append(waiting) }
            let unused = try call.api(.get, "clients", query: [("unused_since", "90d"), ("limit", "5")])
            if !unused.listed.isEmpty { blocks.append(self.unused(unused, call)) }
        }
        if call.caller.may(.readSessions), let untold = try untoldApps(call) { blocks.append(untold) }
        if call.caller.may(.admin), let upstreams = try troubledUpstreams(call) { blocks.append(upstreams) }
        if call.caller.may(.readKeys), let keys = try changingKeys(call) { blocks.append(keys) }
        return blocks
    }

    /// Nil: none of them changes soon.
    private static func changingKeys(_ call: ConsoleCall) throws -> ConsoleBlock? {
        let soon = (call.provider.now() + 14 * 86_400).seconds
        let keys = try call.api(.get, "keys").listed.filter { key in
            key["needs_attention"] == true
                || ["signs_from", "rotates_at"].contains { key[$0]?.integerValue.map { $0 < soon } ?? false }
        }
        guard !keys.isEmpty else { return nil }
        let isOverdue = keys.contains { $0["needs_attention"] == true }
        return ConsoleBlock(
            isOverdue ? "A signing key is overdue" : "Signing keys change soon",
            isOverdue
                ? "It should have been replaced by now."
                : "By themselves; apps that look at jwks now and then have nothing to do.",
            .table(
                .init(
                    columns: ["Algorithm", "Key id", "What comes next"],
                    rows: keys.map { key in
                        [
                            ConsoleBlock.Cell(key.text("alg"), to: call.path("keys")), .code(key.text("kid")),
                            ConsoleBlock.Cell(nextStep(of: key)),
                        ]
                    }, empty: "")))
    }

    /// Nil: people can sign in at all of them, as far as anybody knows.
    private static func troubledUpstreams(_ call: ConsoleCall) throws -> ConsoleBlock? {
        let troubled = try call.api(.get, "upstreams").listed.filter { upstream in
            upstream["fault"] != nil || upstream["health"]?["unreachable_since"] != nil
        }
        guard !troubled.isEmpty else { return nil }
        return ConsoleBlock(
            "Upstreams that people can’t sign in at", nil,
            .table(
                .init(
                    columns: ["Upstream", "State", "Last failure"],
                    rows: troubled.map { upstream in
                        [
                            ConsoleBlock.Cell(
                                upstream.text("title"), to: call.path("upstreams", upstream.text("name"))),
                            ConsoleBlock.Cell(standing(of: upstream)),
                            ConsoleBlock.Cell(
                                upstream["fault"] == nil
                                    ? upstream["health"]?.text("last_failure") ?? "" : upstream.text("fault")),
                        ]
                    }, empty: "")))
    }

    /// Nil: all were told.
    private static func untoldApps(_ call: ConsoleCall) throws -> ConsoleBlock? {
        let page = try call.api(.get, "logout-deliveries", query: [("limit", "5")])
        guard !page.listed.isEmpty else { return nil }
        return ConsoleBlock(
            "Sign-outs that apps were not told of",
            page["next"] == nil
                ? "Who signed out may still be signed in there."
                : "Who signed out may still be signed in there. These are the newest.",
            .table(
                .init(
                    columns: ["App", "Signed out", "What came of it", "Next attempt"],
                    rows: page.listed.map { delivery in
                        [
                            ConsoleBlock.Cell(
                                delivery.text("client_id"), to: call.path("apps", delivery.text("client_id"))),
                            ConsoleBlock.Cell(delivery.time("created_at")),
                            ConsoleBlock.Cell(delivery["fault"]?.stringValue ?? "It was not tried yet"),
                            ConsoleBlock.Cell(
                                delivery["next_attempt_at"] == nil ? "Given up" : delivery.time("next_attempt_at")),
                        ]
                    }, empty: "")))
    }

    private static func unused(_ page: JSON, _ call: ConsoleCall) -> ConsoleBlock {
        ConsoleBlock(
            "Apps that nobody uses",
            "They were given no token for 90 days. What isn’t needed any more is better removed.",
            .table(
                .init(
                    columns: ["App", "Registered", "Last used"],
                    rows: page.listed.map { client in
                        [
                            ConsoleBlock.Cell(client.appName, to: call.path("apps", client.text("client_id"))),
                            ConsoleBlock.Cell(client.time("client_id_issued_at")), ConsoleBlock.Cell(client.lastUse),
                        ]
                    }, empty: "")),
            links: page["next"] == nil
                ? []
                : [ConsoleLink(label: "All of them", uri: call.path("apps") + "?unused_since=90d")])
    }

    private static func activity(_ call: ConsoleCall) throws -> [ConsoleBlock] {
        let counts = try call.api(.get, "activity")
        func charts(_ heading: String, _ member: String, isSum: Bool = true) -> ConsoleBlock {
            let spans = [("hour", "the last day, by hour"), ("day", "the last 30 days")]
            return ConsoleBlock(
                heading, nil,
                .charts(
                    spans.map { span, title in
                        ConsoleChart(
                            title: title, description: "\(heading), \(title)",
                            bars: (counts["\(member)_by_\(span)"]?.arrayValue ?? []).map {
                                ($0.time("start"), Int($0["count"]?.integerValue ?? 0))
                            }, isSum: isSum)
                    }))
        }
        var sessions = charts("Sessions", "sessions", isSum: false)
        sessions.explanation = "The most that were open at once. Open now: \(counts.text("sessions"))."
        return [
            charts("Sign-ins", "sign_ins"), charts("Failed sign-ins", "failures"), sessions,
            charts("Access tokens issued", "tokens"), charts("Refusals of the token service", "token_refusals"),
            tokenService(counts),
        ]
    }

    private static func tokenService(_ counts: JSON) -> ConsoleBlock {
        let day = counts["token_service_last_day"] ?? .null
        let month = counts["token_service_last_month"]?.objectValue ?? [:]
        return ConsoleBlock(
            "Token service", nil,
            .table(
                .init(
                    columns: ["Event", "Last day", "Last 30 days"],
                    rows: month.sorted { $0.key < $1.key }.map { name, count in
                        [
                            .code(name), ConsoleBlock.Cell(day[name] == nil ? "0" : day.text(name)),
                            ConsoleBlock.Cell("\(count.integerValue ?? 0)"),
                        ]
                    }, empty: "No token was asked for yet.")))
    }
}
