import ArgumentParser
import Handlers

struct UserUnlink: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlink", abstract: "Let an upstream not know a user any more.",
        discussion: """
            Roles and attributes that they have by it alone are taken away, and sessions and grants that came from there end. \
            Signing in there again doesn't make them this user; "user invite" does.
            """)

    @OptionGroup var user: UsernameArgument
    @Argument(help: "The upstream's name, or the id that \"user show\" has beside it.") var upstream: String
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let user = try installation.users.user(user.name)
        let person = try installation.upstreams.unlink(upstream, from: user)
        guard !format.json else {
            print(person.json.readableText)
            return
        }
        let place = person.upstream?.value ?? person.link.id.issuer
        print("\(DisplayText.safe(place)) doesn't know \(DisplayText.safe(user.username.value)) any more.")
    }
}
