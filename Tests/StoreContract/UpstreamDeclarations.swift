import JOSE
import OIDCLogic

/// Upstreams that administrators have added.
func expectUpstreamDeclarations(in store: some Store) throws {
    try expect(try store.upstreamDeclarations().isEmpty, "at first there are none")
    var generation = try store.generation()
    func expectMoved(_ what: String) throws {
        let now = try store.generation()
        try expect(now != generation, "the generation moves when \(what)")
        generation = now
    }
    let corp = UpstreamDeclaration(
        name: UpstreamName("corp"),
        members: ["issuer": .string(AwkwardName.quoted), "roles": ["a": "1 = 1"], "scope": ["openid", "email"]],
        sealedSecret: "sealed", createdAt: .noon, updatedAt: .noon + 1)
    try store.add(corp)
    try expectMoved("one is added")
    try expect(try store.upstreamDeclarations() == [corp], "every field comes back as it went in")
    try expect(.exists, "a name is taken once") { try store.add(corp) }
    let other = UpstreamDeclaration(
        name: UpstreamName("another"), members: [:], createdAt: .noon, updatedAt: .noon)
    try store.add(other)
    try expect(try store.upstreamDeclarations() == [other, corp], "they come in the order of their names")
    generation = try store.generation()

    var changed = corp
    changed.members["issuer"] = "https://corp.example"
    changed.sealedSecret = nil
    changed.updatedAt = .noon + 9
    let next = try store.replace(changed)
    try expectMoved("one is changed")
    try expect(next == changed.next, "as the next version of what was given")
    try expect(try store.upstreamDeclarations() == [other, next], "a change is seen at the next read")
    try expect(.changed, "a change of an older version is refused") { try store.replace(corp) }
    try expect(.missing, "only what is there can be changed") {
        try store.replace(
            UpstreamDeclaration(name: UpstreamName("x"), members: [:], createdAt: .noon, updatedAt: .noon))
    }

    store.note(.signedIn, of: corp.name, at: .noon)
    store.settleObservations()
    try expect(try store.removeUpstreamDeclaration(corp.name), "one that is there is removed")
    try expectMoved("one is removed")
    try expect(try !store.removeUpstreamDeclaration(corp.name), "the second time there is none")
    try expect(try store.upstreamDeclarations() == [other], "and is gone at the next read")
    try expect(try store.upstreamHealth(at: .noon)[corp.name]?.signedInAt == nil, "with what was known of it")
}

/// How it goes with upstreams, whoever has declared them.
func expectUpstreamHealth(in store: some Store) throws {
    let (corp, other) = (UpstreamName("corp"), UpstreamName("other"))
    // The beginning of an hour.
    let hour = Timestamp(1_800_000_000)
    func health(at now: Timestamp) throws -> UpstreamHealth? {
        store.settleObservations()
        return try store.upstreamHealth(at: now)[corp]
    }
    try expect(try health(at: hour) == nil, "at first nothing is known")
    store.note(.signedIn, of: corp, at: hour)
    store.note(.signedIn, of: corp, at: hour + 10)
    store.note(.failed("why"), of: other, at: hour)
    try expect(
        try health(at: hour + 10) == UpstreamHealth(signedInAt: hour + 10, signIns: 2),
        "sign-ins are counted, of each by itself, and the last one is known")
    store.note(.failed(String(repeating: "é", count: 1000)), of: corp, at: hour + 3600)
    let failed = try health(at: hour + 3600).orBroken("something is known")
    try expect(failed.failure?.at == hour + 3600 && failed.failures == 1, "so are failures")
    try expect((failed.failure?.reason.utf8.count ?? 0) <= UpstreamEvent.reasonLimit + 2, "with a bounded reason")
    try expect(failed.signedInAt == hour + 10 && failed.signIns == 2, "and leave the sign-ins as they were")

    store.note(.fellSilent, of: corp, at: hour + 3700)
    try expect(try health(at: hour + 3700)?.unreachableSince == hour + 3700, "one that doesn't answer is known")
    store.note(.fellSilent, of: corp, at: hour + 3800)
    try expect(try health(at: hour + 3800)?.unreachableSince == hour + 3700, "since when it first didn't")
    store.note(.failed("again"), of: corp, at: hour + 3900)
    let silent = try health(at: hour + 3900)
    try expect(
        silent?.unreachableSince == hour + 3700 && silent?.failure?.reason == "again",
        "a failure says nothing else of that")
    store.note(.answered, of: corp, at: hour + 4000)
    try expect(try health(at: hour + 4000)?.unreachableSince == nil, "until it answers")
    store.note(.fellSilent, of: corp, at: hour + 4100)
    store.note(.signedIn, of: corp, at: hour + 4200)
    try expect(try health(at: hour + 4200)?.unreachableSince == nil, "or somebody signs in")

    let later = try health(at: hour + 86_400 + 10)
    try expect(later?.signIns == 1 && later?.failures == 2, "what is counted is of a day")
    _ = try store.prune(at: hour + UpstreamHealth.memory + 3600, limit: 99)
    try expect(try health(at: hour + 4200)?.signIns == 0, "and forgotten in time")
    try expect(try health(at: hour)?.signedInAt == hour + 4200, "what was last isn't")
}
