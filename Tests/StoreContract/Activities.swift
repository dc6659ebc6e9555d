import OIDCLogic

func expectActivity(in store: some Store) throws {
    try store.add(User.fixture())
    for (number, time) in [Timestamp.noon - 3600, .noon, .noon + 59, .noon + 60].enumerated() {
        let session = Session.fixture("session \(number)")
        let isStarted = try store.acting(as: .system, at: time) {
            try store.start(session, digest: [UInt8(number)], spending: "attempt \(number)") == .started
        }
        try expect(isStarted, "a session starts")
    }
    try expect(
        try store.activity(.signIns, since: .noon, by: 60) == [
            ActivitySpan(start: .noon, count: 2), ActivitySpan(start: .noon + 60, count: 1),
        ], "sign-ins are counted span by span, from then on")
    try expect(
        try store.activity(.signIns, since: .noon + 61, by: 60).isEmpty, "a span without any is left out")
    try expect(try store.activity(.failedSignIns, since: .noon, by: 3600).isEmpty, "nothing failed yet")
    let failed = RefusalRecord(
        id: RefusalID("0123456789ab"), at: .noon + 5, endpoint: "login", error: "sign_in_failed", text: "failed",
        request: RefusedRequest(), detail: nil)
    store.offer(failed)
    store.settleObservations()
    try expect(
        try store.activity(.failedSignIns, since: .noon, by: 3600) == [ActivitySpan(start: .noon, count: 1)],
        "those that failed are counted by themselves")
    let all = try store.sessions(of: User.fixture().id, limit: 9)
    try expect(try store.sessionCount(at: .noon) == all.count, "living sessions are counted")
    try expect(try store.sessionCount(at: all[0].expiresAt) == 0, "and none that has ended")
    _ = try store.prune(at: .noon, limit: 9)
    _ = try store.prune(at: .noon + 60, limit: 9)
    try expect(
        try store.activity(.sessions, since: .noon, by: 86_400).map(\.count) == [all.count],
        "the most that lived in an hour are remembered")
    _ = try store.prune(at: all[0].expiresAt, limit: 9)
    try expect(
        try store.activity(.sessions, since: .noon, by: 86_400).map(\.count) == [all.count],
        "when they have ended, too")
    _ = try store.prune(at: .noon + Activity.memory + 3600, limit: 9)
    try expect(try store.activity(.sessions, since: .noon, by: 86_400).isEmpty, "and are forgotten in time")
    try expect(try store.activity(.failedSignIns, since: .noon, by: 86_400).isEmpty, "as are failures")
}

func expectTokenServiceEvents(in store: some Store) throws {
    // The beginning of an hour.
    let hour = Timestamp(1_800_000_000)
    let events: [(TokenServiceEvent, Timestamp)] = [
        (.issued, hour), (.issued, hour + 3599), (.issuedToService, hour), (.refreshed, hour + 3600),
        (.introspected, hour), (.revoked, hour), (.refused(.invalidGrant), hour),
        (.refused(.invalidClient), hour + 3600),
    ]
    for (event, time) in events { store.note(event, at: time) }
    store.settleObservations()
    store.note(.issued, at: hour + 1)
    store.settleObservations()
    func counts(_ activity: Activity) throws -> [Int] {
        try store.activity(activity, since: hour, by: 3600).map(\.count)
    }
    try expect(try counts(.tokens) == [4, 1], "tokens are counted hour by hour, however they were asked for")
    try expect(try counts(.tokenRefusals) == [1, 1], "and refusals by themselves")
    try expect(
        try store.activity(.tokens, since: hour, by: 86_400).map(\.count) == [5], "by the day they are added up")
    try expect(
        try store.tokenServiceEvents(since: hour).map { "\($0.name) \($0.count)" } == [
            "introspected 1", "issued 3", "issued_to_service 1", "refreshed 1", "refused.invalid_client 1",
            "refused.invalid_grant 1", "revoked 1",
        ], "each kind is counted")
    try expect(
        try store.tokenServiceEvents(since: hour + 3600).map(\.name) == ["refreshed", "refused.invalid_client"],
        "and only since then")
    _ = try store.prune(at: hour + Activity.memory, limit: 99)
    try expect(try counts(.tokens) == [1], "they are forgotten hour by hour")
    _ = try store.prune(at: hour + Activity.memory + 3600, limit: 99)
    try expect(try store.tokenServiceEvents(since: hour).isEmpty, "in time")
}

func expectClientUses(in store: some Store) throws {
    let (a, b, c) = (ClientID("a"), ClientID("b"), ClientID("c"))
    let names = [a, b, c]
    for (number, name) in names.enumerated() {
        try store.add(Client.fixture(name.value, createdAt: .noon + Int64(number)))
    }
    try expect(try store.lastUse(of: a) == nil, "a client that nobody has used has no last use")
    let later = Timestamp.noon + 100
    func unused(since start: Timestamp, after position: UnusedPosition? = nil, limit: Int = 9) throws -> [ClientID] {
        try store.clients(unusedSince: start, after: position, limit: limit).map(\.id)
    }
    try expect(try unused(since: later) == names, "those unused the longest come first")
    try expect(try unused(since: .noon + 2) == [a, b], "one that was not there yet is not among them")
    let generation = try store.generation()
    let version = try store.client(a)?.version
    store.noteUse(of: a, at: later)
    store.noteUse(of: ClientID("gone"), at: later)
    store.settleObservations()
    try expect(try store.lastUse(of: a) == later, "a use is kept")
    try expect(try store.generation() == generation && store.client(a)?.version == version, "and changes nothing else")
    try expect(try unused(since: later) == [b, c], "one that was used since is not among them")
    try expect(try unused(since: later + 1) == [b, c, a], "one that was used before is")
    try expect(
        try unused(since: later + 1, after: UnusedPosition(since: .noon + 1, client: b), limit: 1) == [c],
        "a page goes on where the last one ended")
    store.noteUse(of: a, at: later + 7200)
    store.noteUse(of: a, at: later)
    store.settleObservations()
    try expect(try store.lastUse(of: a) == later + 7200, "the last one counts, in whichever order they are told")
    _ = try store.replace(store.client(a).orBroken("a client is there"))
    try expect(try store.lastUse(of: a) == later + 7200, "a change of the client leaves it")
}
