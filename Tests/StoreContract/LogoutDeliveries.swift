import JOSE
import OIDCLogic

private let uri = "https://app.example/backchannel"

private func addUser(_ id: String, in store: some Store) throws -> User {
    let user = User.fixture(id, name: id)
    try store.add(user)
    return try store.user(user.id).orBroken("the user is there")
}

/// A session that those clients were given tokens in.
private func session(
    _ id: String, of user: User, for clients: [String], in store: some Store, former: SessionStart.Former = .absent
) throws -> Session {
    let session = Session.fixture(id, of: user.id)
    let outcome = try store.start(session, digest: Array(id.utf8), of: user, former: former, spending: id)
    try expect(outcome == .started, "a session starts")
    try use(session, for: clients, in: store)
    return session
}

private func use(_ session: Session, for clients: [String], in store: some Store) throws {
    for client in clients {
        for number in 1...2 {
            let code = Grant.fixture(
                "\(session.id.value) \(client) \(number)", client: client, user: session.userID,
                session: session.id.value)
            try expect(try store.redeemOrRevoke(code) == .recorded, "a code is redeemed")
        }
    }
}

private func addClient(
    _ id: String, uri: String?, frontchannel: String? = nil, isRevoked: Bool = false, in store: some Store
) throws {
    var members: [String: JSON] = ["redirect_uris": ["https://app.example/callback"]]
    members["backchannel_logout_uri"] = uri.map(JSON.string)
    members["frontchannel_logout_uri"] = frontchannel.map(JSON.string)
    members["revoke_at_logout"] = .bool(isRevoked)
    try store.add(
        Client(
            id: ClientID(id), metadata: try ClientMetadata(.object(members)), sealedSecret: "sealed", preset: .standard,
            isFirstParty: true, createdAt: .noon, updatedAt: .noon))
}

extension LogoutDeliveryStore {
    fileprivate func takeLogoutDelivery(at now: Timestamp) throws -> LogoutDelivery? {
        try takeLogoutDeliveries(limit: 1, at: now).first
    }

    @discardableResult fileprivate func record(
        _ verdict: LogoutAttempt.Verdict, on delivery: LogoutDelivery, at now: Timestamp
    ) throws -> Bool {
        try record([.init(verdict, of: delivery)], at: now)
    }
}

/// Takes all that is due, each from the other.
private func takeAll(in store: some Store, at now: Timestamp = .noon) throws -> [LogoutDelivery] {
    var taken: [LogoutDelivery] = []
    while let delivery = try store.takeLogoutDelivery(at: now) {
        taken.append(delivery)
        try store.record(.delivered, on: delivery, at: now)
    }
    return taken
}

