import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let upstreamTracePages = [
        ConsoleRoute("upstreams/{name}/trace", needs: .admin, wantsFreshSignIn: true, show: tracePage) { call in
            let made = try call.api(.post, "upstreams", call["name"], "trace")
            var page = try tracePage(call)
            page.blocks.insert(
                ConsoleBlock(
                    "The link",
                    "It is shown this once. Follow it in a private window, or give it to whoever can’t get in.",
                    .details([
                        .init("Link", .code(made.text("link"))), .init("Until", "\(made.time("expires_at"))"),
                    ])), at: 0)
            return .page(page)
        }
    ]

    private static func tracePage(_ call: ConsoleCall) throws -> ConsolePage {
        let upstream = try call.api(.get, "upstreams", call["name"])
        let name = upstream.text("name")
        let start = ConsoleForm(to: call.path("upstreams", name, "trace"), [], button: "Make a link to trace")
        return ConsolePage(
            "Trace a sign-in by \(upstream.text("title"))",
            back: ConsoleLink(label: name, uri: call.path("upstreams", name)),
            try traced(call) + [
                ConsoleBlock(
                    nil,
                    "Whoever follows the link signs in by this upstream, and here stands each step: what was asked, what it "
                        + "said, what each expression made of it, and why it was refused. Codes, tokens and secrets are cut "
                        + "out. The link serves once, and all of it is forgotten after 15 minutes.",
                    .form(start))
            ])
    }

    private static func traced(_ call: ConsoleCall) throws -> [ConsoleBlock] {
        let trace: JSON
        do { trace = try call.api(.get, "upstreams", call["name"], "trace") } catch let problem as AdministrationProblem
        {
            guard problem.status == .notFound else { throw problem }
            return []
        }
        let steps = (trace["steps"]?.arrayValue ?? []).enumerated().flatMap { index, step -> [ConsoleBlock] in
            let isFault = step["fault"] == true
            let heading = "\(index + 1). \(isFault ? "Refused: " : "")\(step.text("what"))"
            guard let details = step["details"] else { return [ConsoleBlock(heading, step.time("at"), .nothing)] }
            return [ConsoleBlock(heading, step.time("at"), .code(details.readableText))]
        }
        let state = trace.text("state")
        return [
            ConsoleBlock(
                "What it came to", nil,
                .details([
                    .init("State", ConsoleBlock.Cell(state.prefix(1).uppercased() + state.dropFirst())),
                    .init("Forgotten", ConsoleBlock.Cell(trace.time("expires_at"))),
                ]), links: [ConsoleLink(label: "Look again", uri: call.path("upstreams", call["name"], "trace"))])
        ] + steps
    }
}
