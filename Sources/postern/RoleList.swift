import ArgumentParser
import Handlers

struct RoleList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all roles by name, or those of one app.")

    @OptionGroup var owner: RoleOwnerOption
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let roles = try installation.roles.roles(of: owner.owner(in: installation))
        guard !format.json else {
            print(Listing.json(roles.map(\.json)).readableText)
            return
        }
        var table = Table("ROLE", "OF", "DESCRIPTION")
        for role in roles { table.add(role.id.description, role.owner?.value ?? "all apps", role.description ?? "") }
        table.print(empty: "There are no roles yet; define one with \"postern role add NAME\".")
    }
}
