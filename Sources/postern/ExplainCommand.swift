import ArgumentParser
import Handlers
import JOSE
import OIDCLogic

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show what a user would be granted through an app, and why, without a sign-in.")

    @Argument(help: "The user's name.") var user: String
    @Argument(help: ArgumentHelp("The client's id.", valueName: "client-id")) var client: String
    @Option(help: ArgumentHelp("What the app asks for; without it, all that it may.", valueName: "scopes")) var scope:
        String?
    @Option(help: ArgumentHelp("The prompt that the app sends, such as consent.", valueName: "prompts")) var prompt = ""
    @Option(help: ArgumentHelp("The network address of the user's browser.", valueName: "address"))
    var address = "127.0.0.1"
    @Option(help: ArgumentHelp("How well the user has proved who they are.", valueName: "acr"))
    var acr = Authentication.passwordACR
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let asked: Scope?
        do { asked = try scope.map { try Scope($0) } } catch {
            throw ValidationError("--scope has a character that RFC 6749 section 3.3 does not allow.")
        }
        let prompts: Set<Prompt>
        do { prompts = try Prompt.set(prompt) } catch {
            throw ValidationError("--prompt must be of login, consent and select_account, or none.")
        }
        guard Explanations.isAddress(address) else {
            throw ValidationError("--address must be an IPv4 or IPv6 address, such as 192.0.2.7.")
        }
        let explanation = try config.open().explanations.explain(
            user: user, client: client, scope: asked, prompt: prompts, address: address, acr: acr)
        guard !format.json else {
            print(explanation.json.readableText)
            return
        }
        printDecision(explanation)
        for destination in ClaimDestination.allCases { printClaims(explanation, destination) }
        printCustomClaims(explanation)
    }

    private func printDecision(_ explanation: Explanation) {
        let user = DisplayText.safe(explanation.user.username.value)
        let client = DisplayText.safe(explanation.client.displayName)
        if let obstacle = explanation.obstacle {
            print("\(Terminal.bold("\(user) can't sign in to \(client)")): \(DisplayText.safe(obstacle.description)).")
        } else {
            print("\(Terminal.bold("\(user) at \(client)")) is granted: \(explanation.granted?.description ?? "")")
            if explanation.asksForConsent { print("The user is asked for their consent first.") }
        }
        if !explanation.scopes.isEmpty {
            print("")
            var table = Table("SCOPE", "", "WHY")
            for scope in explanation.scopes {
                table.add(scope.name, scope.isGranted ? "granted" : "left out", scope.reason)
            }
            table.print(empty: "")
        }
        if !explanation.decision.findings.isEmpty {
            print("")
            var table = Table("RULE", "ABOUT", "SAYS")
            for finding in explanation.decision.findings {
                table.add(
                    finding.rule.name, finding.rule.scope?.description ?? "the whole request",
                    "\(finding.rule.effect.rawValue): \(finding.verdict)")
            }
            table.print(empty: "")
        }
    }

    private func printClaims(_ explanation: Explanation, _ destination: ClaimDestination) {
        let claims = explanation.claims(for: destination)
        guard !claims.isEmpty else { return }
        print("\n\(Terminal.bold(destination.title))")
        var details = Details()
        for (name, value) in claims.sorted(by: { $0.key < $1.key }) { details.add(name, value.text) }
        details.print()
    }

    private func printCustomClaims(_ explanation: Explanation) {
        guard !explanation.customClaims.isEmpty else { return }
        print("")
        var table = Table("CUSTOM CLAIM", "OF", "", "WHY")
        for outcome in explanation.customClaims {
            table.add(
                outcome.claim.name.text, outcome.claim.clientID?.value ?? "all clients",
                outcome.isReleased ? "released" : "left out", outcome.reason)
        }
        table.print(empty: "")
    }
}
