import ArgumentParser
import Handlers

struct UserList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all users by name.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let users = try config.open().users.users()
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
        table.print(empty: "There are no users yet; add one with \"postern user add NAME\".")
    }
}
