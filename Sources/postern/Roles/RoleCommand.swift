import ArgumentParser
import Handlers
import OIDCLogic

struct RoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Define roles: scopes that are granted to those users who hold them.",
        discussion: """
            A role belongs to all apps, or to one (--client). That of an app is written NAME@CLIENT elsewhere. Users hold \
            it by "postern user set NAME --role ROLE", or by a group: see "postern group".
            """,
        subcommands: [RoleAdd.self, RoleList.self, RoleShow.self, RoleSet.self, RoleRemove.self])
}

/// Which role is meant.
struct RoleArgument: ParsableArguments {
    @Argument(help: "The role's name; that of an app is NAME@CLIENT, or has --client.") var name: String
    @OptionGroup var owner: RoleOwnerOption
}

struct RoleOwnerOption: ParsableArguments {
    @Option(help: ArgumentHelp("The app that it belongs to.", valueName: "client-id")) var client: String?

    /// Throws with the nearest id if there is none.
    func owner(in installation: Installation) throws -> Client? {
        try client.map { id in try installation.clients.client(id) }
    }
}

/// How a role is shown.
enum RoleOutput {
    static func print(_ role: Role, heading: String, json: Bool, files: DeclaringFiles? = nil) {
        guard !json else {
            Swift.print((files?.mark(role.json, .role(role.id)) ?? role.json).readableText)
            return
        }
        Swift.print("\(heading)\n")
        var details = Details()
        details.add("role", role.id.description)
        details.add("of", role.owner?.value ?? "all apps")
        details.add("description", role.description)
        details.add("declared in", files?[.role(role.id)])
        details.print()
    }
}
