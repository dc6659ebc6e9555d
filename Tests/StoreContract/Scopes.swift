import OIDCLogic

func expectScopes(in store: some Store) throws {
    try expect(try store.catalogue() == .empty, "at first there is nothing")
    let plain = DefinedScope(ScopeName("orders:read"), description: AwkwardName.quoted)
    let bare = DefinedScope(ScopeName("bare"))
    try store.add(plain)
    try store.add(bare)
    let client = try Client.fixture()
    try store.add(client)
    let global = Role(RoleID("clerk"), description: AwkwardName.decomposed)
    let own = Role(RoleID("clerk", of: client.id))
    for role in [global, own] { try store.add(role) }
    let group = Group(
        GroupName(AwkwardName.composed), description: AwkwardName.withNUL, roles: [global.id, own.id])
    let other = Group(GroupName(AwkwardName.decomposed))
    for group in [group, other] { try store.add(group) }
    let catalogue = ScopeCatalogue(scopes: [plain, bare], roles: [global, own], groups: [group, other])
    try expect(try store.catalogue() == catalogue, "every field comes back as it went in")
    try expect(try store.catalogue() == catalogue, "and the second time too")

    try expect(.exists, "a scope's name is taken once") { try store.add(DefinedScope(plain.name)) }
    try expect(.exists, "a scope never has a role's name") { try store.add(DefinedScope(ScopeName("clerk"))) }
    try expect(.exists, "a role's id is taken once") { try store.add(Role(own.id)) }
    try expect(.exists, "a role never has a scope's name") { try store.add(Role(RoleID("bare"))) }
    try expect(.exists, "nor does an app's") { try store.add(Role(RoleID("bare", of: client.id))) }
    try expect(.missing, "a role belongs to an app that is there") {
        try store.add(Role(RoleID("clerk", of: ClientID("gone"))))
    }
    try expect(.exists, "a group's name is taken once") { try store.add(Group(group.name)) }
    try expect(.missing, "a group has roles that are there") {
        try store.add(Group(GroupName("new"), roles: [RoleID("gone")]))
    }
    try expect(try store.catalogue() == catalogue, "and what was refused changes nothing")
    try expectChangeOfScopes(plain, own, group, in: store)
    try expectRolesOfUsers(in: store)
}

private func expectChangeOfScopes(
    _ plain: DefinedScope, _ own: Role, _ group: Group, in store: some Store
) throws {
    try store.replace(plain, by: DefinedScope(plain.name, description: "other"))
    try store.replace(own, by: Role(own.id, description: "other"))
    try expect(.changed, "of two changes of one scope the second fails") {
        try store.replace(plain, by: DefinedScope(plain.name, description: "third"))
    }
    try expect(.changed, "as of two changes of one role") {
        try store.replace(own, by: Role(own.id, description: "third"))
    }
    try store.replace(Group(group.name, description: "other", roles: [own.id]))
    var catalogue = try store.catalogue()
    try expect(catalogue.scopes[plain.name]?.description == "other", "a scope is changed")
    try expect(catalogue.roles[own.id]?.description == "other", "a role is changed")
    try expect(catalogue.roles[RoleID("clerk")]?.description == AwkwardName.decomposed, "and no other")
    let changed = Group(group.name, version: 2, description: "other", roles: [own.id])
    try expect(catalogue.groups[group.name] == changed, "a group is changed to its next version")
    try expect(.changed, "a change of an older version is refused") { try store.replace(group) }
    try expect(.changed, "a group is given roles that are there") {
        try store.replace(Group(group.name, version: 2, roles: [RoleID("gone")]))
    }
    try expect(try store.catalogue() == catalogue, "and nothing has changed then")
    try expect(.missing, "only a scope that is there is changed") {
        try store.replace(plain, by: DefinedScope(ScopeName("no")))
    }
    try expect(.missing, "only a role that is there is changed") {
        try store.replace(own, by: Role(RoleID("no")))
    }
    try expect(.missing, "only a group that is there is changed") { try store.replace(Group(GroupName("no"))) }

    try expect(try store.removeScope(plain.name), "a scope is removed")
    try expect(try !store.removeScope(plain.name), "the second time there is none")
    try expect(try store.removeRole(own.id), "a role is removed")
    try expect(try !store.removeRole(own.id), "the second time there is none")
    catalogue = try store.catalogue()
    try expect(catalogue.scopes[plain.name] == nil && catalogue.roles[own.id] == nil, "and they are gone")
    try expect(catalogue.groups[group.name]?.roles == [], "the group has lost the role")
    try expect(.changed, "what the group was before doesn't bring it back") { try store.replace(changed) }
}

private func expectRolesOfUsers(in store: some Store) throws {
    let own = RoleID("editor", of: ClientID("app"))
    let group = GroupName(AwkwardName.composed)
    try store.add(Role(own))
    var ann = User.fixture()
    ann.roles = [RoleID("clerk"), own]
    ann.groups = [group]
    try store.add(ann)
    try expect(try store.user(ann.id) == ann, "roles and groups of a user come back as they went in")
    try expect(try store.user(named: ann.username) == ann, "by name as well")
    try expect(try store.users(after: nil, limit: 1) == [ann], "and in a list")
    var other = User.fixture("sub-2", name: "bob")
    other.roles = [RoleID("gone")]
    try expect(.missing, "a new user holds roles that are there") { try store.add(other) }
    try expect(try store.user(other.id) == nil, "and isn't there otherwise")
    other.roles = [RoleID("clerk")]
    try store.add(other)

    var changed = ann
    changed.roles = [own, RoleID("gone")]
    try expect(.changed, "a user is given roles that are there") { try store.replace(changed, ending: .everything) }
    changed.roles = [own]
    changed.groups = [GroupName("gone")]
    try expect(.changed, "and groups that are there") { try store.replace(changed, ending: .everything) }
    try expect(try store.user(ann.id) == ann, "and nothing has changed then")
    changed.groups = []
    changed = try store.replace(changed, ending: .nothing)
    try expect(try store.user(ann.id) == changed, "roles and groups are changed")
    try expect(try store.user(other.id) == other, "those of others stay")
    changed.groups = [group]
    changed = try store.replace(changed, ending: .nothing)

    try expect(try store.removeRole(own), "a role is removed")
    try expect(try store.user(ann.id)?.roles == [], "and taken from its holders")
    try store.add(Role(own))
    try expect(try store.user(ann.id)?.roles == [], "one of that name that is made later is held by nobody")
    try expect(.changed, "and a change of an older state doesn't bring it back") {
        try store.replace(changed, ending: .nothing)
    }
    changed = try store.user(ann.id).orBroken("the user is gone")
    changed.roles = [own]
    changed = try store.replace(changed, ending: .nothing)
    try expect(try store.removeGroup(group), "a group is removed")
    try expect(try !store.removeGroup(group), "the second time there is none")
    try expect(try store.user(ann.id)?.groups == [], "and its users are out of it")
    try expect(.changed, "a change of an older state doesn't bring it back") {
        try store.replace(changed, ending: .nothing)
    }
    changed = try store.user(ann.id).orBroken("the user is gone")
    try expect(changed.roles == [own], "what was held directly stays")
    try expect(try store.removeClient(ClientID("app")), "a client is removed")
    try expect(try store.catalogue().roles.keys.sorted() == [RoleID("clerk")], "with its roles")
    try expect(try store.user(ann.id)?.roles == [], "which nobody holds any more")
    try expect(.changed, "and no older state brings them back") { try store.replace(changed, ending: .nothing) }
}
