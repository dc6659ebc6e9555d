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

    try expectGrantsOfClient(in: store)
    try expectRotation(in: store)
    try expectEndBeforeRedemption(in: store)
}

private func expectGrantsOfClient(in store: some Store) throws {
    let client = ClientID("holder")
    func held(before id: GrantID? = nil, at now: Timestamp = .noon, limit: Int = 9) throws -> [String] {
        try store.grants(of: client, at: now, before: id, limit: limit).map(\.id.value)
    }
    try store.add(Client.fixture(client.value))
    let grants = ["first", "second", "third", "revoked"].map { Grant.fixture($0, client: client.value) }
    for grant in grants {
        try expect(try store.redeemOrRevoke(grant) == .recorded, "a grant is recorded")
    }
    try store.revoke(GrantID("revoked"), because: .administrator)
    try expect(try held() == ["third", "second", "first"], "a client's grants are found, the newest first")
    try expect(
        try store.grants(of: client, at: .noon, before: nil, limit: 1) == [grants[2]],
        "at most so many, with every field")
    try expect(try held(before: GrantID("third")) == ["second", "first"], "a page goes on where the last one ended")
    try expect(try held(at: grants[0].expiresAt).isEmpty, "one that is over is not among them")
    try expect(
        try store.grants(of: ClientID("hold"), at: .noon, before: nil, limit: 9).isEmpty, "nor are those of others")
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

    let deadline = Timestamp.noon + ClientApproval.deadline
    for (number, name) in ["slow", "slower"].enumerated() {
        try store.add(Client.fixture(name, approval: .awaited, createdAt: .noon + Int64(number)))
    }
    try expect(try store.prune(at: deadline + -1, limit: 10) == 0, "an app waits for approval in peace")
    try expect(try store.prune(at: deadline, limit: 10) == 1, "but not for ever")
    try expect(try store.client(ClientID("slow")) == nil, "then it is removed")
    try expect(try store.client(ClientID("slower")) != nil, "another has time left")
    try expect(try store.client(Client.fixture().id) != nil, "and what waits for nothing stays")
    let told = try store.auditRecords(matching: AuditQuery(clientID: ClientID("slow")), before: nil, limit: 1)
    try expect(
        told.first?.event == .clientRemoved && told.first?.actor == .system && told.first?.at == deadline,
        "the audit log tells of it")

    try expectDeclaredToStay(in: store)

    for number in 0..<5 { _ = try store.spend(AttemptID("\(number)"), until: .noon + Int64(number)) }
    try expect(try store.prune(at: .noon + 60, limit: 2) == 2, "a step removes no more of a kind than its limit")
    try expect(try !store.spend(AttemptID("4"), until: .noon), "the oldest first")
    try expect(try store.prune(at: .noon + 60, limit: 0) == 0, "a limit of 0 removes nothing")
    try expect(try store.prune(at: .noon + 60, limit: 10) == 3, "the next step goes on")
}

/// What a file declares, and an app that it hangs on, though nobody approves the app.
private func expectDeclaredToStay(in store: some Store) throws {
    let names = ["of-a-file", "with-a-role", "with-a-claim", "with-others"]
    for name in names { try store.add(Client.fixture(name, approval: .awaited, createdAt: .noon + 10)) }
    let role = Role(RoleID("guest", of: ClientID("with-a-role")))
    let claim = try CustomClaim.fixture("declared", name: "guest", client: "with-a-claim")
    try store.add(Role(RoleID("guest", of: ClientID("with-others"))))
    let declared: [DeclaredChange] = [
        .assign(.client(ClientID("of-a-file")), to: "a.yaml"), .add(.role(role), in: "a.yaml"),
        .add(.claim(claim), in: "a.yaml"),
    ]
    try store.apply(declared, at: store.generation())
    let deadline = Timestamp.noon + 10 + ClientApproval.deadline
    _ = try store.prune(at: deadline, limit: 10)
    for name in names.dropLast() {
        try expect(try store.client(ClientID(name)) != nil, "what a file declares stays: \(name)")
    }
    try expect(try store.client(ClientID("with-others")) == nil, "what none declares goes with its app")
    try store.apply([.assign(.role(role.id), to: nil)], at: store.generation())
    _ = try store.prune(at: deadline, limit: 10)
    try expect(try store.client(ClientID("with-a-role")) == nil, "nor does it keep one once it is nobody's")
    for name in ["of-a-file", "with-a-claim"] { _ = try store.removeClient(ClientID(name)) }
}
