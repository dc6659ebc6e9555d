import JOSE
import OIDCLogic

func expectUsers(in store: some Store) throws {
    let ann = User.fixture()
    try store.add(ann)
    try expect(try store.user(ann.id) == ann, "every field of a user comes back as it went in")
    try expect(try store.user(named: ann.username) == ann, "by name as well")
    let read = try store.user(ann.id)
    try expect(
        read?.attributes["name"]?.stringValue.map { Array($0.utf8) } == Array(AwkwardName.quoted.utf8),
        "byte by byte")
    try expect(read?.attributes["nul"]?.stringValue == AwkwardName.withNUL, "a NUL ends nothing")
    let bare = User(id: UserID("bare"), username: Username("bare"), createdAt: .noon, updatedAt: .noon)
    try store.add(bare)
    try expect(try store.user(bare.id) == bare, "what is left out stays absent")

    try expect(.exists, "a name is taken once") { try store.add(User.fixture("sub-2")) }
    try expect(.exists, "an id is taken once") { try store.add(User.fixture(name: "other")) }
    try expect(try store.user(UserID("sub-2")) == nil, "and who came second isn't there")
    try store.add(try Client.fixture("taken"))
    try expect(.exists, "a user never has a client's id") { try store.add(User.fixture("taken", name: "taken")) }

    for (index, name) in AwkwardName.all.enumerated() { try store.add(User.fixture("awkward-\(index)", name: name)) }
    for (index, name) in AwkwardName.all.enumerated() {
        let user = try store.user(named: Username(name))
        try expect(user == User.fixture("awkward-\(index)", name: name), "names that differ in a byte are two")
    }
    let names = (["ann", "bare"] + AwkwardName.all).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let listed = try store.users(after: nil, limit: 100).map { Array($0.username.value.utf8) }
    try expect(listed == names.map { Array($0.utf8) }, "users come in the order of their names' bytes")
    let page = try store.users(after: Username("ann"), limit: 2).map { Array($0.username.value.utf8) }
    try expect(
        page == names.drop { $0 != "ann" }.dropFirst().prefix(2).map { Array($0.utf8) }, "a page begins after a name")

    try expectManyUsers(in: store)
    try expectSearchOfUsers(in: store)
    try expectChangeOfUser(ann, in: store)
    try expectOneTimeLinks(in: store)
    try expectEndOfUser(ann, in: store)
}

private func expectOneTimeLinks(in store: some Store) throws {
    let late = User.fixture("linked", name: "linked")
    try store.add(late)
    let link = OneTimeLink(digest: [1, 0], userID: late.id, expiresAt: .noon + 60)
    let other = OneTimeLink(digest: [2], userID: late.id, expiresAt: .noon + 60)
    for link in [link, other] { try store.add(link) }
    try expect(.missing, "a link is somebody's") {
        try store.add(OneTimeLink(digest: [3], userID: UserID("nobody"), expiresAt: .noon))
    }
    try expect(try store.oneTimeLink(digest: [1, 0]) == link, "every field of a link comes back as it went in")
    try expect(try store.oneTimeLink(digest: [1]) == nil, "a digest is all of its bytes")
    var changed = late
    changed.passwordHash = "$y$j9T$another$hash"
    try expect(try !store.replace(changed, spending: link.digest, at: .noon + 60), "a link serves for its time")
    try expect(try !store.replace(changed, spending: [9], at: .noon), "and only one that there is")
    try expect(try store.user(late.id) == late, "or nothing changes")
    try expect(.changed, "a change of an older version is refused") {
        var older = late
        older.attributes = [:]
        try store.replace(late, ending: .nothing)
        _ = try store.replace(older, spending: link.digest, at: .noon)
    }
    try expect(try store.oneTimeLink(digest: link.digest) == link, "and spends nothing")
    changed = try store.user(late.id).orBroken("the user is there")
    changed.passwordHash = "$y$j9T$another$hash"
    try expect(try store.replace(changed, spending: link.digest, at: .noon + 59), "a link sets a password")
    try expect(try store.user(late.id)?.passwordHash == changed.passwordHash, "which is there then")
    try expect(try store.oneTimeLink(digest: other.digest) == nil, "and spends all links of the user")
    try store.add(link)
    changed = try store.user(late.id).orBroken("the user is there")
    changed = try store.replace(changed, ending: .nothing)
    try expect(try store.oneTimeLink(digest: link.digest) == link, "a change of the user leaves a link")
    _ = try store.replace(changed, ending: .everything)
    try expect(try store.oneTimeLink(digest: link.digest) == nil, "what ends all sessions ends it")
    _ = try store.removeUser(late.id)
}

