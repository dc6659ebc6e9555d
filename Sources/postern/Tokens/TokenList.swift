import ArgumentParser
import Handlers

struct TokenList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the registration tokens, the newest first.",
        discussion: "Those that have ended are told of for 30 days more.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let tokens = try installation.initialAccessTokens.tokens()
        let now = installation.time
        guard !format.json else {
            print(Listing.json(tokens.map { $0.json(at: now) }).readableText)
            return
        }
        var table = Table("ID", "STATE", "LEFT", "UNTIL", "SCOPES", "HOSTS", "APPROVAL", "PRESET", "MADE BY", "NOTE")
        for token in tokens {
            table.add(
                token.id.value, token.state(at: now).rawValue, "\(token.usesLeft) of \(token.uses)",
                DisplayText.time(token.expiresAt.seconds), token.permit.scope?.description ?? "built-in, own roles",
                token.permit.redirectHosts.isEmpty
                    ? "any" : token.permit.redirectHosts.map(\.description).joined(separator: " "),
                token.permit.needsApproval ? "needed" : "-", token.permit.preset.rawValue,
                try token.issuedBy.map(installation.audit.name) ?? "-", token.note ?? "")
        }
        table.print(empty: "There are none; make one with \"postern token issue\".")
    }
}
