import ArgumentParser
import Handlers

struct UserShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one user.")

    @OptionGroup var user: UsernameArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let found = try config.open().users.user(user.name)
        UserOutput.print(found, heading: "The user", json: format.json)
    }
}
