import JOSE
import OIDCLogic

/// A dry run, as the API tells it, for the console.
struct ExplanationBlocks {
    let explanation: JSON

    var all: [ConsoleBlock] {
        var blocks = [request, decision]
        let rules = items("rules")
        if !rules.isEmpty {
            blocks.append(
                table(
                    "Rules", ["Rule", "About", "Says"],
                    rules.map { rule in
                        [
                            ConsoleBlock.Cell(rule.text("name")),
                            rule["scope"]?.stringValue.map { .code($0) } ?? "the whole request",
                            ConsoleBlock.Cell("\(rule.text("effect")): \(rule.text("reason"))"),
                        ]
                    }))
        }
        blocks += ClaimDestination.allCases.compactMap(claims)
        let custom = items("custom_claims")
        if !custom.isEmpty {
            blocks.append(
                table(
                    "Custom claims", ["Claim", "Outcome", "Why"],
                    custom.map { claim in
                        [
                            .code(claim.text("name")), claim["released"] == true ? "released" : "left out",
                            ConsoleBlock.Cell(claim.text("reason")),
                        ]
                    }))
        }
        return blocks
    }

    private var request: ConsoleBlock {
        let sent = explanation["request"] ?? .null
        let parameters = sent["parameters"]?.objectValue ?? [:]
        let assumed = explanation["assumed"]?.text("text") ?? ""
        return ConsoleBlock(
            "The request",
            "As the app would send it, without what serves the app alone (state, nonce, PKCE)."
                + (assumed.isEmpty ? "" : " \(assumed)"),
            .details(
                [ConsoleBlock.Detail("Endpoint", .code(sent.text("endpoint")))]
                    + ExplainedRequest.order.compactMap { name in
                        parameters[name]?.stringValue.map { ConsoleBlock.Detail(name, .code($0)) }
                    }))
    }

    private var decision: ConsoleBlock {
        var block = table(
            "The decision", ["Scope", "Outcome", "Why"],
            items("scopes").map { scope in
                [
                    .code(scope.text("name")), scope["granted"] == true ? "granted" : "left out",
                    ConsoleBlock.Cell(scope.text("reason")),
                ]
            })
        block.explanation = explanation.text("verdict")
        return block
    }

    private func claims(_ destination: ClaimDestination) -> ConsoleBlock? {
        let claims = explanation["claims"]?[destination.rawValue]?.objectValue ?? [:]
        guard !claims.isEmpty else { return nil }
        let details = claims.sorted { $0.key < $1.key }.map { name, value in
            ConsoleBlock.Detail(name, .code(value.text))
        }
        return ConsoleBlock(destination.title, nil, .details(details))
    }

    private func items(_ member: String) -> [JSON] { explanation[member]?.arrayValue ?? [] }

    private func table(_ heading: String, _ columns: [String], _ rows: [[ConsoleBlock.Cell]]) -> ConsoleBlock {
        ConsoleBlock(heading, nil, .table(.init(columns: columns, rows: rows, empty: "Nothing was asked for.")))
    }
}
