import OIDCLogic

/// What changes in the roles or the groups that someone has: names as an administrator writes them.
package struct AssignmentChange: Sendable {
    /// Takes the place of all that are there; nil leaves them.
    private let replacement: [String]?
    private let added: [String]
    private let removed: [String]

    package init(replacing replacement: [String]? = nil, adding added: [String] = [], removing removed: [String] = []) {
        self.replacement = replacement
        self.added = added
        self.removed = removed
    }

    package var isEmpty: Bool { replacement == nil && added.isEmpty && removed.isEmpty }

    /// Throws ``AdministrationError`` for a role that isn't there, or isn't held where it is to be taken away.
    func applied(rolesOf held: Set<RoleID>, in catalogue: ScopeCatalogue) throws(AdministrationError) -> Set<RoleID> {
        let held = Set(held.filter { catalogue.roles[$0] != nil })
        return try applied(to: held, "role", of: "roles") { name throws(AdministrationError) in
            try catalogue.role(written: name).id
        }
    }

    /// Throws ``AdministrationError`` for a group that isn't there, or that the user is not in where they are to be taken
    /// out.
    func applied(
        groupsOf held: Set<GroupName>, in catalogue: ScopeCatalogue
    ) throws(AdministrationError) -> Set<GroupName> {
        let held = Set(held.filter { catalogue.groups[$0] != nil })
        return try applied(to: held, "group", of: "groups") { name throws(AdministrationError) in
            try catalogue.group(named: name).name
        }
    }

    private func applied<Name: Hashable & Comparable & CustomStringConvertible>(
        to held: Set<Name>, _ what: String, of member: String,
        find: (String) throws(AdministrationError) -> Name
    ) throws(AdministrationError) -> Set<Name> {
        try AdministrationError.of(member) { () throws(AdministrationError) in
            var result = held
            if let replacement {
                result = []
                for name in replacement { result.insert(try find(name)) }
            }
            for name in added { result.insert(try find(name)) }
            for name in removed where result.remove(try find(name)) == nil {
                let names = held.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
                throw .missing(
                    "the \(what) \"\(name)\" isn't there to be taken away; there is \(names.isEmpty ? "none" : names)")
            }
            return result
        }
    }
}
