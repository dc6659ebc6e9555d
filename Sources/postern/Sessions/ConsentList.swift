import ArgumentParser
import Handlers

struct ConsentList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what users have allowed an app to know.")

    @OptionGroup var client: ClientIDArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let consents = try installation.consents.consents(to: try installation.clients.client(client.id)).map {
            (consent: $0, username: try installation.users.username(of: $0.userID))
        }
        guard !format.json else {
            print(Listing.json(consents.map { $0.consent.json(username: $0.username) }).readableText)
            return
        }
        var table = Table("USER NAME", "SCOPE", "SINCE")
        for (consent, username) in consents {
            table.add(
                username?.value ?? consent.userID.value, consent.scope.description,
                DisplayText.time(consent.grantedAt.seconds))
        }
        table.print(empty: "No user was asked and agreed.")
    }
}
