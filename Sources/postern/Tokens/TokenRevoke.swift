import ArgumentParser
import Handlers
import JOSE

struct TokenRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Withdraw a registration token. What it has registered stays.")

    @Argument(help: "The id that \"token list\" shows; the token itself isn't needed.") var id: String
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        try config.open().initialAccessTokens.revoke(id)
        if format.json {
            print(JSON.object(["id": .string(id)]).readableText)
        } else {
            print("Withdrew the token \(DisplayText.safe(id)).")
        }
    }
}
