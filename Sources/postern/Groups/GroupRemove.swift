import ArgumentParser
import Handlers

struct GroupRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a group. Its users lose the roles that they hold by it alone.")

    @OptionGroup var group: GroupNameArgument
    @Flag(help: "Don't ask at a terminal.") var yes = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let groups = try config.open().groups
        let name = DisplayText.safe(try groups.group(group.name).name.value)
        try Confirmation.require("Remove the group \(name)? (yes/no)", given: yes)
        let removed = try groups.remove(group.name)
        if format.json { print(removed.json.readableText) } else { print("Removed the group \(name).") }
    }
}