private func expectSearchOfUsers(in store: some Store) throws {
    for (name, full, email) in [
        ("seek-1", "Zed", "z@a.example"), ("b", "SEEK", "b@a.example"), ("c", "C", "Seek@a.example"),
        ("d", "seeker", "seek@b.example"), ("seek-2", "seek", "seek@c.example"), ("e", nil, nil),
    ] as [(String, String?, String?)] {
        var attributes: [String: JSON] = [:]
        attributes["name"] = full.map(JSON.string)
        attributes["email"] = email.map(JSON.string)
        try store.add(
            User(
                id: UserID("of \(name)"), username: Username(name), attributes: attributes, createdAt: .noon,
                updatedAt: .noon))
    }
    for size in 1...6 {
        var found: [String] = []
        var position: SearchPosition?
        repeat {
            let page = try store.users(beginning: "seek", after: position, limit: size)
            found += page.items.map(\.username.value)
            position = page.next
        } while position != nil
        try expect(found == ["seek-1", "seek-2", "b", "d", "c"], "user names are found, names, addresses, each once")
    }
    for name in ["seek-1", "b", "c", "d", "seek-2", "e"] { _ = try store.removeUser(UserID("of \(name)")) }
}

private func expectManyUsers(in store: some Store) throws {
    let many = ["many-1", "many-2", "many-3"].map { User.fixture($0, name: $0) }
    func expectNone(_ promise: String) throws {
        for user in many { try expect(try store.user(user.id) == nil, promise) }
    }
    for (fault, taken) in [
        ("a name", User.fixture("many-4", name: "bare")), ("an id", .fixture("bare", name: "many-4")),
        ("a client's id", .fixture("taken", name: "many-4")), ("a name among them", .fixture("many-4", name: "many-1")),
        ("an id among them", .fixture("many-1", name: "many-4")),
    ] {
        try expect(.exists, "\(fault) is taken") { try store.add(all: many + [taken]) }
        try expectNone("where \(fault) is taken, nobody is added")
        try expect(.exists, "whoever comes first") { try store.add(all: [many[0], taken] + many.dropFirst()) }
        try expectNone("and nobody is added then")
    }
    let clerk = User(
        id: UserID("clerk"), username: Username("clerk"), roles: [RoleID("nowhere")], createdAt: .noon, updatedAt: .noon
    )
    try expect(.missing, "a role must be there") { try store.add(all: many + [clerk]) }
    try expectNone("where a role isn't there, nobody is added")
    try store.add(all: [])
    try store.add(all: many)
    for user in many { try expect(try store.user(user.id) == user, "of many, each comes back as they went in") }
    for user in many { try expect(try store.removeUser(user.id), "each can go again") }
}

private func expectChangeOfUser(_ ann: User, in store: some Store) throws {
    var changed = ann
    changed.username = Username("anna")
    changed.passwordHash = nil
    changed.isDisabled = true
    changed.attributes = [:]
    changed.updatedAt = .noon + 7
    let next = try store.replace(changed, ending: .nothing)
    try expect(try store.user(ann.id) == next, "a user is changed")
    try expect(next == changed.next, "to the next version of what was given")
    try expect(try store.user(named: ann.username) == nil, "the old name is free")
    try expect(.changed, "a change of an older version is refused") { try store.replace(ann, ending: .everything) }
    try expect(try store.user(ann.id) == next, "and changes nothing")
    changed = next
    changed.username = Username("bare")
    try expect(.exists, "a new name may be taken") { try store.replace(changed, ending: .everything) }
    try expect(try store.user(ann.id) == next, "and nothing has changed then")
    try expect(.missing, "only who is there can be changed") {
        try store.replace(User.fixture("nobody", name: "nobody"), ending: .nothing)
    }
}

