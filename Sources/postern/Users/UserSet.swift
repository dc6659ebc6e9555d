import ArgumentParser
import Handlers

struct UserSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change what is kept about a user.",
        discussion: """
            --role and --group say which the user has from then on; --add-role, --remove-role, --add-group and \
            --remove-group leave the others. What isn't named stays. A role of an app is written NAME@CLIENT.

            --email puts an address in the place of the primary one; --add-email and --remove-email leave the others, and \
            --primary-email names the one that apps see, while the former stays beside it. An address that is new counts \
            as not verified, unless --verified-email names it too.

            With --password-stdin or --generate-password it resets the password as well, as "set-password" does.
            """)

    @OptionGroup var user: UsernameArgument
    @OptionGroup var attributes: AttributeOptions
    @OptionGroup var roles: RoleChangeOptions
    @OptionGroup var groups: GroupChangeOptions
    @Option(help: ArgumentHelp("Which of the addresses apps see.", valueName: "address")) var primaryEmail: String?
    @Option(
        name: .customLong("remove-email"), parsing: .singleValue,
        help: ArgumentHelp("An address that the user has no longer. May be repeated.", valueName: "address"))
    var removedEmails: [String] = []
    @OptionGroup var password: PasswordOptions
    @Option(help: ArgumentHelp("A new user name. The subject that apps know stays.", valueName: "name"))
    var rename: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        var changes = try attributes.changes()
        if let primaryEmail { try changes.change(.makePrimary(primaryEmail)) }
        for address in removedEmails { try changes.change(.remove(address)) }
        let isReset = password.passwordStdin || password.generatePassword
        let isAssignment = !roles.change.isEmpty || !groups.change.isEmpty
        guard !changes.isEmpty || isAssignment || rename != nil || isReset else {
            throw ValidationError("Say what to change, such as --email ADDRESS.")
        }
        let users = try config.open().users
        let secret = isReset ? try password.password(for: user.name, users) : nil
        let changed = try users.set(
            user.name, attributes: changes, roles: roles.change, groups: groups.change, newName: rename,
            password: secret)
        let shown = password.generatePassword ? secret : nil
        UserOutput.print(changed, heading: "Changed the user", password: shown, json: format.json)
    }
}
