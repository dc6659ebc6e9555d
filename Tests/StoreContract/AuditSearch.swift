import OIDCLogic

/// Which rows are found, in which order, and which go.
func expectAuditSearch(in store: some Store) throws {
    let ann = UserID("ann")
    let bob = UserID("bob")
    for id in [ann, bob] {
        try store.acting(as: .system, at: .noon) {
            try store.add(User(id: id, username: Username(id.value), createdAt: .noon, updatedAt: .noon))
        }
    }
    try store.acting(as: AuditActor(.user(bob), by: .console), at: .noon + 10) {
        try store.add(try Client.fixture("one"))
        try store.add(try Client.fixture("two"))
    }
    try store.acting(as: AuditActor(.client(ClientID("one")), by: .api), at: .noon + 5) {
        var user = try store.user(ann).orBroken("the user is gone")
        user.passwordHash = "hash"
        user = try store.replace(user, ending: .nothing)
        let session = Session.fixture("s", of: ann)
        _ = try store.start(
            SessionStart(
                session, digest: [1], of: .password(.fixture(user)), for: ClientID("two"), spending: AttemptID("a"),
                until: .noon))
    }
    // By position: 1 ann added, 2 bob added, 3 one added, 4 two added, and, of a clock that was set back, 5 ann's
    // password, 6 ann's session.
    func expectFound(
        _ query: AuditQuery, _ positions: [Int64], _ promise: String, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        let found = try store.auditRecords(matching: query, before: nil, limit: 100).map(\.position)
        try expect(found == positions, "\(promise): \(found)", file: file, line: line)
        let filtered = try store.auditRecords(after: 0, limit: 100).filter(query.matches).map(\.position)
        try expect(filtered == positions.sorted(), "and by hand: \(filtered)", file: file, line: line)
        var paged: [Int64] = []
        while let record = try store.auditRecords(matching: query, before: paged.last, limit: 1).first {
            paged.append(record.position)
        }
        try expect(paged == positions, "page by page as well: \(paged)", file: file, line: line)
    }
    try expectFound(.all, [4, 3, 6, 5, 2, 1], "the newest come first, by their time")
    try expectFound(AuditQuery(userID: ann), [6, 5, 1], "what concerns a user")
    try expectFound(AuditQuery(userID: bob), [4, 3, 2], "and what they did")
    try expectFound(AuditQuery(clientID: ClientID("one")), [3, 6, 5], "what concerns an app, and what it did")
    try expectFound(AuditQuery(clientID: ClientID("two")), [4, 6], "an app that a user came to")
    try expectFound(AuditQuery(userID: ann, clientID: ClientID("two")), [6], "a user at an app")
    try expectFound(AuditQuery(userID: ann, clientID: ClientID("one")), [6, 5], "what an app did to a user")
    try expectFound(AuditQuery(eventPrefix: "user."), [5, 2, 1], "events of a kind")
    try expectFound(AuditQuery(eventPrefix: "client.added"), [4, 3], "one event")
    try expectFound(AuditQuery(eventPrefix: "s"), [6], "events of sign-in")
    try expectFound(AuditQuery(eventPrefix: "nothing"), [], "an event that there is none of")
    try expectFound(AuditQuery(eventPrefix: ""), [4, 3, 6, 5, 2, 1], "any event")
    try expectFound(AuditQuery(userID: ann, eventPrefix: "user."), [5, 1], "a user's events of a kind")
    try expectFound(AuditQuery(clientID: ClientID("one"), eventPrefix: "user."), [5], "an app's events of a kind")
    try expectFound(AuditQuery(clientID: ClientID("two"), eventPrefix: "session."), [6], "of sign-in as well")
    try expectFound(AuditQuery(from: .noon + 5), [4, 3, 6, 5], "from a time on")
    try expectFound(AuditQuery(until: .noon + 5), [2, 1], "before a time")
    try expectFound(AuditQuery(from: .noon + 1, until: .noon + 10), [6, 5], "between two")
    try expectFound(AuditQuery(userID: ann, from: .noon + 1, until: .noon + 10), [6, 5], "of a user")
    try expect(try store.auditRecords(matching: .all, before: nil, limit: 0).isEmpty, "a limit of 0 gives none")
    try expect(
        try store.auditRecords(matching: .all, before: 99, limit: 9).isEmpty, "nothing comes after what has gone")
    try expect(try store.auditRecords(after: 4, limit: 1).map(\.position) == [5], "in order, as they were written")
    try expect(try store.auditEnd() == 6, "the end is the last that was written")

    let end = Timestamp.noon + AuditRecord.lifetime
    try expect(try store.prune(at: end - 1, limit: 500) > 0, "what has expired goes, but not a row before its time")
    try expect(try store.auditRecords(after: 0, limit: 9).count == 6, "all rows are there")
    try expect(try store.prune(at: end, limit: 1) == 1, "in bounded steps")
    try expect(try store.prune(at: end, limit: 500) == 1, "rows whose time has come go")
    try expectFound(.all, [4, 3, 6, 5], "and no others")
    _ = try store.prune(at: end + 1000, limit: 500)
    try expect(try store.auditEnd() == 6, "the last is left, so that no position comes twice")
}
