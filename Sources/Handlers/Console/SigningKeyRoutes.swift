import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let signingKeyRoutes = [
        ConsoleRoute("keys") { call in
            let rows = try call.api(.get, "keys").listed.map { key -> [ConsoleBlock.Cell] in
                [
                    ConsoleBlock.Cell(key.text("alg")), ConsoleBlock.Cell(key.text("status")), .code(key.text("kid")),
                    ConsoleBlock.Cell(key.time("created_at")),
                ]
            }
            return ConsolePage(
                "Keys",
                [
                    ConsoleBlock(
                        nil, "Tokens are signed by these. Their private halves leave the signing processes never.",
                        .table(
                            .init(
                                columns: ["Algorithm", "State", "Key id", "Made"], rows: rows, empty: "There are none.")
                        ))
                ])
        }
    ]
}
