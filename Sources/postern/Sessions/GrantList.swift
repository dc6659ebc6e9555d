import ArgumentParser
import Handlers

struct GrantList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what an app was granted and still holds, by sign-in, the newest first.")

    @OptionGroup var client: ClientIDArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let grants = try installation.grants.grants(of: try installation.clients.client(client.id)).map {
            (grant: $0, username: try installation.users.username(of: $0.userID))
        }
        guard !format.json else {
            print(
                Listing.json(try grants.map { try installation.grants.json($0.grant, username: $0.username) })
                    .readableText)
            return
        }
        var table = Table("ID", "USER NAME", "SCOPE", "MADE", "ENDS", "REFRESH TOKEN")
        for (grant, username) in grants {
            table.add(
                grant.id.value, username?.value ?? grant.userID.value, grant.scope.description,
                DisplayText.time(grant.createdAt.seconds), DisplayText.time(grant.expiresAt.seconds),
                grant.refresh == nil ? "-" : "yes")
        }
        table.print(empty: "The app holds nothing that it was granted.")
    }
}
