import JOSE
import OIDCLogic

extension Explanation {
    /// The dry run, as the console shows it.
    var blocks: [ConsoleBlock] {
        var blocks = [decisionBlock]
        if !decision.findings.isEmpty {
            let rows: [[ConsoleBlock.Cell]] = decision.findings.map { finding in
                [
                    ConsoleBlock.Cell(finding.rule.name),
                    ConsoleBlock.Cell(finding.rule.scope?.description ?? "the whole request"),
                    ConsoleBlock.Cell("\(finding.rule.effect.rawValue): \(finding.verdict)"),
                ]
            }
            blocks.append(
                ConsoleBlock("Rules", nil, .table(.init(columns: ["Rule", "About", "Says"], rows: rows, empty: ""))))
        }
        for destination in ClaimDestination.allCases {
            let claims = claims(for: destination)
            guard !claims.isEmpty else { continue }
            let details = claims.sorted { $0.key < $1.key }.map { name, value in
                ConsoleBlock.Detail(name, .code(value.text))
            }
            blocks.append(
                ConsoleBlock(destination.title, "Beside what the protocol says of itself.", .details(details)))
        }
        if !customClaims.isEmpty {
            let rows: [[ConsoleBlock.Cell]] = customClaims.map { outcome in
                [
                    .code(outcome.claim.name.text),
                    ConsoleBlock.Cell(outcome.isReleased ? "released" : "left out"), ConsoleBlock.Cell(outcome.reason),
                ]
            }
            blocks.append(
                ConsoleBlock(
                    "Custom claims", nil, .table(.init(columns: ["Claim", "Outcome", "Why"], rows: rows, empty: ""))))
        }
        return blocks
    }

    private var decisionBlock: ConsoleBlock {
        let who = user.username.value
        let verdict =
            if let obstacle {
                "\(who) can’t sign in: \(obstacle.description)."
            } else {
                "\(who) is granted \(granted?.description ?? "")."
                    + (asksForConsent ? " They are asked for their consent first." : "")
            }
        let rows: [[ConsoleBlock.Cell]] = scopes.map { scope in
            [
                .code(scope.name), ConsoleBlock.Cell(scope.isGranted ? "granted" : "left out"),
                ConsoleBlock.Cell(scope.reason),
            ]
        }
        return ConsoleBlock(
            "The decision", verdict,
            .table(.init(columns: ["Scope", "Outcome", "Why"], rows: rows, empty: "Nothing was asked for.")))
    }
}