/// Every road on which a session ends before its time.
func expectWhomToTell(in store: some Store) throws {
    for (id, uri) in [("told", uri), ("told too", uri), ("untold", nil), ("unused", uri)] {
        try addClient(id, uri: uri, in: store)
    }
    let clients = ["told", "told too", "untold"]
    func expectTold(_ ended: [Session], _ promise: String, _ end: () throws -> Void) throws {
        try expect(try takeAll(in: store).isEmpty, "nobody is told of a living session")
        try store.acting(as: .system, at: .noon, end)
        let taken = try takeAll(in: store)
        let expected = ended.flatMap { session in ["told", "told too"].map { session.sid(for: ClientID($0)) } }
        try expect(taken.map(\.sid).sorted() == expected.sorted(), promise)
        for delivery in taken {
            try expect(ended.contains { $0.sid(for: delivery.clientID) == delivery.sid }, "by the client's own sid")
            try expect(ended.contains { $0.userID == delivery.userID }, "of that user")
            try expect(delivery.uri.value == uri && delivery.createdAt == .noon && delivery.attempts == 0, "as it was")
            try expect(delivery.state == .waiting(until: .noon, lastFault: nil), "and at once")
        }
    }
    func make(_ id: String, of user: User, former: SessionStart.Former = .absent) throws -> Session {
        try session(id, of: user, for: clients, in: store, former: former)
    }
    let ann = try addUser("ann", in: store)
    let bob = try addUser("bob", in: store)
    let kept = try make("kept", of: bob)
    let first = try make("first", of: ann)
    try expectTold([first], "an end by itself") { try store.endSession(first.id) }
    try expectTold([], "one that has ended is told of once") { try store.endSession(first.id) }

    let second = try make("second", of: ann)
    var third = second
    try expectTold([second], "one that another takes the place of") {
        third = try make("third", of: ann, former: .ended(second.id))
    }
    let fourth = try make("fourth", of: ann)
    let disabled = try store.replace(ann, ending: .nothing)
    try expectTold([third, fourth], "all of a user") { _ = try store.replace(disabled, ending: .everything) }
    let current = try store.user(ann.id).orBroken("the user is there")
    let fifth = try make("fifth", of: current)
    try store.add(OneTimeLink(digest: [1], userID: ann.id, expiresAt: .noon + 60))
    try expectTold([fifth], "one that a link ends") {
        try expect(try store.replace(current, spending: [1], at: .noon), "the link is spent")
    }
    let sixth = try make("sixth", of: try store.user(ann.id).orBroken("the user is there"))
    try expectTold([sixth], "those of a user who is removed") { _ = try store.removeUser(ann.id) }

    let seventh = try make("seventh", of: bob)
    var changed = bob
    try expectTold([seventh], "all but the one that the user changes their password in") {
        changed = try store.replace(bob, ending: .otherSessions(than: kept.id))
    }
    let eighth = try make("eighth", of: changed)
    try expectTold([eighth], "all but one") { try store.endSessions(of: bob.id, but: kept.id) }

    func come(_ id: String, digest: UInt8) throws -> Session {
        let dora = try signIn("dora", ["name": "Dora"], in: store, at: .noon)
        try expect(try store.start(dora, id, digest: digest, at: .noon) == .started, "they come from an upstream")
        let session = try store.session(digest: [digest]).orBroken("there is a session")
        try use(session, for: clients, in: store)
        return session
    }
    let ninth = try come("ninth", digest: 9)
    let link = try (ninth.upstream?.link).orBroken("it says by whom")
    try expectTold([ninth], "one that its upstream ends") {
        _ = try store.endSessions(ofUpstream: link.issuer, sid: "a sid", subject: link.subject)
    }
    let tenth = try come("tenth", digest: 10)
    try expectTold([tenth], "those that came by a link which is taken away") {
        try expect(try store.unlink(link, from: tenth.userID), "it is the user's")
    }

    let late = try session("late", of: changed, for: [], in: store)
    try expectTold([], "nobody is told whom it wasn't used for") { try store.endSession(late.id) }
    try expectTold([], "nobody is told of what has expired") { _ = try store.prune(at: kept.expiresAt, limit: 99) }
    try expect(try store.session(kept.id) == nil, "which is gone")
}

/// More sessions and grants of one user than one transaction should end.
func expectManySessionsToEnd(in store: some Store) throws {
    for id in ["told", "told too"] { try addClient(id, uri: uri, in: store) }
    let ann = try addUser("ann", in: store)
    let bob = try addUser("bob", in: store)
    let bystander = try session("bob's", of: bob, for: ["told"], in: store)
    func begin(_ name: String, of user: User) throws -> [Session] {
        try (1...33).map { try session("\(name) \($0)", of: user, for: ["told", "told too"], in: store) }
    }
    func expectAllTold(_ sessions: [Session], _ promise: String) throws {
        let taken = try takeAll(in: store)
        let expected = sessions.flatMap { session in ["told", "told too"].map { session.sid(for: ClientID($0)) } }
        try expect(taken.map(\.sid).sorted() == expected.sorted(), promise)
        for session in sessions { try expect(try store.session(session.id) == nil, promise) }
        try expect(try store.session(bystander.id) == bystander, "and nobody else's end")
    }
    let many = try begin("many", of: ann)
    let current = try store.replace(ann, ending: .nothing)
    var refused = current
    refused.username = bob.username
    refused.isDisabled = true
    try expect(.exists, "a change that can't be") { try store.replace(refused, ending: .everything) }
    try expect(.changed, "a change of an older version") { try store.replace(ann, ending: .everything) }
    try expect(try store.sessions(of: ann.id, limit: 99).count == many.count, "what is refused ends nothing")
    let after = try store.acting(as: .system, at: .noon) { try store.replace(current, ending: .everything) }
    try expectAllTold(many, "however many they are, all end, and are told of")
    for session in many {
        let grant = try store.grant(GrantID("\(session.id.value) told 1")).orBroken("a grant")
        try expect(grant.isRevoked, "and their grants end")
    }
    let query = AuditQuery(userID: ann.id, eventPrefix: "user")
    let written = try store.auditRecords(matching: query, before: nil, limit: 1)
    try expect(written.first?.change.before["sessions"] == 33, "the audit log tells how many, in one row")
    try expect(written.first?.change.before["grants"] == 132, "and of grants")
    let again = try begin("again", of: after)
    _ = try store.acting(as: .system, at: .noon) { try store.removeUser(ann.id) }
    try expectAllTold(again, "as they do when the user is removed")
}

