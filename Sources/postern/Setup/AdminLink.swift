import ArgumentParser
import Handlers
import JOSE

struct AdminLink: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Print a link by which an administrator chooses a password.",
        discussion:
            "It serves once, for 15 minutes, and ends the sessions that they have. It is the last word that is printed."
    )

    @OptionGroup var user: UsernameArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let link = installation.address(of: try installation.users.link(user.name))
        if format.json {
            print(JSON.object(["username": .string(user.name), "link": .string(link)]).readableText)
        } else {
            print("For \(DisplayText.safe(user.name)), once, within 15 minutes:\n\(link)")
        }
    }
}
