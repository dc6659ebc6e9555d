import ArgumentParser
import Handlers

/// Which roles change, as `client set` changes redirect URIs.
struct RoleChangeOptions: ParsableArguments {
    @Option(
        name: .customLong("role"), parsing: .singleValue,
        help: ArgumentHelp("Takes the place of all roles. May be repeated.", valueName: "role"))
    var roles: [String] = []
    @Flag(help: "Take all roles away.") var noRoles = false
    @Option(
        name: .customLong("add-role"), parsing: .singleValue,
        help: ArgumentHelp("One more role. May be repeated.", valueName: "role"))
    var addedRoles: [String] = []
    @Option(
        name: .customLong("remove-role"), parsing: .singleValue,
        help: ArgumentHelp("A role to take away. May be repeated.", valueName: "role"))
    var removedRoles: [String] = []

    func validate() throws {
        guard !noRoles || roles.isEmpty else { throw ValidationError("--role and --no-roles exclude each other.") }
    }

    var change: AssignmentChange {
        AssignmentChange(
            replacing: roles.isEmpty && !noRoles ? nil : roles, adding: addedRoles, removing: removedRoles)
    }
}

/// Which groups of a user change.
struct GroupChangeOptions: ParsableArguments {
    @Option(
        name: .customLong("group"), parsing: .singleValue,
        help: ArgumentHelp("Takes the place of all groups. May be repeated.", valueName: "group"))
    var groups: [String] = []
    @Flag(help: "Take the user out of all groups.") var noGroups = false
    @Option(
        name: .customLong("add-group"), parsing: .singleValue,
        help: ArgumentHelp("One more group. May be repeated.", valueName: "group"))
    var addedGroups: [String] = []
    @Option(
        name: .customLong("remove-group"), parsing: .singleValue,
        help: ArgumentHelp("A group to take the user out of. May be repeated.", valueName: "group"))
    var removedGroups: [String] = []

    func validate() throws {
        guard !noGroups || groups.isEmpty else { throw ValidationError("--group and --no-groups exclude each other.") }
    }

    var change: AssignmentChange {
        AssignmentChange(
            replacing: groups.isEmpty && !noGroups ? nil : groups, adding: addedGroups, removing: removedGroups)
    }
}
