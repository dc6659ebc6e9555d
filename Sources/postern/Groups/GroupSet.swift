import ArgumentParser
import Handlers

struct GroupSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a group.", discussion: "What isn't named stays.")

    @OptionGroup var group: GroupNameArgument
    @OptionGroup var roles: RoleChangeOptions
    @Option(help: ArgumentHelp("What it is for; \"\" takes it away.", valueName: "text")) var description: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        guard description != nil || !roles.change.isEmpty else {
            throw ValidationError("Say what to change, such as --add-role ROLE.")
        }
        let changed = try config.open().groups.set(group.name, description: description, roles: roles.change)
        GroupOutput.print(changed, heading: "Changed the group", json: format.json)
    }
}
