import JOSE
import OIDCLogic

func expectSigningKeys(in store: some Store) throws {
    try expect(try store.signingKeys().isEmpty, "at first there are no keys")
    let young = SigningKeyRecord.fixture("young", createdAt: .noon + 5)
    let old = SigningKeyRecord.fixture("old")
    try store.add([young, old])
    try expect(try store.signingKeys() == [old, young], "every field of a key comes back, the oldest key first")
    let twin = SigningKeyRecord.fixture("a twin")
    try store.add([twin])
    try expect(try store.signingKeys() == [old, twin, young], "keys of one second in the order they came")
    try expect(.exists, "a key is added once") { try store.add([SigningKeyRecord.fixture("new"), old]) }
    try expect(try store.signingKeys() == [old, twin, young], "and all are added or none")

    for status in SigningKeyRecord.Status.allCases {
        try store.setStatus(status, ofKey: old.keyID)
        let statuses = try store.signingKeys().map(\.status)
        try expect(statuses == [status, .next, .next], "a key's status changes, and no other's")
    }
    try expect(.missing, "only a key that is there can change") { try store.setStatus(.active, ofKey: "none") }
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
    try expectChange("a key's status") { try store.setStatus(.active, ofKey: "key-1") }
    try expectChange("a client again") { try store.add(try Client.fixture()) }
    try expectChange("a new scope") { try store.add(DefinedScope(ScopeName("a"))) }
    try expectChange("a changed scope") { try store.replace(DefinedScope(ScopeName("a"), description: "A")) }
    try expectChange("a removed scope") { _ = try store.removeScope(ScopeName("a")) }
    try expectChange("a new role") { try store.add(Role(RoleID("clerk"))) }
    try expectChange("a changed role") { try store.replace(Role(RoleID("clerk"), description: "A clerk")) }
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
