import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let homeRoutes = [
        ConsoleRoute("") { call in
            var links: [ConsoleLink] = []
            if call.caller.may(.writeClients) { links.append(ConsoleLink(label: "New app", uri: call.path("new-app"))) }
            if call.caller.may(.writeTokens) {
                links.append(ConsoleLink(label: "New registration token", uri: call.path("new-token")))
            }
            var blocks: [ConsoleBlock] = []
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

    private static func activity(_ call: ConsoleCall) throws -> [ConsoleBlock] {
        let counts = try call.api(.get, "activity")
        func chart(_ member: String, _ description: String) -> ConsoleBlock.Content {
            .chart(
                ConsoleChart(
                    description: description,
                    bars: (counts[member]?.arrayValue ?? []).map {
                        ($0.time("start"), Int($0["count"]?.integerValue ?? 0))
                    }
                ))
        }
        return [
            ConsoleBlock("Sign-ins, by hour", nil, chart("sign_ins_by_hour", "Sign-ins of the last day")),
            ConsoleBlock("Failed sign-ins, by hour", nil, chart("failures_by_hour", "Failed sign-ins of the last day")),
            ConsoleBlock("Sign-ins, by day", nil, chart("sign_ins_by_day", "Sign-ins of the last 30 days")),
            ConsoleBlock(
                "Sessions", nil, .details([.init("Living now", ConsoleBlock.Cell(counts.text("sessions")))])),
        ]
    }
}
