import ArgumentParser
import Handlers

struct UserDisable: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Stop a user from signing in, and end all their sessions.")

    @OptionGroup var user: UsernameArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let changed = try config.open().users.disable(user.name)
        UserOutput.print(
            changed, heading: "Disabled the user; all sessions and grants have ended", json: format.json)
    }
}
