import ArgumentParser
import Handlers

struct RoleShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one role.")

    @OptionGroup var role: RoleArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let found = try installation.roles.role(role.name, of: role.owner.owner(in: installation))
        RoleOutput.print(found, heading: "The role", json: format.json, files: try installation.declaringFiles())
    }
}