/// Clients that want what they were given in a session to end with it.
func expectGrantsToEndWithSessions(in store: some Store) throws {
    try addClient("ending", uri: nil, isRevoked: true, in: store)
    try addClient("lasting", uri: uri, in: store)
    let ann = try addUser("ann", in: store)
    let bob = try addUser("bob", in: store)
    func isRevoked(_ session: String, _ client: String) throws -> [Bool] {
        try (1...2).map { try store.grant(GrantID("\(session) \(client) \($0)")).orBroken("a grant").isRevoked }
    }
    for (id, user) in [("one", ann), ("two", ann), ("three", ann), ("of bob", bob)] {
        _ = try session(id, of: user, for: ["ending", "lasting"], in: store)
    }
    try store.endSession(SessionID("one"))
    try expect(try isRevoked("one", "ending") == [true, true], "what it was given in a session ends with it")
    try expect(try isRevoked("one", "lasting") == [false, false], "what others were given lasts")
    try expect(try isRevoked("two", "ending") == [false, false], "as does what it was given in another session")
    let told = try store.auditRecords(matching: AuditQuery(eventPrefix: "session.ended"), before: nil, limit: 1)
    try expect(told.first?.change.before["grants"] == 2, "the audit log tells how many")
    _ = try store.endSessions(of: ann.id, but: SessionID("three"))
    try expect(try isRevoked("two", "ending") == [true, true], "also of one of many")
    try expect(try isRevoked("three", "ending") == [false, false], "and not of the one that stays")
    try expect(try isRevoked("of bob", "ending") == [false, false], "nor of another user")
}

