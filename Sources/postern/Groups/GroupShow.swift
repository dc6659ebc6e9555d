import ArgumentParser
import Handlers

struct GroupShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one group.")

    @OptionGroup var group: GroupNameArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let found = try installation.groups.group(group.name)
        GroupOutput.print(found, heading: "The group", json: format.json, files: try installation.declaringFiles())
    }
}
