import FCGIBridge
import OIDCLogic

extension AdministrationRoute {
    static let keyRoutes = [
        AdministrationRoute(
            .get, "keys", .readKeys, "List the signing keys, by their public halves", answer: (.ok, "KeyList")
        ) { call in .json(ListPage(items: try call.administration.keys.keys().map(\.json), next: nil).json) }
    ]
}
