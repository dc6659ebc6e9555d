import OIDCLogic

func expectSessions(in store: some Store) throws {
    let user = User.fixture()
    try store.add(user)
    let session = Session.fixture()
    let digest: [UInt8] = [0, 1, 0, 255]
    try expect(try start(session, digest, "first", in: store), "a session starts")
    try expect(try store.session(digest: digest) == session, "every field of a session comes back as it went in")
    try expect(try store.session(session.id) == session, "by its id as well")
    try expect(try store.session(SessionID("session")) == nil, "which is compared whole")
    try expect(try store.session(digest: [0, 1, 0]) == nil, "a digest is compared whole")
    try expect(try store.session(digest: []) == nil, "an empty digest is no session's")
    try expect(try store.sessions(of: user.id, limit: 9) == [session], "a user's sessions are found")
    try expect(try store.sessions(of: user.id, limit: 0).isEmpty, "at most so many")
    try expect(try store.sessions(of: UserID("sub"), limit: 9).isEmpty, "and nobody else's")

    let second = Session.fixture("session-2")
    try expect(
        try store.start(second, digest: [2], former: .ended(session.id), spending: "first") == .attemptSpent,
        "an attempt serves once")
    try expect(try store.session(digest: [2]) == nil, "the second time starts nothing")
    try expect(try store.session(digest: digest) == session, "and ends nothing")
    try expect(try start(second, [2], "second", former: .ended(session.id), in: store), "a session may end another")
    try expect(try store.session(digest: digest) == nil, "which is gone then")
    try expect(try store.session(digest: [2]) == second, "while the new one is there")

    var raised = second
    raised.authTime = .noon + 30
    raised.amr = ["pwd", "otp"]
    raised.acr = "high"
    raised.lastUsedAt = .noon + 30
    raised.isRemembered = true
    raised.device = SessionDevice(address: "192.0.2.1", userAgent: nil)
    try expect(
        try start(raised, [3], "third", former: .renewed(presented: [2]), in: store), "a session gets a new digest")
    try expect(try store.session(digest: [3]) == raised, "and its new values")
    try expect(try store.session(digest: [2]) == nil, "the old digest is worth nothing")

    raised.authTime = nil
    raised.acr = nil
    try expect(try start(raised, [4], "fourth", former: .renewed(presented: [3]), in: store), "what isn't known")
    try expect(try store.session(digest: [4]) == raised, "comes back as not known")
    raised.authTime = .noon + 30
    raised.acr = "high"
    try expect(try start(raised, [3], "fifth", former: .renewed(presented: [4]), in: store), "until it is")

    try store.touch(raised.id, at: .noon + 90)
    try expect(try store.session(digest: [3])?.lastUsedAt == .noon + 90, "use is noted")
    try store.touch(raised.id, at: .noon - 90)
    try expect(try store.session(digest: [3])?.lastUsedAt == .noon + 90, "a clock set back moves nothing back")
    try store.touch(SessionID("unknown"), at: .noon)
    try store.endSession(raised.id)
    try expect(try store.session(digest: [3]) == nil && store.session(raised.id) == nil, "an ended session is gone")
    try store.endSession(raised.id)
    try store.touch(raised.id, at: .noon + 99)
    try expect(try store.session(digest: [3]) == nil, "and stays so")

    try expectEndOfOthers(in: store)
    try expectRenewal(in: store)
    try expectChangeBeforeSignIn(in: store)
    try expectSignInToMendAndClear(in: store)
}

private func expectEndOfOthers(in store: some Store) throws {
    let user = User.fixture()
    let other = User.fixture("sub-3", name: "cat")
    try store.add(other)
    for (number, id) in ["this", "that", "old"].enumerated() {
        try expect(try start(.fixture(id), [20, UInt8(number)], "begin \(id)", in: store), "a session starts")
    }
    let foreign = Session.fixture("foreign", of: other.id)
    try expect(
        try store.start(foreign, digest: [23], of: other, spending: "begin foreign") == .started, "one of another user")
    try expect(try store.endSessions(of: user.id, but: SessionID("this")) == 2, "all but one end")
    try expect(try store.sessions(of: user.id, limit: 9).map(\.id) == [SessionID("this")], "which stays")
    try expect(try store.session(foreign.id) == foreign, "as another user's does")
    try expect(try store.endSessions(of: user.id, but: SessionID("this")) == 0, "again is no error")
    try store.endSession(SessionID("this"))
    _ = try store.removeUser(other.id)
}

