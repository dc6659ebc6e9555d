import ArgumentParser
import Handlers

struct UserSetPassword: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-password", abstract: "Reset a user's password, and end all their sessions.")

    @OptionGroup var user: UsernameArgument
    @OptionGroup var password: PasswordOptions
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let users = try config.open().users
        _ = try users.user(user.name)
        let secret = try password.password(for: user.name, users)
        let changed = try users.setPassword(user.name, to: secret)
        let shown = password.generatePassword ? secret : nil
        UserOutput.print(
            changed, heading: "Reset the password; all sessions and grants have ended", password: shown,
            json: format.json)
    }
}
