import ArgumentParser
import Handlers

struct RoleRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a role, and take it from all users and groups.",
        discussion: "A role of that name that is made later is held by nobody.")

    @OptionGroup var role: RoleArgument
    @Flag(help: "Don't ask at a terminal.") var yes = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let owner = try role.owner.owner(in: installation)
        let name = DisplayText.safe(try installation.roles.role(role.name, of: owner).id.description)
        try Confirmation.require("Remove the role \(name) from all who hold it? (yes/no)", given: yes)
        let removed = try installation.roles.remove(role.name, of: owner)
        if format.json {
            print(removed.json.readableText)
        } else {
            print("Removed the role \(name) from all who held it.")
        }
    }
}
