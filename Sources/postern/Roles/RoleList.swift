import ArgumentParser
import Handlers
import OIDCLogic

struct RoleList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all roles by name, or those of one app.")

    @OptionGroup var owner: RoleOwnerOption
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let roles = try installation.roles.roles(of: owner.owner(in: installation))
        let files = try installation.declaringFiles()
        guard !format.json else {
            print(Listing.json(roles.map { files.mark($0.json, .role($0.id)) }).readableText)
            return
        }
        var table = Table("ROLE", "OF", "DESCRIPTION", "DECLARED IN")
        for role in roles {
            table.add(
                role.id.description, role.owner?.value ?? "all apps", role.description ?? "",
                files[.role(role.id)] ?? "")
        }
        table.print(empty: "There are no roles yet; define one with \"postern role add NAME\".")
    }
}
