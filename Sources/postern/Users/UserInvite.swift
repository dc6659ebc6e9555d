import ArgumentParser
import Handlers
import JOSE
import OIDCLogic

struct UserInvite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Print a link by which somebody becomes a user by signing in at an upstream.",
        discussion: """
            Whoever has the link signs in at one of your upstreams, and is this user from then on, by that identity. It serves
            once. Make the user before, with "postern user add NAME --no-password". It is the last word that is printed.
            """)

    @OptionGroup var user: UsernameArgument
    @Option(help: ArgumentHelp("For how long it may be taken: 3d, at most 30d.", valueName: "duration"))
    var lifetime = "3d"
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        guard let seconds = WrittenDuration.seconds(lifetime) else {
            throw ValidationError("--lifetime \(lifetime) must be \(WrittenDuration.explanation).")
        }
        let installation = try config.open()
        let link = installation.invitation(try installation.users.invite(user.name, for: seconds))
        if format.json {
            print(JSON.object(["username": .string(user.name), "link": .string(link)]).readableText)
        } else {
            print("For \(DisplayText.safe(user.name)), once, within \(lifetime):\n\(link)")
        }
    }
}
