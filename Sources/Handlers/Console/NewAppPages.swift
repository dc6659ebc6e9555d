import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let newAppPages = [
        ConsoleRoute("new-app", needs: .writeClients, show: kinds),
        ConsoleRoute("new-app/{kind}", needs: .writeClients, wantsFreshSignIn: true, show: form, act: register),
    ]

    private static func kinds(_ call: ConsoleCall) -> ConsolePage {
        ConsolePage(
            "New app", back: call.apps,
            AppKind.allCases.map { kind in
                ConsoleBlock(
                    kind.title, kind.explanation, .nothing,
                    links: [ConsoleLink(label: "Register it", uri: call.path("new-app", kind.rawValue))])
            })
    }

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
                "\(made.appName) is registered", back: call.app(made),
                [
                    ConsoleBlock(
                        "Give these to the app",
                        made["client_secret"] == nil ? nil : "The secret is shown this once: keep it now.",
                        .details(details))
                ] + ConnectionSheet(made, issuer: call.provider.issuer).blocks))
    }
}