/// A session that is renewed, and one that ended, or was never the user's, when it should have been.
private func expectRenewal(in store: some Store) throws {
    let session = Session.fixture("renewed")
    try expect(try start(session, [10], "renewed", in: store), "a session starts")
    try expect(.exists, "a new session has an id of its own") { try start(session, [11], "same id", in: store) }
    try expect(try store.session(digest: [10]) == session, "and gives no other's a digest")

    let key = ThrottleKey.login(account: Username("ann"))
    try store.recordFailure(for: [key], at: .noon)
    let other = User.fixture("sub-2", name: "bob")
    try store.add(other)
    func expectNothing(
        _ session: Session, of user: User = .fixture(), presenting presented: [UInt8] = [10], _ promise: String
    ) throws {
        let outcome = try store.start(
            session, digest: [12], of: user, betterHash: "better", former: .renewed(presented: presented),
            spending: "unspent",
            clearing: [key])
        try expect(outcome == .sessionChanged, promise)
        try expect(try store.session(digest: [12]) == nil, "is not renewed")
        try expect(try store.failedAttempts(for: key) != nil, "which clears nothing")
        try expect(try store.user(user.id)?.passwordHash == user.passwordHash, "sets no hash")
    }
    try expectNothing(.fixture("renewed", of: other.id), of: other, "another user's session")
    try expect(try store.session(digest: [10]) == session, "and leaves it as it was")
    let late = Session(
        id: session.id, userID: session.userID, authTime: session.expiresAt, amr: session.amr, acr: session.acr,
        createdAt: session.createdAt, lastUsedAt: session.expiresAt, expiresAt: session.expiresAt + 1000,
        sidKey: session.sidKey)
    try expectNothing(late, "a session at its absolute end")
    try expectNothing(session, presenting: [], "a session whose cookie was not presented")
    try expect(
        try start(session, [13], "tab 1", former: .renewed(presented: [10]), in: store), "a cookie renews its session")
    try expectNothing(session, "a session that was renewed meanwhile")
    try expect(try store.session(digest: [13]) == session, "which keeps the cookie that it has")
    try store.endSession(session.id)
    try expectNothing(session, "a session that was ended")
    try expect(try store.session(session.id) == nil, "and stays ended")
    try expect(try store.spend(AttemptID("unspent"), until: .noon), "and spends no attempt")
    _ = try store.removeUser(other.id)
    try store.clearFailures(for: [key])
}

/// Who is changed between the check of a password and the sign-in by it.
private func expectChangeBeforeSignIn(in store: some Store) throws {
    let session = Session.fixture("kept")
    try expect(try start(session, [5], "kept", in: store), "a session starts")
    let key = ThrottleKey.login(account: Username("ann"))
    try store.recordFailure(for: [key], at: .noon)
    let checked = try store.user(UserID("sub-1")).orBroken("the user is gone")
    func expectNothing(_ promise: String) throws {
        let late = Session.fixture("late")
        let outcome = try store.start(
            late, digest: [6], of: checked, betterHash: "better", former: .ended(session.id), spending: "late",
            clearing: [key])
        try expect(outcome == .userChanged, promise)
        try expect(try store.session(digest: [6]) == nil, "starts no session")
        try expect(try store.failedAttempts(for: key) != nil, "clears nothing")
        try expect(try store.user(checked.id)?.passwordHash != "better", "and sets no hash")
    }
    var changed = checked
    changed.isDisabled = true
    changed = try store.replace(changed, ending: .nothing)
    try expectNothing("a user who was disabled meanwhile")
    changed.isDisabled = false
    changed.passwordHash = "another"
    changed = try store.replace(changed, ending: .nothing)
    try expectNothing("a user whose password was reset meanwhile")
    changed.passwordHash = nil
    changed = try store.replace(changed, ending: .nothing)
    try expectNothing("a user whose password was taken away meanwhile")
    try expect(try store.session(digest: [5]) == session, "and ends none")
    changed.passwordHash = checked.passwordHash
    changed = try store.replace(changed, ending: .nothing)
    try expect(
        try store.start(.fixture("late"), digest: [6], of: checked, spending: "late") == .started,
        "the attempt is unspent")
    _ = try store.removeUser(checked.id)
    try expect(
        try store.start(.fixture("gone"), digest: [7], of: checked, spending: "gone") == .userChanged,
        "a user who was removed meanwhile starts no session")
    try expect(try store.spend(AttemptID("gone"), until: .noon), "and spends no attempt")
}

