import ArgumentParser
import Handlers
import OIDCLogic

struct GroupList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all groups by name.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let groups = try installation.groups.groups()
        let files = try installation.declaringFiles()
        guard !format.json else {
            print(Listing.json(groups.map { files.mark($0.json, .group($0.name)) }).readableText)
            return
        }
        var table = Table("GROUP", "ROLES", "DESCRIPTION", "DECLARED IN")
        for group in groups {
            let roles = group.roles.sorted().map(\.description).joined(separator: " ")
            table.add(group.name.value, roles, group.description ?? "", files[.group(group.name)] ?? "")
        }
        table.print(empty: "There are no groups yet; make one with \"postern group add NAME --role ROLE\".")
    }
}
