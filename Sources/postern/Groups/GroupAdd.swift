import ArgumentParser
import Handlers

struct GroupAdd: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Make a group.")

    @OptionGroup var group: GroupNameArgument
    @Option(
        name: .customLong("role"), parsing: .singleValue,
        help: ArgumentHelp("A role that its users hold. May be repeated.", valueName: "role"))
    var roles: [String] = []
    @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var description: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let added = try config.open().groups.add(group.name, description: description, roles: roles)
        GroupOutput.print(added, heading: "Made the group", json: format.json)
    }
}
