import ArgumentParser
import Handlers

struct GroupList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all groups by name.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let groups = try config.open().groups.groups()
        guard !format.json else {
            print(Listing.json(groups.map(\.json)).readableText)
            return
        }
        var table = Table("GROUP", "ROLES", "DESCRIPTION")
        for group in groups {
            let roles = group.roles.sorted().map(\.description).joined(separator: " ")
            table.add(group.name.value, roles, group.description ?? "")
        }
        table.print(empty: "There are no groups yet; make one with \"postern group add NAME --role ROLE\".")
    }
}
