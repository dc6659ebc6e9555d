import ArgumentParser
import Handlers

struct ClientList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all apps by their ids.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let clients = try config.open().clients.clients()
        guard !format.json else {
            print(Listing.json(clients.map(\.json)).readableText)
            return
        }
        var table = Table("CLIENT ID", "NAME", "KIND", "MADE")
        for client in clients {
            table.add(
                client.id.value, client.metadata.name ?? "", ClientOutput.kind(of: client),
                DisplayText.day(client.createdAt.seconds))
        }
        table.print(empty: "There are no apps yet; register one with \"postern client add NAME --redirect-uri URI\".")
    }
}
