import ArgumentParser
import Handlers
import JOSE

struct GrantRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a grant: its refresh token and its access tokens end.")

    @OptionGroup var client: ClientIDArgument
    @Argument(help: ArgumentHelp("The id that \"grant list\" shows.", valueName: "grant-id")) var id: String
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        try installation.grants.revoke(id, of: try installation.clients.client(client.id))
        if format.json {
            print(JSON.object(["id": .string(id)]).readableText)
        } else {
            print("Revoked the grant \(DisplayText.safe(id)).")
        }
    }
}
