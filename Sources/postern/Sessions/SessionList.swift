import ArgumentParser
import Handlers

struct SessionList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List where a user is signed in, the newest first.")

    @OptionGroup var user: UsernameArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let user = try installation.users.user(user.name)
        let sessions = try installation.sessions.sessions(of: user)
        guard !format.json else {
            print(Listing.json(sessions.map(\.json)).readableText)
            return
        }
        var table = Table("ID", "SIGNED IN", "BY", "LAST USED", "ENDS", "KEPT", "FROM")
        for session in sessions {
            table.add(
                session.id.value, DisplayText.time((session.authTime ?? session.signedInAt).seconds),
                ((session.upstream.map { ["\($0.upstream):"] } ?? []) + session.amr).joined(separator: " "),
                DisplayText.time(session.lastUsedAt.seconds), DisplayText.time(session.expiresAt.seconds),
                session.isRemembered ? "yes" : "-", session.device?.address ?? "-")
        }
        table.print(empty: "\(DisplayText.safe(user.username.value)) is signed in nowhere.")
    }
}
