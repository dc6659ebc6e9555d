import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let upstreamPages = [
        ConsoleRoute("upstreams", needs: .admin, show: list),
        ConsoleRoute("upstreams/{name}", needs: .admin, show: details),
        ConsoleRoute(
            "upstreams/{name}/test", needs: .admin, wantsFreshSignIn: false, show: { testForm($0, []) }
        ) { call in
            let result = try call.api(.post, "upstreams", call["name"], "test")
            return .page(testForm(call, testBlocks(result)))
        },
        ConsoleRoute("upstreams/{name}/remove", needs: .admin, wantsFreshSignIn: true, show: removal) { call in
            let query = call.isChecked("linked") ? [("linked", "true")] : []
            try call.api(.delete, "upstreams", call["name"], query: query)
            return .done(.removed, at: call.path("upstreams"))
        },
    ]

    private static func list(_ call: ConsoleCall) throws -> ConsolePage {
        let rows = try call.api(.get, "upstreams").listed.map { upstream -> [ConsoleBlock.Cell] in
            [
                ConsoleBlock.Cell(upstream.text("title"), to: call.path("upstreams", upstream.text("name"))),
                .code(upstream.text("issuer")), ConsoleBlock.Cell(standing(of: upstream)),
                ConsoleBlock.Cell(upstream["health"]?.time("last_sign_in_at") ?? ""),
                ConsoleBlock.Cell(upstream["health"]?.text("sign_ins_last_day") ?? ""),
                ConsoleBlock.Cell(upstream["declared_in"]?.stringValue.map { "Declared in \($0)" } ?? "Here"),
            ]
        }
        return ConsolePage(
            "Upstreams",
            [
                ConsoleBlock(
                    nil,
                    "Identity providers that people sign in at in place of here. They decide who is in and who is out; what "
                        + "follows from that is decided here.",
                    .table(
                        .init(
                            columns: ["Upstream", "Issuer", "State", "Last sign-in", "Sign-ins in a day", "Declared"],
                            rows: rows, empty: "There are none: everybody signs in by a password here.")),
                    links: [ConsoleLink(label: "Add an upstream", uri: call.path("new-upstream"))])
            ])
    }

    static func standing(of upstream: JSON) -> String {
        let text = upstream.text("standing")
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    private static func back(_ call: ConsoleCall) -> ConsoleLink {
        ConsoleLink(label: "Upstreams", uri: call.path("upstreams"))
    }

    private static func details(_ call: ConsoleCall) throws -> ConsolePage {
        let upstream = try call.api(.get, "upstreams", call["name"])
        let name = upstream.text("name")
        let file = upstream["declared_in"]?.stringValue
        var links = [
            ConsoleLink(label: "Test it", uri: call.path("upstreams", name, "test")),
            ConsoleLink(label: "Trace a sign-in", uri: call.path("upstreams", name, "trace")),
        ]
        if file == nil {
            links.append(ConsoleLink(label: "Change", uri: call.path("upstreams", name, "change")))
            links.append(ConsoleLink(label: "Remove", uri: call.path("upstreams", name, "remove")))
        }
        return ConsolePage(
            upstream.text("title"), back: back(call),
            [
                ConsoleBlock(
                    "How it goes", upstream["fault"]?.stringValue, .details(health(of: upstream)), links: links),
                ConsoleBlock(
                    "To be entered there", "By these it sends people back, and tells of those who sign out.",
                    .details(registration(of: upstream))),
                ConsoleBlock(
                    "What it is", file.map { "It is declared in \($0), and changed there alone." },
                    .details(members(of: upstream))),
            ])
    }

    private static func health(of upstream: JSON) -> [ConsoleBlock.Detail] {
        let health = upstream["health"] ?? .null
        var details: [ConsoleBlock.Detail] = [.init("State", ConsoleBlock.Cell(standing(of: upstream)))]
        func add(_ label: String, _ text: String) {
            if !text.isEmpty { details.append(.init(label, ConsoleBlock.Cell(text))) }
        }
        add("Doesn’t answer since", health.time("unreachable_since"))
        if health["checks_late_since"] != nil {
            add("Re-checks are late since", "\(health.time("checks_late_since")). Raise rechecks_per_second.")
        }
        add("Last sign-in", health.time("last_sign_in_at"))
        add("Last failure", health.time("last_failure_at"))
        add("Its reason", health.text("last_failure"))
        add(
            "In the last day",
            "Sign-ins: \(health.text("sign_ins_last_day")). Failures: \(health.text("failures_last_day")).")
        add("People linked to it", upstream.text("linked_people"))
        return details
    }

    private static func members(of upstream: JSON) -> [ConsoleBlock.Detail] {
        UpstreamForm.members(of: upstream).sorted { $0.key < $1.key }.map { name, value in
            .init(name, .code(value.stringValue ?? value.text))
        }
    }

    // MARK: Test

    private static func testForm(_ call: ConsoleCall, _ result: [ConsoleBlock]) -> ConsolePage {
        let name = call["name"]
        return ConsolePage(
            "Test \(name)", back: ConsoleLink(label: name, uri: call.path("upstreams", name)),
            result + [
                ConsoleBlock(
                    nil,
                    "It is asked for its discovery document, its keys and its clock, and whether it knows our client id and "
                        + "secret. Nobody is signed in by it.",
                    .form(ConsoleForm(to: call.path("upstreams", name, "test"), [], button: "Test it now")))
            ])
    }

    private static func testBlocks(_ result: JSON) -> [ConsoleBlock] {
        let rows = (result["findings"]?.arrayValue ?? []).map { finding -> [ConsoleBlock.Cell] in
            [
                ConsoleBlock.Cell(finding.text("subject")), ConsoleBlock.Cell(finding.text("status")),
                ConsoleBlock.Cell(finding.text("text")),
            ]
        }
        return [
            ConsoleBlock(
                result["passed"] == true ? "People can sign in at it" : "Something is in the way", nil,
                .table(.init(columns: ["What", "Result", "More"], rows: rows, empty: ""))),
            ConsoleBlock(
                "To be entered there", nil, .details(registration(of: result))),
        ]
    }

    private static func registration(of upstream: JSON) -> [ConsoleBlock.Detail] {
        (upstream["registration"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            .init(name.prefix(1).uppercased() + name.dropFirst(), .code(value.stringValue ?? ""))
        }
    }

    // MARK: Removal

    private static func removal(_ call: ConsoleCall) throws -> ConsolePage {
        let upstream = try call.api(.get, "upstreams", call["name"])
        let name = upstream.text("name")
        let count = upstream["linked_people"]?.integerValue ?? 0
        let linked: [ConsoleForm.Field] =
            count == 0
            ? []
            : [
                .init(
                    "linked",
                    "\(count == 1 ? "1 person" : "\(count) people") can’t sign in by it any more, and that is meant",
                    .check, isRequired: true)
            ]
        return ConsolePage(
            "Remove \(upstream.text("title"))?", back: ConsoleLink(label: name, uri: call.path("upstreams", name)),
            [
                ConsoleBlock(
                    nil,
                    count == 0
                        ? "Nobody is linked to it."
                        : "\(ListedUpstream.people(Int(count))) linked to it. They stay users here, with what they are "
                            + "allowed; sessions that began there end with their next request, and refresh tokens from there "
                            + "are refused. An upstream of the same issuer that is added later has them linked as before.",
                    .form(
                        ConsoleForm(
                            to: call.path("upstreams", name, "remove"), linked, button: "Remove the upstream",
                            isDangerous: true)))
            ])
    }
}
