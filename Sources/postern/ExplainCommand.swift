import ArgumentParser
import Handlers
import JOSE
import OIDCLogic

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show what a user would be granted through an app, and why, without a sign-in.",
        usage: "postern explain [<user>] <client-id> [<options>]",
        discussion: "With an app's id alone: what a service would be given for itself (client_credentials).")

    @Argument(help: ArgumentHelp("The user's name, and the client's id.", valueName: "user-and-client-id"))
    var names: [String]
    @Option(
        help: ArgumentHelp(
            "What the app asks for; without it its default_scope, else all that it may.", valueName: "scopes"))
    var scope: String?
    @Option(help: ArgumentHelp("The prompt that the app sends, such as consent.", valueName: "prompts")) var prompt = ""
    @Option(help: ArgumentHelp("What the access token is to be for (RFC 8707).", valueName: "resource"))
    var resource: String?
    @Option(help: ArgumentHelp("The network address of the user's browser; without it, unknown.", valueName: "address"))
    var address: String?
    @Option(help: ArgumentHelp("How well the user has proved who they are.", valueName: "acr"))
    var acr = Authentication.passwordACR
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard (1...2).contains(names.count) else {
            throw ValidationError("Name a user and a client's id, or a client's id alone.")
        }
    }

    func run() throws {
        let asked: Scope?
        do { asked = try scope.map { try Scope($0) } } catch {
            throw ValidationError("--scope has a character that RFC 6749 section 3.3 does not allow.")
        }
        let prompts: Set<Prompt>
        do { prompts = try Prompt.set(prompt) } catch {
            throw ValidationError("--prompt must be of login, consent and select_account, or none.")
        }
        guard address.map(Explanations.isAddress) ?? true else {
            throw ValidationError("--address must be an IPv4 or IPv6 address, such as 192.0.2.7.")
        }
        let question = ExplanationQuestion(
            scope: asked, prompt: prompts, resource: resource, address: address, acr: acr)
        let explanations = try config.open().explanations
        let explanation =
            names.count == 1
            ? try explanations.explain(service: names[0], question)
            : try explanations.explain(user: names[0], client: names[1], question)
        guard !format.json else {
            print(explanation.json.readableText)
            return
        }
        printDecision(explanation)
        for sentence in explanation.assumed.sentences { print("\n\(DisplayText.safe(sentence))") }
        printRequest(explanation.request)
        for destination in ClaimDestination.allCases { printClaims(explanation, destination) }
        printCustomClaims(explanation)
    }

    private func printRequest(_ request: ExplainedRequest) {
        print("\n\(Terminal.bold("The request")) to \(request.endpoint)")
        var details = Details()
        for (name, value) in request.parameters { details.add(name, value) }
        details.print()
    }

    private func printDecision(_ explanation: Explanation) {
        let client = DisplayText.safe(explanation.client.displayName)
        let user = explanation.user.map { DisplayText.safe($0.username.value) }
        if let obstacle = explanation.obstacle {
            let what = user.map { "\($0) can't sign in to \(client)" } ?? "\(client) can't have a token"
            print("\(Terminal.bold(what)): \(DisplayText.safe(obstacle.description)).")
        } else {
            let who = user.map { "\($0) at \(client)" } ?? "\(client), for itself,"
            print("\(Terminal.bold(who)) is granted: \(explanation.granted?.description ?? "")")
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
        if !explanation.findings.isEmpty {
            print("")
            var table = Table("RULE", "ABOUT", "SAYS")
            for finding in explanation.findings {
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