private func expectEndOfUser(_ ann: User, in store: some Store) throws {
    var user = try store.user(ann.id).orBroken("the user is gone")
    user.isDisabled = false
    user.passwordHash = "hash"
    user = try store.replace(user, ending: .nothing)
    let bob = User.fixture("bob", name: "bob")
    try store.add(bob)
    var client = try Client.fixture()
    client.metadata.revokeAtLogout = false
    try store.add(client)
    try expect(try begin(.fixture(), of: user, digest: [1], in: store), "a session starts")
    try expect(try begin(.fixture("session-2", of: bob.id), of: bob, digest: [2], in: store), "another too")
    let grant = Grant.fixture()
    let other = Grant.fixture("code-2", user: bob.id, session: "session-2")
    for new in [grant, other] { try expect(try store.redeemOrRevoke(new) == .recorded, "a new code is redeemed") }
    let consent = Consent(userID: ann.id, clientID: client.id, scope: .standard, grantedAt: .noon)
    try expect(try store.remember(consent, spending: AttemptID("consent"), until: .noon), "a consent is remembered")

    user = try store.replace(user, ending: .nothing)
    try expect(try store.session(digest: [1]) != nil, "a change that ends nothing ends no session")
    try expect(try store.grant(grant.id)?.isRevoked == false, "and revokes no grant")
    try expect(try begin(.fixture("session-4"), of: user, digest: [4], in: store), "a second session starts")
    user.passwordHash = "of their own choice"
    user = try store.replace(user, ending: .otherSessions(than: SessionID("session-4")))
    try expect(try store.session(digest: [4]) != nil, "who changes their password stays signed in here")
    try expect(try store.session(digest: [1]) == nil, "and nowhere else")
    try expect(try store.grant(grant.id)?.isRevoked == false, "while their grants stay")
    user.isDisabled = true
    user = try store.replace(user, ending: .everything)
    try expect(try store.user(ann.id)?.isDisabled == true, "a user is disabled")
    try expect(try store.session(digest: [4]) == nil, "with that their sessions end")
    try expect(try store.grant(grant.id)?.isRevoked == true, "and their grants are revoked")
    try expect(try store.session(digest: [2]) != nil, "not those of others")
    try expect(try store.grant(other.id)?.isRevoked == false, "nor their grants")

    user.isDisabled = false
    user = try store.replace(user, ending: .nothing)
    try expect(try begin(.fixture("session-3"), of: user, digest: [3], in: store), "a session starts")
    try expect(try store.removeUser(ann.id), "a user who is there is removed")
    try expect(try !store.removeUser(ann.id), "the second time there is none")
    try expect(try store.user(ann.id) == nil && store.user(named: user.username) == nil, "by id and by name")
    try expect(try store.session(digest: [3]) == nil, "their sessions are gone")
    try expect(try store.grant(grant.id) == nil, "their grants too")
    try expect(try store.consent(of: ann.id, to: client.id) == nil, "their consents too")
    try expect(try store.grant(other.id) == other && store.session(digest: [2]) != nil, "those of others stay")
}

private func begin(_ session: Session, of user: User, digest: [UInt8], in store: some Store) throws -> Bool {
    try store.start(session, digest: digest, of: user, spending: "begin \(session.id)") == .started
}

