import ArgumentParser
import Handlers

struct RoleSet: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Describe a role anew.")

    @OptionGroup var role: RoleArgument
    @Option(help: ArgumentHelp("What people read on the consent page; \"\" takes it away.", valueName: "text"))
    var description: String
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let owner = try role.owner.owner(in: installation)
        let changed = try installation.roles.set(role.name, of: owner, description: description)
        RoleOutput.print(changed, heading: "Changed the role", json: format.json)
    }
}
