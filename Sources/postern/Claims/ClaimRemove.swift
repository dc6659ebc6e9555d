import ArgumentParser
import Handlers

struct ClaimRemove: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove a claim.")

    @OptionGroup var claim: ClaimArgument
    @Flag(help: "Don't ask at a terminal.") var yes = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let claims = try config.open().claims
        let found = try claims.claim(claim.name, of: claim.client)
        let name = DisplayText.safe(found.name.text)
        try Confirmation.require("Remove the claim \(name) for good? (yes/no)", given: yes)
        let removed = try claims.remove(found.id.value, of: nil)
        if format.json { print(removed.json.readableText) } else { print("Removed the claim \(name).") }
    }
}