func expectConsents(in store: some Store) throws {
    let user = User.fixture()
    let other = User.fixture("sub-2", name: "bob")
    let client = try Client.fixture()
    try store.add(user)
    try store.add(other)
    try store.add(client)
    try expect(try store.consent(of: user.id, to: client.id) == nil, "without consent there is none")
    func remember(_ names: [String], at time: Timestamp, _ attempt: String) throws -> Bool {
        let consent = Consent(
            userID: user.id, clientID: client.id, scope: Scope(names: names), grantedAt: time)
        return try store.remember(consent, spending: AttemptID(attempt), until: .noon + 60)
    }
    try expect(try remember(["b", "a"], at: .noon, "first"), "a consent is remembered")
    let read = try store.consent(of: user.id, to: client.id)
    try expect(
        read == Consent(userID: user.id, clientID: client.id, scope: Scope(names: ["a", "b"]), grantedAt: .noon)
            && read?.scope.names == ["b", "a"], "every field of a consent comes back as it went in")
    try expect(try store.consent(of: other.id, to: client.id) == nil, "it is one user's")
    try expect(try store.consent(of: user.id, to: ClientID("other")) == nil, "to one client")
    try expect(
        try store.consents(to: client.id, after: nil, limit: 9) == [read].compactMap(\.self), "a client's are listed")
    try expect(try store.consents(to: client.id, after: nil, limit: 0).isEmpty, "at most so many")
    try expect(try store.consents(to: client.id, after: user.id, limit: 9).isEmpty, "those that come after")
    try expect(try store.consents(to: ClientID("other"), after: nil, limit: 9).isEmpty, "and no other client's")
    try expect(try !remember(["c"], at: .noon + 1, "first"), "a page serves once")
    try expect(try store.consent(of: user.id, to: client.id) == read, "and the second time changes nothing")
    try expect(try remember(["c", "a"], at: .noon + 9, "second"), "a later one of another page")
    try expect(
        try store.consent(of: user.id, to: client.id)
            == Consent(
                userID: user.id, clientID: client.id, scope: Scope(names: ["a", "b", "c"]), grantedAt: .noon + 9),
        "adds to what was allowed before")
    try expect(try !store.spend(AttemptID("second"), until: .noon), "and spends its attempt")

    try expect(
        try store.consents(of: user.id, after: nil, limit: 9).map(\.clientID) == [client.id], "a user's are listed")
    try expect(try store.consents(of: user.id, after: nil, limit: 0).isEmpty, "at most so many")
    try expect(try store.consents(of: user.id, after: client.id, limit: 9).isEmpty, "those that come after")
    try expect(try store.consents(of: other.id, after: nil, limit: 9).isEmpty, "and no other user's")

    try expect(try !store.removeConsent(of: other.id, to: client.id), "what nobody gave can't be withdrawn")
    try expect(try store.removeConsent(of: user.id, to: client.id), "a consent is withdrawn")
    try expect(try store.consent(of: user.id, to: client.id) == nil, "and then there is none")

    try expectDisconnection(of: client, from: user, in: store)

    let gone = Consent(userID: user.id, clientID: ClientID("gone"), scope: .none, grantedAt: .noon)
    try expect(.missing, "nothing is allowed to a client that is gone") {
        try store.remember(gone, spending: AttemptID("third"), until: .noon)
    }
    try expect(try store.spend(AttemptID("third"), until: .noon), "and then the attempt is unspent")
}

private func expectDisconnection(of client: Client, from user: User, in store: some Store) throws {
    try expect(try begin(.fixture(), of: user, digest: [1], in: store), "a session starts")
    let other = try Client.fixture("other")
    try store.add(other)
    var family = Grant.fixture("family")
    family.refresh = RefreshFamily(digest: [1], expiresAt: .noon + 50)
    var foreign = Grant.fixture("foreign", client: other.id.value)
    foreign.refresh = RefreshFamily(digest: [2], expiresAt: .noon + 60)
    for grant in [family, .fixture("brief"), foreign] {
        try expect(try store.redeemOrRevoke(grant) == .recorded, "a code is redeemed")
    }
    try expect(try store.clients(of: SessionID("session-1")) == [client.id, other.id], "a session knows its clients")
    try expect(try store.clients(of: SessionID("session")).isEmpty, "and no others")
    try expect(
        try store.refreshableGrants(of: user.id, at: .noon, limit: 9) == [foreign, family],
        "what can be refreshed is listed, newest first")
    try expect(try store.refreshableGrants(of: user.id, at: .noon, limit: 1) == [foreign], "at most so many")
    try expect(try store.refreshableGrants(of: user.id, at: .noon + 50, limit: 9) == [foreign], "until it can't be")
    try expect(try store.refreshableGrants(of: UserID("sub-2"), at: .noon, limit: 9).isEmpty, "and nobody else's")

    let consent = Consent(userID: user.id, clientID: client.id, scope: .standard, grantedAt: .noon)
    try expect(try store.remember(consent, spending: AttemptID("again"), until: .noon), "a consent is remembered")
    try expect(try store.disconnect(client.id, from: user.id), "a user takes back what a client has of theirs")
    try expect(try store.consent(of: user.id, to: client.id) == nil, "the consent is gone")
    for id in [family.id, GrantID("brief")] {
        try expect(try store.grant(id)?.isRevoked == true, "what it was given is revoked")
    }
    try expect(try store.grant(foreign.id) == foreign, "another client's stays")
    try expect(try !store.disconnect(client.id, from: user.id), "the second time there is nothing")
    try expect(try store.disconnect(other.id, from: user.id), "grants alone are taken back as well")
}
