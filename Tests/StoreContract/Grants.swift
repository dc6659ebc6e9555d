import OIDCLogic

func expectGrants(in store: some Store) throws {
    try store.addFixtures()
    let grant = Grant.fixture()
    try expect(try store.grant(grant.id) == nil, "before a code is used nothing is granted")
    try expect(try store.redeemOrRevoke(grant) == .recorded, "a new code is redeemed")
    let read = try store.grant(grant.id)
    try expect(read == grant, "every field of a grant comes back as it went in")
    try expect(read?.scope.names == grant.scope.names, "its scope in order")

    var replay = Grant.fixture(client: "other", until: .noon + 9999)
    try expect(try store.redeemOrRevoke(replay) == .replayed, "a code is redeemed once")
    replay = grant
    replay.isRevoked = true
    try expect(
        try store.grant(grant.id) == replay, "the second time revokes what the first one gave, and changes no more")
    try expect(try store.redeemOrRevoke(grant) == .replayed, "a third time is no better")
    try expect(try store.grant(grant.id)?.isRevoked == true, "and mends nothing")

    for name in AwkwardName.all {
        try expect(
            try store.redeemOrRevoke(Grant.fixture(name)) == .recorded, "codes that differ in a byte are two")
    }
    try expect(try store.grant(GrantID(AwkwardName.composed))?.isRevoked == false, "and don't revoke each other")
    try store.revoke(GrantID(AwkwardName.composed), because: .requested)
    try expect(try store.grant(GrantID(AwkwardName.composed))?.isRevoked == true, "a grant is revoked")
    try expect(try store.grant(GrantID(AwkwardName.decomposed))?.isRevoked == false, "and no other")
    try store.revoke(GrantID("unknown"), because: .requested)
    try expect(try store.grant(GrantID("unknown")) == nil, "revoking what isn't there makes nothing")

    try expectRotation(in: store)
    try expectEndBeforeRedemption(in: store)
}

private func expectRotation(in store: some Store) throws {
    let first = RefreshFamily(digest: [1], expiresAt: .noon + 10)
    var grant = Grant.fixture("family", refresh: first)
    try expect(try store.redeemOrRevoke(grant) == .recorded, "a grant with a refresh token is recorded")
    try expect(try store.grant(grant.id) == grant, "and read")
    let used = RefreshFamily.Predecessor(digest: [1], salt: [0, 255], usedAt: .noon + 1, request: [7])
    let second = RefreshFamily(digest: [2], expiresAt: .noon + 20, predecessor: used)
    try expect(
        try store.rotate(grant.id, from: [1], to: second, keeping: .none, until: .noon + 99),
        "a living token is rotated")
    grant.refresh = second
    grant.expiresAt = .noon + 99
    grant.claims = .none
    try expect(try store.grant(grant.id) == grant, "and all of it is there")
    let other = RefreshFamily(digest: [3], expiresAt: .noon + 20, predecessor: used)
    try expect(
        try !store.rotate(grant.id, from: [1], to: other, keeping: .none, until: .noon + 99),
        "of two that rotate one, the second fails"
    )
    try expect(try store.grant(grant.id) == grant, "and changes nothing")
    try expect(
        try !store.rotate(GrantID("unknown"), from: [1], to: other, keeping: .none, until: .noon), "nor is one made")
    _ = try store.prune(at: .noon + 10, limit: 10)
    try expect(try store.grant(grant.id) == grant, "a predecessor is kept as long as its grace")
    _ = try store.prune(at: .noon + 11, limit: 10)
    grant.refresh = RefreshFamily(digest: [2], expiresAt: .noon + 20)
    try expect(try store.grant(grant.id) == grant, "and is forgotten then")
    try store.revoke(grant.id, because: .requested)
    try expect(
        try !store.rotate(grant.id, from: [2], to: other, keeping: .none, until: .noon + 99),
        "a revoked one isn't rotated")

    let token = TokenID(AwkwardName.composed)
    try expect(try !store.isRevoked(token), "a token is good at first")
    try store.revoke(token, until: .noon + 5)
    try store.revoke(token, until: .noon + 5)
    try expect(try store.isRevoked(token), "and then revoked, also twice")
    try expect(try !store.isRevoked(TokenID(AwkwardName.decomposed)), "and no other")
    _ = try store.prune(at: .noon + 4, limit: 10)
    try expect(try store.isRevoked(token), "as long as it lives")
    _ = try store.prune(at: .noon + 5, limit: 10)
    try expect(try !store.isRevoked(token), "and then it is forgotten")
}

