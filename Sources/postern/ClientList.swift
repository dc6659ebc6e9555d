import ArgumentParser
import Handlers
import OIDCLogic

struct ClientList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all apps by their ids.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let clients = try installation.clients.clients()
        let files = try installation.declaringFiles()
        guard !format.json else {
            print(Listing.json(clients.map { files.mark($0.json, .client($0.id)) }).readableText)
            return
        }
        var table = Table("CLIENT ID", "NAME", "KIND", "MADE", "DECLARED IN")
        for client in clients {
            table.add(
                client.id.value, client.metadata.name ?? "", ClientOutput.kind(of: client),
                DisplayText.day(client.createdAt.seconds), files[.client(client.id)] ?? "")
        }
        table.print(empty: "There are no apps yet; register one with \"postern client add NAME --redirect-uri URI\".")
    }
}
