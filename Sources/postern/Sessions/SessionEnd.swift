import ArgumentParser
import Handlers
import JOSE

struct SessionEnd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End one session, or sign a user out everywhere.",
        discussion: """
            With --user all of the user's sessions end, and what apps were granted with them: refresh tokens and access \
            tokens. They may sign in again; "user disable" is for those who may not.
            """)

    @Argument(help: ArgumentHelp("The id that \"session list\" shows.", valueName: "session-id")) var id: String?
    @Option(help: ArgumentHelp("Sign this user out everywhere.", valueName: "name")) var user: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard (id == nil) != (user == nil) else {
            throw ValidationError("Give either a session's id or --user NAME.")
        }
    }

    func run() throws {
        let installation = try config.open()
        if let id {
            try installation.sessions.end(id)
            tell("Ended the session \(DisplayText.safe(id)).", .object(["id": .string(id)]))
        } else if let user {
            let user = try installation.users.user(user)
            try installation.users.signOut(user)
            tell(
                "Signed \(DisplayText.safe(user.username.value)) out everywhere.",
                .object(["sub": .string(user.id.value), "username": .string(user.username.value)]))
        }
    }

    private func tell(_ text: String, _ json: JSON) { print(format.json ? json.readableText : text) }
}