func expectLogoutDeliveries(in store: some Store) throws {
    try addClient("one", uri: uri, in: store)
    try addClient("two", uri: uri, in: store)
    let user = try addUser("dora", in: store)
    func end(_ id: String, for clients: [String], at time: Timestamp = .noon) throws {
        let session = try session(id, of: user, for: clients, in: store)
        try store.acting(as: .system, at: time) { try store.endSession(session.id) }
    }
    func take(_ client: String?, at now: Timestamp, _ promise: String) throws -> LogoutDelivery? {
        let taken = try store.takeLogoutDelivery(at: now)
        try expect(taken?.clientID.value == client, "\(promise): \(String(describing: taken))")
        return taken
    }
    func taken(_ client: String, at now: Timestamp, _ promise: String) throws -> LogoutDelivery {
        try take(client, at: now, promise).orBroken(promise)
    }
    try end("a", for: ["one"])
    try end("b", for: ["one", "two"], at: .noon + 1)

    // The lease.
    let first = try taken("one", at: .noon + 1, "who waits longest is first")
    let other = try taken("two", at: .noon + 1, "meanwhile another client is told")
    _ = try take(nil, at: .noon + 1, "and of one client nobody takes a second")
    _ = try take(nil, at: .noon + LogoutDelivery.lease, "as long as the lease lasts")
    let again = try taken("one", at: .noon + 1 + LogoutDelivery.lease, "after it whoever comes")
    try expect(again.id == first.id && again.attempts == 0, "takes the same")
    for verdict in [
        .delivered, .again(at: .noon + 900, fault: "late", refusals: 1), .givenUp(fault: "late"),
        .outage(until: .noon + 900, fault: "late"),
    ] as [LogoutAttempt.Verdict] {
        try expect(
            try !store.record(verdict, on: first, at: .noon + 22), "whose lease ran out records nothing: \(verdict)")
    }
    let newest = try taken(
        "one", at: .noon - LogoutDelivery.longestDelay - 99, "a clock that was set back doesn't prolong it")
    try expect(newest.id == first.id && newest.attempts == 0 && newest.outages == 0, "what was taken is as it was")
    try expect(
        try store.record(.delivered, on: other, at: .noon + 22), "one that ran out counts, if nobody came meanwhile")
    try expect(try store.record(.delivered, on: newest, at: .noon + 22), "whoever has it records it")
    try expect(try !store.record(.delivered, on: newest, at: .noon + 22), "once")
    let second = try taken("one", at: .noon + 22, "when it is recorded the next comes at once")
    try expect(second.id != first.id && second.attempts == 0, "another")

    // One that is refused is in no other's way.
    try store.record(.again(at: .noon + 60, fault: "fault", refusals: 1), on: second, at: .noon + 22)
    _ = try take(nil, at: .noon + 59, "one that is to be tried again waits")
    try end("c", for: ["one"], at: .noon + 40)
    let third = try taken("one", at: .noon + 40, "while others to the client go")
    try store.record(.delivered, on: third, at: .noon + 40)
    let retried = try taken("one", at: .noon + 60, "until it is its turn")
    try expect(retried.attempts == 1 && retried.refusals == 1, "its attempts are counted")
    try expect(retried.state == .waiting(until: .noon + 60, lastFault: "fault"), "and the fault is kept")

    // An outage is the client's.
    try end("d", for: ["one", "two"], at: .noon + 60)
    try store.record(.outage(until: .noon + 75, fault: "down"), on: retried, at: .noon + 60)
    try end("e", for: ["one"], at: .noon + 61)
    _ = try taken("two", at: .noon + 74, "another client is told")
    _ = try take(nil, at: .noon + 74, "one that is out of order is left alone, whatever there is")
    let fourth = try taken("one", at: .noon + 75, "until it is asked again")
    try expect(fourth.outages == 1 && fourth.attempts == 0, "its outages are counted, whichever they met")
    try store.record(.outage(until: .noon + 100, fault: "down"), on: fourth, at: .noon + 76)
    let listed = try store.undeliveredLogouts(at: .noon + 90, before: nil, limit: 9)
    try expect(
        listed.map(\.clientID.value) == ["two", "one", "one"] && listed.allSatisfy { $0.createdAt <= .noon + 60 },
        "what waits too long is listed, the newest first")
    try expect(
        try store.undeliveredLogouts(at: .noon + 90, before: listed[0].id, limit: 1) == [listed[1]], "by pages")
    try expect(try store.undeliveredLogouts(at: .noon + 10, before: nil, limit: 9).isEmpty, "what is new is not")
    let late = try taken("two", at: .noon + 120, "what nobody recorded is due when its lease is over")
    try store.record(.delivered, on: late, at: .noon + 120)
    let fifth = try taken("one", at: .noon + 120, "and again")
    try expect(fifth.outages == 2, "one more")
    try store.record(.delivered, on: fifth, at: .noon + 120)
    let sixth = try taken("one", at: .noon + 120, "who answers is told all")
    try expect(sixth.outages == 0, "and the outage is over")

    // The end.
    try store.record(.givenUp(fault: "refused"), on: sixth, at: .noon + 121)
    let seventh = try taken("one", at: .noon + 121, "what was given up is not tried again")
    let day = Timestamp.noon + 61 + LogoutDelivery.patience
    try store.record(.outage(until: day + 60, fault: "down"), on: seventh, at: day)
    let rest = try store.undeliveredLogouts(at: day, before: nil, limit: 9).filter { $0.clientID.value == "one" }
    try expect(rest.count == 2, "what was given up is listed")
    try expect(
        rest.contains { $0.id == sixth.id && $0.state == .givenUp(at: .noon + 121, fault: "refused") }, "when and why")
    try expect(
        rest.contains { $0.id == seventh.id && $0.state == .givenUp(at: day, fault: "down") },
        "so is what has waited a day for one that is out of order")
    let events = try store.auditRecords(after: 0, limit: 999).filter { $0.event == .logoutGivenUp }
    try expect(events.map(\.objectID).sorted() == [sixth.sid, seventh.sid].sorted(), "the audit log tells of it")
    try expect(events.allSatisfy { $0.clientID?.value == "one" && $0.userID == user.id }, "and of whom")
    _ = try takeAll(in: store, at: day)
    _ = try store.prune(at: .noon + 121 + LogoutDelivery.memory - 1, limit: 99)
    try expect(try store.undeliveredLogouts(at: day, before: nil, limit: 9).count == 2, "it is kept for a while")
    _ = try store.prune(at: day + LogoutDelivery.memory, limit: 99)
    try expect(try store.undeliveredLogouts(at: day, before: nil, limit: 9).isEmpty, "and goes")

    // The client.
    try end("f", for: ["one", "two"], at: day)
    _ = try store.removeClient(ClientID("one"))
    try store.record(.delivered, on: try taken("two", at: day, "who is there is told"), at: day)
    _ = try take(nil, at: day, "who was removed is told nothing")
}

