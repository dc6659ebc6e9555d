import FCGIBridge
import OIDCLogic

extension AdministrationRoute {
    static let keyRoutes = [
        AdministrationRoute(
            .get, "keys", .readKeys, "List the signing keys, by their public halves, and when they change",
            answer: (.ok, "KeyList")
        ) { call in .json(ListPage(items: try call.administration.keys.listed().map(\.json), next: nil).json) }
    ]
}
