import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let appSecretPages = [
        ConsoleRoute(
            "apps/{client_id}/secret", needs: .writeClients, wantsFreshSignIn: true, show: secretForm, act: renewSecret)
    ]

    private static func secretForm(_ call: ConsoleCall) throws -> ConsolePage {
        let client = try call.api(.get, "clients", call["client_id"])
        return ConsolePage(
            "New secret for \(client.appName)", back: call.app(client),
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
                "New secret for \(client.appName)", back: call.app(client),
                [ConsoleBlock(nil, "It is shown this once: keep it now.", .details(details))]))
    }
}
