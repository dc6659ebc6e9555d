import JOSE
import OIDCLogic

func expectSigningKeys(in store: some Store) throws {
    try expect(try store.signingKeys().isEmpty, "at first there are no keys")
    let young = SigningKeyRecord.fixture("young", .rs256, createdAt: .noon + 5)
    let old = SigningKeyRecord.fixture("old", .es256)
    try store.add([young, old])
    try expect(try store.signingKeys() == [old, young], "every field of a key comes back, the oldest key first")
    let twin = SigningKeyRecord.fixture("a twin", .edDSA)
    try store.add([twin])
    try expect(try store.signingKeys() == [old, twin, young], "keys of one second in the order they came")
    try expect(.exists, "a key is added once") { try store.add([SigningKeyRecord.fixture("new", .ps256), old]) }
    try expect(.exists, "one key of an algorithm is next") { try store.add([SigningKeyRecord.fixture("new", .es256)]) }
    try expect(try store.signingKeys() == [old, twin, young], "and all are added or none")

    try expectSteps(of: old, among: [twin, young], in: store)
    try expectEnd(of: [twin, young], in: store)
}

private func expectSteps(of key: SigningKeyRecord, among others: [SigningKeyRecord], in store: some Store) throws {
    let states: [SigningKeyState] = [
        .active(sealed: "sealed", since: .noon + 1, longestToken: 3600),
        .active(sealed: "sealed", since: .noon + 1, longestToken: 7200),
        .retired(.init(activeSince: .noon + 1, at: .noon + 2, publishedUntil: .noon + 3, keptUntil: .noon + 9)),
        .revoked(at: .noon + 4, keptUntil: .noon + 10),
    ]
    var former = key
    for state in states {
        let next = key.fixture(state)
        try store.change([.move(former, to: next)])
        try expect(
            try store.signingKeys() == [next] + others, "a key goes on, with all of its state, and no other does")
        try expect(.changed, "one that has gone on doesn't do so again") {
            try store.change([.move(former, to: key.fixture(.revoked(at: .noon, keptUntil: .noon)))])
        }
        former = next
    }
    try expect(.changed, "only a key that is there can go on") {
        try store.change([.move(.fixture("none"), to: SigningKeyRecord.fixture("none").fixture(states[0]))])
    }
    try expect(try store.signingKeys() == [former] + others, "and what is refused changes nothing")
}

private func expectEnd(of keys: [SigningKeyRecord], in store: some Store) throws {
    let revoked = try store.signingKeys()[0]
    let active = keys[0].fixture(.active(sealed: "sealed", since: .noon, longestToken: 1))
    try store.change([.move(keys[0], to: active)])
    let rival = SigningKeyRecord.fixture("rival", keys[0].algorithm, createdAt: .noon + 6, state: active.state)
    try expect(.changed, "one key of an algorithm signs") { try store.change([.add(rival)]) }
    let retired = active.fixture(
        .retired(.init(activeSince: .noon, at: .noon, publishedUntil: .noon, keptUntil: .noon + 20)))
    try expect(.changed, "steps are taken all or none") {
        try store.change([.move(active, to: retired), .move(active, to: retired)])
    }
    try expect(try store.signingKeys() == [revoked, active, keys[1]], "so the first is undone with the second")
    try store.change([.move(active, to: retired), .add(rival)])
    try expect(try store.signingKeys() == [revoked, retired, keys[1], rival], "where the one ends, the other may sign")

    _ = try store.prune(at: .noon + 9, limit: 10)
    try expect(try store.signingKeys().count == 4, "a key stays until its time has come")
    try expect(try store.prune(at: .noon + 10, limit: 10) == 1, "then it goes")
    try expect(try store.signingKeys() == [retired, keys[1], rival], "and no other")
    _ = try store.prune(at: .noon + 1_000_000_000, limit: 10)
    try expect(try store.signingKeys() == [keys[1], rival], "what signs or will sign stays for ever")
}

func expectGeneration(in store: some Store) throws {
    var last = try store.generation()
    try expect(try store.generation() == last, "the generation stands while nothing changes")
    func expectChange(_ what: String, _ change: () throws -> Void) throws {
        try change()
        let now = try store.generation()
        try expect(now != last, "\(what) changes the generation")
        last = now
    }
    try expectChange("a new client") { try store.add(try Client.fixture()) }
    try expectChange("a changed client") { try store.replace(try Client.fixture(name: "Renamed")) }
    let claim = try CustomClaim.fixture(client: "app")
    try expectChange("a new custom claim") { try store.add(claim) }
    try expectChange("a changed custom claim") { try store.replace(claim) }
    try expectChange("a removed custom claim") { _ = try store.removeCustomClaim(claim.id) }
    try expectChange("a removed client") { _ = try store.removeClient(ClientID("app")) }
    try expectChange("a new key") { try store.add([SigningKeyRecord.fixture()]) }
    let key = SigningKeyRecord.fixture().fixture(.revoked(at: .noon, keptUntil: .noon))
    try expectChange("a key's state") { try store.change([.move(.fixture(), to: key)]) }
    try expectChange("a removed key") { _ = try store.prune(at: .noon, limit: 10) }
    try expectChange("a client again") { try store.add(try Client.fixture()) }
    try expectChange("a new scope") { try store.add(DefinedScope(ScopeName("a"))) }
    try expectChange("a changed scope") {
        try store.replace(DefinedScope(ScopeName("a")), by: DefinedScope(ScopeName("a"), description: "A"))
    }
    try expectChange("a removed scope") { _ = try store.removeScope(ScopeName("a")) }
    try expectChange("a new role") { try store.add(Role(RoleID("clerk"))) }
    try expectChange("a changed role") {
        try store.replace(Role(RoleID("clerk")), by: Role(RoleID("clerk"), description: "A clerk"))
    }
    try expectChange("a new group") { try store.add(Group(GroupName("staff"))) }
    try expectChange("a changed group") { try store.replace(Group(GroupName("staff"), roles: [RoleID("clerk")])) }
    try expectChange("a removed role") { _ = try store.removeRole(RoleID("clerk")) }
    try expectChange("a removed group") { _ = try store.removeGroup(GroupName("staff")) }
    try store.add(User.fixture())
    _ = try store.start(.fixture(), digest: [1], spending: "session")
    try expect(try store.redeemOrRevoke(Grant.fixture()) == .recorded, "a new code is redeemed")
    try expect(try store.generation() == last, "users, sessions and grants don't")
}

func expectReading(in store: some Store) throws {
    try store.add(Client.fixture())
    try store.reading {
        try expect(try store.client(ClientID("app")) == Client.fixture(), "what was there is read")
        let generation = try store.generation()
        try store.add(User.fixture())
        try expect(try store.user(User.fixture().id) == User.fixture(), "and what was written since")
        try store.replace(Client.fixture(name: "Renamed"))
        try expect(try store.client(ClientID("app"))?.metadata.name == "Renamed", "and what was changed")
        try expect(try store.generation() != generation, "the generation with it")
        let inner = try store.reading { try store.client(ClientID("app")) }
        try expect(inner?.metadata.name == "Renamed", "one moment may hold another")
        try expect(try store.user(User.fixture().id) != nil, "and goes on after it")
    }
    try expect(try store.client(ClientID("app"))?.metadata.name == "Renamed", "and after all of it")
}
