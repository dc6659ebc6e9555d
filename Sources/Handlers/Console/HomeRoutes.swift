import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let homeRoutes = [
        ConsoleRoute("") { call in
            var blocks = [
                ConsoleBlock(
                    "Add an app", "Give it single sign-on now, or hand out a token by which it registers itself.",
                    .nothing,
                    links: [
                        ConsoleLink(label: "New app", uri: call.path("new-app")),
                        ConsoleLink(label: "New registration token", uri: call.path("tokens")),
                    ])
            ]
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
}
