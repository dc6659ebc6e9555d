import ArgumentParser
import Handlers

struct UserAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user.",
        discussion: """
            At a terminal the password is asked for. It needs at least 8 characters, of any kind.
            """)

    @OptionGroup var user: UsernameArgument
    @OptionGroup var attributes: AttributeOptions
    @Option(
        name: .customLong("role"), parsing: .singleValue,
        help: ArgumentHelp("A role that the user holds. May be repeated.", valueName: "role"))
    var roles: [String] = []
    @Option(
        name: .customLong("group"), parsing: .singleValue,
        help: ArgumentHelp("A group that the user belongs to. May be repeated.", valueName: "group"))
    var groups: [String] = []
    @OptionGroup var password: PasswordOptions
    @Flag(help: "Add a user who can't sign in with a password.") var noPassword = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard !(noPassword && (password.passwordStdin || password.generatePassword)) else {
            throw ValidationError("--no-password excludes the options that give one.")
        }
    }

    func run() throws {
        let users = try config.open().users
        let changes = try attributes.changes()
        let secret = noPassword ? nil : try password.password(for: user.name, users)
        let added = try users.add(
            user.name, password: secret, attributes: changes, roles: roles, groups: groups)
        let shown = password.generatePassword ? secret : nil
        UserOutput.print(added, heading: "Added the user", password: shown, json: format.json)
    }
}
