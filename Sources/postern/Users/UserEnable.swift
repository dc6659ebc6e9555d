import ArgumentParser
import Handlers

struct UserEnable: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a user who was disabled sign in again.")

    @OptionGroup var user: UsernameArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let changed = try config.open().users.enable(user.name)
        UserOutput.print(changed, heading: "Enabled the user", json: format.json)
    }
}
