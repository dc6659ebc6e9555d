import ArgumentParser
import Handlers

struct UserRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a user with all sessions and grants.",
        discussion: "It can't be undone, and the subject never comes back; \"user disable\" can be undone.")

    @OptionGroup var user: UsernameArgument
    @Flag(help: "Don't ask at a terminal.") var yes = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let users = try config.open().users
        let found = try users.user(user.name)
        try Confirmation.require(
            "Remove the user \(DisplayText.safe(found.username.value)) for good? (yes/no)", given: yes)
        let removed = try users.remove(user.name)
        if format.json {
            print(removed.json.readableText)
        } else {
            print("Removed the user \(DisplayText.safe(removed.username.value)) with all sessions and grants.")
        }
    }
}