/// Several that go to one client in turn.
func expectLogoutDeliveriesTogether(in store: some Store) throws {
    try addClient("many", uri: uri, in: store)
    let user = try addUser("fay", in: store)
    func end(_ ids: [String]) throws {
        for id in ids {
            let session = try session(id, of: user, for: ["many"], in: store)
            try store.acting(as: .system, at: .noon) { try store.endSession(session.id) }
        }
    }
    try end(["t1", "t2", "t3", "t4", "t5"])
    let first = try store.takeLogoutDeliveries(limit: 3, at: .noon)
    try expect(first.count == 3 && Set(first.map(\.id)).count == 3, "so many are taken together")
    try expect(try store.takeLogoutDeliveries(limit: 3, at: .noon).isEmpty, "and their client with them")
    try expect(try store.record([], at: .noon), "nothing is recorded of nothing")
    try expect(try store.takeLogoutDeliveries(limit: 3, at: .noon).isEmpty, "which ends no lease")
    let outcomes = [
        LogoutDelivery.Outcome(.delivered, of: first[0]),
        .init(.again(at: .noon + 60, fault: "fault", refusals: 1), of: first[1]),
    ]
    try expect(try store.record(outcomes, at: .noon), "those that were tried are recorded together")
    try expect(try !store.record(outcomes, at: .noon), "once")
    let second = try store.takeLogoutDeliveries(limit: 9, at: .noon)
    try expect(second.count == 3 && second.contains { $0.id == first[2].id }, "one that wasn't tried is due as before")
    try expect(second.allSatisfy { $0.attempts == 0 }, "and was not")

    try store.record(
        [.init(.delivered, of: second[0]), .init(.outage(until: .noon + 15, fault: "down"), of: second[1])], at: .noon)
    try expect(try store.takeLogoutDeliveries(limit: 9, at: .noon + 14).isEmpty, "an outage is the client's")
    let probe = try store.takeLogoutDeliveries(limit: 9, at: .noon + 15)
    try expect(probe.count == 1 && probe[0].outages == 1, "which is asked by one then")
    try store.record([.init(.delivered, of: probe[0])], at: .noon + 15)
    let rest = try store.takeLogoutDeliveries(limit: 9, at: .noon + 60)
    try expect(rest.count == 2 && rest.allSatisfy { $0.outages == 0 && $0.attempts == 1 }, "and told the rest")
    try expect(
        try store.record(rest.map { .init(.givenUp(fault: "no"), of: $0) }, at: .noon + 60), "whatever came of it")
    try expect(try store.takeLogoutDeliveries(limit: 9, at: .noon + 999).isEmpty, "then there is none")
}

/// Whom the browser tells.
func expectFrontchannelLogouts(in store: some Store) throws {
    let page = "https://app.example/frontchannel?a=b"
    try addClient("both", uri: uri, frontchannel: page, in: store)
    try addClient("told", uri: nil, frontchannel: page, in: store)
    try addClient("untold", uri: uri, in: store)
    try addClient("unused", uri: nil, frontchannel: page, in: store)
    let user = try addUser("eve", in: store)
    func make(_ id: String, former: SessionStart.Former = .absent) throws -> Session {
        try session(id, of: user, for: ["told", "untold", "both"], in: store, former: former)
    }
    func told(_ cookie: String, at now: Timestamp = .noon) throws -> [FrontchannelLogout] {
        try store.frontchannelLogouts(digest: Array(cookie.utf8), at: now)
    }
    func expected(_ session: Session) -> [FrontchannelLogout] {
        ["both", "told"].compactMap { id in
            WebURI(page).map {
                FrontchannelLogout(clientID: ClientID(id), sid: session.sid(for: ClientID(id)), uri: $0)
            }
        }
    }
    let kept = try make("kept")
    let first = try make("first")
    try expect(try told("first").isEmpty, "of a living session nobody is told")
    try store.acting(as: .system, at: .noon) { try store.endSession(first.id) }
    try expect(try told("first") == expected(first), "whoever has such a URI and was used, by their own sid")
    try expect(try told("first") == expected(first), "as often as the browser comes")
    try expect(try told("kept").isEmpty && told("other").isEmpty, "and no other browser's")
    try expect(try takeAll(in: store).map(\.clientID.value).sorted() == ["both", "untold"], "servers are told as well")

    try store.acting(as: .system, at: .noon) { try store.endSession(first.id) }
    try expect(try told("first") == expected(first), "ending it again changes nothing")
    _ = try store.removeClient(ClientID("told"))
    try expect(try told("first") == expected(first), "nor what becomes of the client")
    let end = Timestamp.noon + FrontchannelLogout.memory
    try expect(try told("first", at: end + -1) == expected(first), "for a while")
    try expect(try told("first", at: end).isEmpty, "and no longer")
    try expect(try store.prune(at: end, limit: 99) > 0, "then it is removed")
    try expect(try told("first").isEmpty, "for good")

    try store.acting(as: .system, at: .noon) {
        _ = try store.replace(try store.user(user.id).orBroken("the user is there"), ending: .everything)
    }
    try expect(try told("kept").map(\.sid) == expected(kept).map(\.sid).prefix(1) + [], "whichever way it ended")
}
