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
    try expect(try store.removeUpstreamDeclaration(corp.name, isShadowed: false), "one that is there is removed")
    try expectMoved("one is removed")
    try expect(try !store.removeUpstreamDeclaration(corp.name, isShadowed: false), "the second time there is none")
    try expect(try store.upstreamDeclarations() == [other], "and is gone at the next read")
    try expect(try store.upstreamHealth(at: .noon)[corp.name]?.signedInAt == nil, "with what was known of it")

    store.note(.signedIn, of: other.name, at: .noon)
    store.settleObservations()
    let key = SigningKeyRecord.fixture("one", .rs256)
    try store.changeKeys(of: other.name, [.add(key)])
    try expect(try store.removeUpstreamDeclaration(other.name, isShadowed: true), "one that another hides is removed")
    try expect(try store.upstreamKeys(of: other.name) == [key], "and leaves that one its keys")
    try expect(try store.upstreamHealth(at: .noon)[other.name]?.signedInAt == .noon, "and how it went")
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

/// What is told of a sign-in that an administrator wants to see.
func expectUpstreamTraces(in store: some Store) throws {
    let corp = UpstreamName("corp")
    func trace(_ id: String, digest: UInt8) -> UpstreamTrace {
        UpstreamTrace(
            id: UpstreamTraceID(id), upstream: corp, digest: [digest], startedAt: .noon,
            expiresAt: .noon + UpstreamTrace.lifetime)
    }
    func steps(of id: UpstreamTraceID) throws -> [String] {
        let trace = try store.upstreamTrace(of: corp, at: .noon).orBroken("there is a trace")
        try expect(trace.id == id, "of the last link that was made")
        return trace.steps.map(\.what)
    }
    let (first, second) = (trace("one", digest: 1), trace("two", digest: 2))
    try expect(try store.upstreamTrace(of: corp, at: .noon) == nil, "at first there is none")
    try store.start(first)
    try expect(try store.upstreamTrace(of: corp, at: .noon) == first, "every field comes back as it went in")
    try store.start(second)
    try expect(try store.upstreamTrace(of: corp, at: .noon) == second, "a new one takes the place of the one before")
    try expect(try store.beginUpstreamTrace(digest: [1], at: .noon) == nil, "whose link is worth nothing any more")
    try expect(try store.beginUpstreamTrace(digest: [2], at: second.expiresAt) == nil, "as is one whose time is over")
    try expect(try store.beginUpstreamTrace(digest: [2], at: .noon + 9)?.begunAt == .noon + 9, "a link begins it")
    try expect(try store.beginUpstreamTrace(digest: [2], at: .noon + 9) == nil, "once")

    let step = UpstreamTrace.Step(at: .noon, "a", ["b": .string(AwkwardName.quoted)])
    try store.record([step], of: second.id, at: .noon)
    try expect(try store.upstreamTrace(of: corp, at: .noon)?.steps == [step], "a step is kept with all of it")
    try store.record([UpstreamTrace.Step(at: .noon, "b")], of: second.id, at: .noon)
    try expect(try steps(of: second.id) == ["a", "b"], "the next ones follow it")
    try store.record([step], of: first.id, at: .noon)
    try store.record([step], of: second.id, at: second.expiresAt)
    try expect(try steps(of: second.id) == ["a", "b"], "none is added to another, or too late")
    let long = UpstreamTrace.Step(at: .noon, "c", .string(String(repeating: "x", count: 10_000)))
    let end = UpstreamTrace.Step(at: .noon, "d", ["why": "it is so"], outcome: .refused)
    try expect(
        try store.upstreamTrace(of: corp, at: .noon)?.endedAt == nil, "as long as nothing says how, it hasn't ended")
    try store.record(Array(repeating: long, count: 20) + [end], of: second.id, at: .noon + 10)
    let kept = try store.upstreamTrace(of: corp, at: .noon).orBroken("there is a trace")
    let length = JSON.array(kept.steps.map(\.json)).serialized().count
    try expect(length <= UpstreamTrace.limit && kept.steps.map(\.what).prefix(3) == ["a", "b", "c"], "it is bounded")
    try expect(kept.steps.last == end && kept.endedAt == .noon + 10, "and has ended, as is said in any case")
    try store.record([step], of: second.id, at: .noon)
    try expect(try store.upstreamTrace(of: corp, at: .noon) == kept, "so no step follows")

    try expect(try store.upstreamTrace(of: corp, at: second.expiresAt) == nil, "when its time is over, it isn't shown")
    _ = try store.prune(at: second.expiresAt, limit: 9)
    try expect(try store.upstreamTrace(of: corp, at: .noon) == nil, "and forgotten")
    try store.start(second)
    try expect(try store.removeUpstreamTrace(of: corp), "it is removed before that")
    try expect(try !store.removeUpstreamTrace(of: corp), "once")
}