/// What ends between the look at a code and its redemption.
private func expectEndBeforeRedemption(in store: some Store) throws {
    func expectNothing(_ id: String, _ promise: String) throws {
        try expect(try store.redeemOrRevoke(Grant.fixture(id)) == .ended, promise)
        try expect(try store.grant(GrantID(id)) == nil, "and nothing is recorded")
    }
    let user = try store.user(UserID("sub-1")).orBroken("the user is gone")
    try store.add(User.fixture("sub-2", name: "bob"))
    let foreign = Grant.fixture("foreign", user: UserID("sub-2"))
    try expect(try store.redeemOrRevoke(foreign) == .ended, "a session serves its own user alone")

    var disabled = user
    disabled.isDisabled = true
    disabled = try store.replace(disabled, ending: .nothing)
    try expectNothing("disabled", "a disabled user is granted nothing, whatever ended with it")
    disabled.isDisabled = false
    try store.replace(disabled, ending: .everything)
    try expectNothing("ended", "an ended session gives nothing, though its user is enabled again")
    try expect(try store.redeemOrRevoke(Grant.fixture()) == .replayed, "a replay is one after the session's end too")

    try expect(try store.start(.fixture(), digest: [9], spending: "again") == .started, "a session starts")
    try expect(try store.redeemOrRevoke(Grant.fixture("new")) == .recorded, "and serves")
    _ = try store.removeClient(ClientID("app"))
    try expectNothing("removed", "a client that is gone is granted nothing")
}

func expectPruning(in store: some Store) throws {
    try store.add(User.fixture())
    try store.add(try Client.fixture())
    let session = Session.fixture()
    _ = try store.start(session, digest: [1], spending: "first", until: .noon + 10)
    _ = try store.redeemOrRevoke(Grant.fixture(until: .noon + 20))
    _ = try store.park("parked", digest: [1], address: "a", until: .noon + 30, now: .noon, limit: 9)
    let key = ThrottleKey.login(address: "192.0.2.1")
    try store.recordFailure(for: [key], at: .noon + 40 - key.throttle.memory)

    try expect(try store.prune(at: .noon + 9, limit: 10) == 0, "what has time left stays")
    try expect(try store.prune(at: .noon - 900, limit: 10) == 0, "also when the clock was set back")
    try expect(try store.prune(at: .noon + 10, limit: 10) == 1, "a spent attempt goes when its time has come")
    try expect(try store.spend(AttemptID("first"), until: .noon + 11), "and is forgotten then")
    try expect(try store.grant(GrantID("code-1")) != nil, "a used code is known as long as its grant lives")
    try expect(try store.prune(at: .noon + 20, limit: 10) == 2, "then it goes")
    try expect(try store.grant(GrantID("code-1")) == nil, "with its grant")
    try expect(try store.prune(at: .noon + 30, limit: 10) == 1, "a parked value goes when its time has come")
    try expect(try store.failedAttempts(for: key) != nil, "a count stays until it is forgotten")
    try expect(try store.prune(at: .noon + 40, limit: 10) == 1, "and goes then")
    try expect(try store.failedAttempts(for: key) == nil, "for good")
    try expect(try store.session(digest: [1]) == session, "a session stays to its end")
    try expect(try store.prune(at: .noon + 1000, limit: 10) == 1, "and goes then")
    try expect(try store.session(digest: [1]) == nil, "for good")
    try expect(try store.user(User.fixture().id) != nil, "users don't expire")

    for number in 0..<5 { _ = try store.spend(AttemptID("\(number)"), until: .noon + Int64(number)) }
    try expect(try store.prune(at: .noon + 60, limit: 2) == 2, "a step removes no more of a kind than its limit")
    try expect(try !store.spend(AttemptID("4"), until: .noon), "the oldest first")
    try expect(try store.prune(at: .noon + 60, limit: 0) == 0, "a limit of 0 removes nothing")
    try expect(try store.prune(at: .noon + 60, limit: 10) == 3, "the next step goes on")
}
