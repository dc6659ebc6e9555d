import OIDCLogic

func expectDeclarations(in store: some Store) throws {
    try expect(try store.declarations().isEmpty, "at first nothing is declared")
    let scope = DefinedScope(ScopeName("orders"))
    let global = Role(RoleID("clerk"))
    let app = try Client.fixture()
    let own = Role(RoleID("clerk", of: app.id))
    let group = Group(GroupName(AwkwardName.decomposed), roles: [global.id, own.id])
    let claim = try CustomClaim.fixture(client: app.id.value)
    let objects: [DeclaredObject] = [
        .scope(scope), .role(global), .client(app), .role(own), .group(group), .claim(claim),
    ]
    let file = AwkwardName.quoted
    let before = try store.generation()
    try store.apply(objects.map { .add($0, in: file) }, at: before)
    let names = objects.map(\.name)
    try expect(
        try store.declarations() == Dictionary(uniqueKeysWithValues: names.map { ($0, file) }), "each is that file's")
    for name in names { try expect(try store.declaration(of: name) == file, "which is told of one as well") }
    try expect(try store.client(app.id) == app, "a client comes back as it went in")
    try expect(try store.customClaims(for: app.id) == [claim], "a claim too")
    let catalogue = ScopeCatalogue(scopes: [scope], roles: [global, own], groups: [group])
    try expect(try store.catalogue() == catalogue, "and scopes, roles and groups")
    try expect(
        try store.declaration(of: .group(GroupName(AwkwardName.composed))) == nil, "names are told apart by their bytes"
    )
    try expect(try store.generation() != before, "the generation moves")
    try expectWholeOrNothing(in: store)
    try expectAssignment(of: app, claim, group, in: store)
    try expectUndeclaring(in: store)
}

private func expectWholeOrNothing(in store: some Store) throws {
    let declared = try store.declarations()
    let catalogue = try store.catalogue()
    let generation = try store.generation()
    let new = DeclaredChange.add(.scope(DefinedScope(ScopeName("new"))), in: "a.yaml")
    try expect(.changed, "what was decided on before something changed is refused") {
        try store.apply([new], at: generation - 1)
    }
    let faults: [(StoreError, DeclaredChange)] = [
        (.exists, .add(.scope(DefinedScope(ScopeName("orders"))), in: "a.yaml")),
        (.exists, .add(.role(Role(RoleID("orders"))), in: "a.yaml")),
        (.missing, .replace(.scope(DefinedScope(ScopeName("gone"))), in: "a.yaml")),
        (.changed, .replace(.client(try Client.fixture().next), in: "a.yaml")),
        (.missing, .remove(.client(ClientID("gone")))), (.missing, .assign(.role(RoleID("gone")), to: "a.yaml")),
        (.missing, .assign(.group(GroupName("gone")), to: nil)),
        (.missing, .add(.group(Group(GroupName("g"), roles: [RoleID("gone")])), in: "a.yaml")),
    ]
    for (error, change) in faults {
        try expect(error, "one that fails fails all") { try store.apply([new, change], at: generation) }
    }
    try expect(try store.declarations() == declared, "and nothing is declared otherwise")
    try expect(try store.catalogue() == catalogue, "or added")
}

private func expectAssignment(
    of client: Client, _ claim: CustomClaim, _ group: Group, in store: some Store
) throws {
    let names = [DeclaredName.client(client.id), .claim(claim.id), .group(group.name), .role(RoleID("clerk"))]
    try store.apply(names.map { .assign($0, to: nil) }, at: store.generation())
    for name in names { try expect(try store.declaration(of: name) == nil, "what is released is no file's") }
    try expect(try store.client(client.id) == client.next, "it stays, as the next version")
    try expect(.changed, "so who changes it as another's looks again") { try store.replace(client) }
    try expect(.changed, "a claim too") { try store.replace(claim) }
    try expect(.changed, "and a group") { try store.replace(group) }
    try store.apply(names.map { .assign($0, to: "b.yaml") }, at: store.generation())
    for name in names { try expect(try store.declaration(of: name) == "b.yaml", "what is given to a file is its") }

    var changed = client.next.next
    changed.isFirstParty = false
    let role = Role(RoleID("clerk"), description: "other")
    try store.apply(
        [.replace(.client(changed), in: "c.yaml"), .replace(.role(role), in: "c.yaml")], at: store.generation())
    try expect(try store.client(client.id) == changed.next, "what is declared otherwise is changed")
    try expect(try store.catalogue().roles[role.id] == role, "roles too")
    try expect(try store.declaration(of: .client(client.id)) == "c.yaml", "and is the file's that said it last")
}

private func expectUndeclaring(in store: some Store) throws {
    let app = ClientID("app")
    let grant = Grant.fixture("declared", client: app.value)
    try store.add(User.fixture())
    try expect(try store.start(.fixture(), digest: [1], spending: "session") == .started, "a session starts")
    try expect(try store.redeemOrRevoke(grant) == .recorded, "a code is redeemed")
    try store.apply([.remove(.scope(ScopeName("orders"))), .remove(.client(app))], at: store.generation())
    try expect(
        Set(try store.declarations().keys) == [.role(RoleID("clerk")), .group(GroupName(AwkwardName.decomposed))],
        "what is removed is declared no more, nor what goes with it")
    try expect(try store.grant(grant.id)?.isRevoked == true, "the grants of a client are revoked")
    try store.add(try Client.fixture())
    try expect(try store.declaration(of: .client(app)) == nil, "a later one of that name is no file's")
    try store.apply(
        [.remove(.group(GroupName(AwkwardName.decomposed))), .remove(.role(RoleID("clerk")))], at: store.generation())
    try expect(try store.declarations().isEmpty, "all can go")
}
