import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let signingKeyPage = [
        ConsoleRoute("keys") { call in
            let keys = try call.api(.get, "keys").listed
            let rows = keys.map { key -> [ConsoleBlock.Cell] in
                [
                    ConsoleBlock.Cell(key.text("alg")), ConsoleBlock.Cell(key.text("status")), .code(key.text("kid")),
                    ConsoleBlock.Cell(key.time("created_at")), ConsoleBlock.Cell(nextStep(of: key)),
                ]
            }
            var blocks = [
                ConsoleBlock(
                    nil,
                    "Tokens are signed by these. Their private halves never leave the processes that sign. The next key is "
                        + "published before it signs, and the former one after, so that apps have both.",
                    .table(
                        .init(
                            columns: ["Algorithm", "State", "Key id", "Published", "What comes next"], rows: rows,
                            empty: "There are none."))),
                ConsoleBlock(
                    "Changing them",
                    "Keys are made where signing.key is, which this page's process doesn't hold. So at a shell: the first "
                        + "takes the next safe step, the second ends a key that somebody else may have.",
                    .code("postern key rotate\npostern key revoke KEY-ID")),
            ]
            if keys.contains(where: { $0["needs_attention"] == true }) {
                blocks.insert(
                    ConsoleBlock(
                        "Overdue",
                        "A key should have been replaced by now. The pool that serves the token endpoint does it while it "
                            + "runs, and its log says why it could not.", .code("postern check")), at: 0)
            }
            return ConsolePage("Keys", blocks)
        }
    ]

    static func nextStep(of key: JSON) -> String {
        if key["needs_attention"] == true { return "is overdue: see what the log of the pool that signs says" }
        switch key.text("status") {
        case SigningKeyRecord.Status.next.rawValue: return "signs from \(key.time("signs_from"))"
        case SigningKeyRecord.Status.active.rawValue:
            guard key["rotates_at"] != nil else { return "signs until it is replaced by command" }
            let publication =
                key["successor_published_at"] == nil
                ? "" : "; the next one is published \(key.time("successor_published_at"))"
            return "signs until \(key.time("rotates_at"))\(publication)"
        case SigningKeyRecord.Status.retired.rawValue: return "is published until \(key.time("unpublished_at"))"
        default: return "is worth nothing since \(key.time("revoked_at"))"
        }
    }
}