private func expectSignInToMendAndClear(in store: some Store) throws {
    let user = User.fixture("sub-3", name: "cleo")
    try store.add(user)
    let keys = ["cleo", "dora"].map { ThrottleKey.login(account: Username($0)) }
    try store.recordFailure(for: keys, at: .noon)
    let outcome = try store.start(
        .fixture("first", of: user.id), digest: [8], of: user, betterHash: "better", spending: "mend",
        clearing: [keys[0]])
    try expect(outcome == .started, "a session starts")
    try expect(try store.user(user.id)?.passwordHash == "better", "with a better hash of the same password")
    try expect(try store.failedAttempts(for: keys[0]) == nil, "with it the failures are forgotten")
    try expect(try store.failedAttempts(for: keys[1]) != nil, "and no others")
    var stale = user
    stale.attributes = [:]
    try expect(.changed, "who read the user before it has read an older one") {
        try store.replace(stale, ending: .nothing)
    }
    try expect(
        try store.start(.fixture("second", of: user.id), digest: [9], of: user, spending: "stale") == .userChanged,
        "the former hash signs nobody in")
}

private func start(
    _ session: Session, _ digest: [UInt8], _ attempt: String, former: SessionStart.Former = .absent,
    in store: some Store
) throws -> Bool {
    try store.start(session, digest: digest, former: former, spending: attempt) == .started
}

func expectAttempts(in store: some Store) throws {
    for name in AwkwardName.all {
        try expect(try store.spend(AttemptID(name), until: .noon + 60), "an attempt is spent once")
        try expect(try !store.spend(AttemptID(name), until: .noon + 60), "not twice")
    }
    try store.add(User.fixture())
    let session = Session.fixture()
    let spent = try store.start(session, digest: [1], spending: AwkwardName.composed)
    try expect(spent == .attemptSpent, "a step and a session share the attempt")
    try expect(try start(session, [1], "new", in: store), "a session starts")
    try expect(try !store.spend(AttemptID("new"), until: .noon + 60), "which spends its attempt")
}

func expectParkedValues(in store: some Store) throws {
    func park(_ sealed: String, _ digest: [UInt8], from address: String, at now: Timestamp = .noon) throws -> Bool {
        try store.park(sealed, digest: digest, address: address, until: now + 600, now: now, limit: 2)
    }
    try expect(try park(AwkwardName.quoted, [1, 0], from: "192.0.2.1"), "a value is parked")
    let read = try store.parked(digest: [1, 0], at: .noon)
    try expect(read.map { Array($0.utf8) } == Array(AwkwardName.quoted.utf8), "and comes back as it went in")
    try expect(try store.parked(digest: [1], at: .noon) == nil, "by its digest alone")
    try expect(try store.parked(digest: [1, 0], at: .noon + 599) != nil, "until its time has come")
    try expect(try store.parked(digest: [1, 0], at: .noon + 600) == nil, "and no longer")
    try expect(try store.parked(digest: [1, 0], at: .noon - 600) != nil, "a clock set back ends nothing")

    try expect(try park("two", [2], from: "192.0.2.1"), "an address may park up to the limit")
    try expect(try !park("three", [3], from: "192.0.2.1"), "and no more")
    try expect(try store.parked(digest: [3], at: .noon) == nil, "so that isn't there")
    try expect(try park("three", [3], from: "192.0.2.2"), "another address may")
    try expect(try !park("four", [4], from: "192.0.2.1", at: .noon - 60), "a clock set back makes no room")
    try expect(try park("four", [4], from: "192.0.2.1", at: .noon + 600), "what has ended doesn't count")
}
