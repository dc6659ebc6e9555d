import JOSE
import OIDCLogic

func expectCustomClaims(in store: some Store) throws {
    let app = try Client.fixture()
    try store.add(app)
    try store.add(try Client.fixture("spare"))
    let global = try CustomClaim.fixture()
    try store.add(global)
    try expect(try store.customClaims(for: app.id) == [global], "every field of a claim comes back as it went in")
    try expect(try store.customClaims(for: app.id) == [global], "and the second time too")
    let own = try CustomClaim.fixture(
        "claim-2", client: "app", source: .constant(["a": [1, .null, "b"]]), scope: nil, destinations: nil)
    try store.add(own)
    let seen = try store.customClaims(for: app.id)
    try expect(
        seen.count == 2 && seen.contains(own) && seen.contains(global), "a client sees its own and the global ones")
    try expect(try store.customClaims(for: ClientID("spare")) == [global], "and no other's")
    try expect(try store.customClaims(for: ClientID("nobody")) == [global], "who isn't there sees the global ones")

    try expect(.exists, "a name is taken once among the global ones") { try store.add(try CustomClaim.fixture("x")) }
    try expect(.exists, "and once at a client") { try store.add(try CustomClaim.fixture("x", client: "app")) }
    try expect(.exists, "an id is taken once") { try store.add(try CustomClaim.fixture("claim-1", name: "other")) }
    try expect(.missing, "a client that isn't there has no claims") {
        try store.add(try CustomClaim.fixture("x", client: "nobody"))
    }
    try store.add(try CustomClaim.fixture("claim-3", client: "spare", source: .attribute("a"), destinations: []))
    try store.add(try CustomClaim.fixture("claim-0", name: "Department"))
    var nested = try CustomClaim.fixture("nested", name: "nested")
    let brackets = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
    nested.source = .constant(try JSON(parsing: Array(brackets.utf8)))
    try store.add(nested)
    try expect(try store.customClaims(after: ClaimID("claim-3"), limit: 10) == [nested], "what can be read is kept")
    _ = try store.removeCustomClaim(nested.id)
    try expect(
        try store.customClaims(after: nil, limit: 10).map(\.id.value) == ["claim-0", "claim-1", "claim-2", "claim-3"],
        "claims come in the order of their ids")
    try expect(
        try store.customClaims(after: ClaimID("claim-0"), limit: 2).map(\.id.value) == ["claim-1", "claim-2"],
        "a page begins after an id")
    try expect(try store.customClaims(after: nil, limit: 0).isEmpty, "a limit of 0 gives none")

    var changed = own
    changed.source = .attribute("other")
    changed.scope = "x"
    changed.destinations = []
    changed.isRequired = false
    changed.updatedAt = .noon + 9
    let next = try store.replace(changed)
    try expect(try store.customClaims(for: app.id).contains(next), "a change is seen at the next read")
    try expect(next == changed.next, "as the next version of what was given")
    try expect(.changed, "a change of an older version is refused") { try store.replace(own) }
    try expect(.missing, "only what is there can be changed") { try store.replace(try CustomClaim.fixture("x")) }

    try expect(try store.removeCustomClaim(global.id), "a claim that is there is removed")
    try expect(try !store.removeCustomClaim(global.id), "the second time there is none")
    try expect(try !store.customClaims(for: app.id).contains(global), "and is gone at the next read")
    _ = try store.removeClient(app.id)
    try expect(
        try store.customClaims(after: nil, limit: 10).map(\.id.value) == ["claim-0", "claim-3"],
        "a client's claims go with it, and no other")
    try store.add(app)
    try expect(
        try store.customClaims(for: app.id).map(\.id.value) == ["claim-0"], "and don't serve a later client of that id")
}
