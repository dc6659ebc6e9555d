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
    try expect(try store.activity(.failedSignIns, since: .noon, by: 60).isEmpty, "nothing failed yet")
    let failed = RefusalRecord(
        id: RefusalID("0123456789ab"), at: .noon + 5, endpoint: "login", error: "sign_in_failed", text: "failed",
        request: RefusedRequest(), detail: nil)
    store.offer(failed)
    store.settleRefusals()
    try expect(
        try store.activity(.failedSignIns, since: .noon, by: 60) == [ActivitySpan(start: .noon, count: 1)],
        "those that failed are counted by themselves")
    let all = try store.sessions(of: User.fixture().id, limit: 9)
    try expect(try store.sessionCount(at: .noon) == all.count, "living sessions are counted")
    try expect(try store.sessionCount(at: all[0].expiresAt) == 0, "and none that has ended")
}
