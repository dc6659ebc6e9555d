import ArgumentParser
import Handlers

struct RoleAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Define a role.",
        discussion: """
            The name is what apps ask for as a scope: any that a scope may have, without "@", or \
            mx:app:userrole:UUID for a Mendix user role.
            """)

    @Argument(help: "What apps ask for.") var name: String
    @OptionGroup var owner: RoleOwnerOption
    @Option(help: ArgumentHelp("What people read on the consent page.", valueName: "text")) var description: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let added = try installation.roles.add(name, of: owner.owner(in: installation), description: description)
        RoleOutput.print(added, heading: "Defined the role", json: format.json)
    }
}
