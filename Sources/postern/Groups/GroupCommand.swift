import ArgumentParser
import Handlers
import OIDCLogic

struct GroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: "Bring users together, who hold the group's roles.",
        discussion: "Users are put into it by \"postern user set NAME --add-group GROUP\".",
        subcommands: [GroupAdd.self, GroupList.self, GroupShow.self, GroupSet.self, GroupRemove.self])
}

/// A group's name, as an argument.
struct GroupNameArgument: ParsableArguments {
    @Argument(help: "The group's name.") var name: String
}

/// How a group is shown.
enum GroupOutput {
    static func print(_ group: Group, heading: String, json: Bool, files: DeclaringFiles? = nil) {
        guard !json else {
            Swift.print((files?.mark(group.json, .group(group.name)) ?? group.json).readableText)
            return
        }
        Swift.print("\(heading)\n")
        var details = Details()
        details.add("group", group.name.value)
        details.add("description", group.description)
        details.add("role", group.roles.sorted().map(\.description))
        details.add("declared in", files?[.group(group.name)])
        details.print()
    }
}
