import ArgumentParser
import Handlers

struct UserList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List users by name.")

    @Option(
        help: ArgumentHelp("Those alone whose name or e-mail address begins with this.", valueName: "text"))
    var search: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let administration = try config.open().users
        let users = try search.map(administration.users(beginning:)) ?? administration.users()
        guard !format.json else {
            print(Listing.json(users.map(\.json)).readableText)
            return
        }
        var table = Table("USER NAME", "FULL NAME", "E-MAIL", "STATUS")
        for user in users {
            table.add(
                user.username.value, user.attributes["name"]?.stringValue ?? "",
                user.attributes["email"]?.stringValue ?? "", UserOutput.status(of: user))
        }
        table.print(
            empty: search.map { "There is no user whose name or address begins with \"\(DisplayText.safe($0))\"." }
                ?? "There are no users yet; add one with \"postern user add NAME\".")
    }
}
