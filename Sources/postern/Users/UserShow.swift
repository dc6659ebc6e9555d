import ArgumentParser
import Handlers

struct UserShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one user, and which upstreams know them.")

    @OptionGroup var user: UsernameArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let found = try installation.users.user(user.name)
        let people = try installation.upstreams.people(of: found)
        UserOutput.print(found, knownAs: people, heading: "The user", json: format.json)
    }
}
