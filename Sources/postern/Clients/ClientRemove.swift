import ArgumentParser
import Handlers

struct ClientRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove an app with its roles, consents and grants.")

    @OptionGroup var client: ClientIDArgument
    @Flag(help: "Don't ask at a terminal.") var yes = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let clients = try config.open().clients
        let found = try clients.client(client.id)
        let name = DisplayText.safe(found.displayName)
        try Confirmation.require("Remove the app \(name) for good? (yes/no)", given: yes)
        let removed = try clients.remove(client.id)
        if format.json {
            print(removed.json.readableText)
        } else {
            print("Removed the app \(name) with its roles, consents and grants.")
        }
    }
}
