import JOSE
import OIDCLogic

/// What an administrator does with groups of users.
package struct GroupAdministration {
    private let store: any AdministrationStore

    package init(store: any AdministrationStore) { self.store = store }

    /// Throws ``AdministrationError`` and `StoreError`; then nothing has changed.
    package func add(_ name: String, description: String? = nil, roles: [String] = []) throws -> Group {
        guard name.hasPlaceInPath else { throw AdministrationError.noPlaceInPath(name).of("name") }
        let catalogue = try store.catalogue()
        let group = Group(
            GroupName(
                try AdministrationError.of("name") { () throws(AdministrationError) in
                    try ChosenName.accepted(name, for: "a group's name")
                }),
            description: try DescriptionRule.accept(description),
            roles: try AssignmentChange(replacing: roles).applied(rolesOf: [], in: catalogue))
        do {
            try store.add(group)
        } catch StoreError.exists {
            throw AdministrationError.exists(
                "there is a group \"\(group.name)\" already; choose another name, or change that one"
            ).of("name")
        } catch StoreError.missing {
            throw AdministrationError.missing("a role was removed meanwhile; nothing was added")
        }
        return group
    }

    /// Throws ``AdministrationError`` with the nearest name if there is none.
    package func group(_ name: String) throws -> Group { try store.catalogue().group(named: name) }

    /// In order of their names.
    package func groups() throws -> [Group] { try store.catalogue().groups.values.sorted { $0.name < $1.name } }

    /// An empty `description` takes it away.
    package func set(_ name: String, description: String? = nil, roles: AssignmentChange = .init()) throws -> Group {
        try ChangeAgain.whileOthersDo {
            try change(try store.catalogue().group(named: name), description: description, roles: roles)
        }
    }

    /// The same, of the group as it was read. Throws `StoreError.changed` if it has changed since.
    func change(_ former: Group, description: String?, roles: AssignmentChange) throws -> Group {
        try DeclaredRule(store: store).checkChange(of: .group(former.name), "the group \"\(former.name)\"")
        var group = former
        if let description { group.description = try DescriptionRule.accept(description) }
        group.roles = try roles.applied(rolesOf: group.roles, in: try store.catalogue())
        do {
            try store.replace(group)
        } catch StoreError.missing {
            throw AdministrationError.missing("the group \"\(group.name)\" was removed meanwhile")
        }
        return group.next
    }

    /// Takes all users out of it. Returns what it was.
    package func remove(_ name: String) throws -> Group {
        let group = try group(name)
        try DeclaredRule(store: store).checkRemoval(of: .group(group.name), "the group \"\(group.name)\"")
        _ = try store.removeGroup(group.name)
        return group
    }
}

extension ScopeCatalogue {
    /// Throws ``AdministrationError`` with the nearest name if there is none.
    func group(named name: String) throws(AdministrationError) -> Group {
        if let group = groups[GroupName(ChosenName.normalized(name))] { return group }
        let question = Nearest.question(name, among: groups.keys.map(\.value))
        throw .missing("there is no group \"\(name)\".\(question)")
    }
}

extension Group {
    package var json: JSON {
        var object: [String: JSON] = [
            "name": .string(name.value), "roles": .array(roles.sorted().map { .string($0.description) }),
        ]
        object["description"] = description.map(JSON.string)
        return .object(object)
    }
}
