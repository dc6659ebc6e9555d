import JOSE
import OIDCLogic

/// Who comes from an upstream is made, found and changed with their session.
func expectUpstreamLinks(in store: some Store) throws {
    try store.add(Role(RoleID("editor")))
    let first = try signIn("amy", ["name": "Amy", "groups": ["editors"]], in: store, at: .noon)
    let id = first.link.id
    try expect(try store.upstreamLink(id) == nil, "nobody is linked before they have signed in")
    try expect(try store.start(first, "one", at: .noon) == .started, "a new user signs in")
    try expect(try store.upstreamLink(id) == first.link, "every field of the link comes back as it went in")
    try expect(try store.upstreamLinks(of: first.user.id) == [first.link], "it is found by the user as well")
    try expect(try store.upstreamLinkCount(of: id.issuer) == 1, "and counted with those of its issuer")
    try expect(try store.upstreamLinkCount(of: "https://other.example") == 0, "and with no other's")
    let user = try store.user(first.user.id).orBroken("the user is made")
    try expect(user == first.user, "as they were decided to be")
    let session = try store.session(digest: [1]).orBroken("there is a session")
    try expect(
        session.upstream == UpstreamSession(upstream: upstream, link: id, sid: "a sid", sealedLogoutHint: "sealed"),
        "it says by whom")
    try expect(session.authTime == .noon + -60 && session.signedInAt == .noon, "and both times")

    try expect(try store.start(first, "one", at: .noon) == .attemptSpent, "an attempt is spent once")
    let again = try signIn("amy", ["name": "Amy", "groups": ["editors"]], in: store, at: .noon + 60)
    try expect(again.known == .everything, "who is as they were needs no change")
    try expect(try store.start(again, "two", digest: 2, at: .noon + 60) == .started, "and signs in again")
    try expect(try store.user(user.id) == user, "and stays as they are")
    try expect(try store.upstreamLink(id)?.lastUsedAt == .noon + 60, "when is noted")

    // Two decide of one state: whoever is second decides again.
    let less = try signIn("amy", ["name": "Amelia"], in: store, at: .noon + 120)
    let more = try signIn("amy", ["name": "Amanda", "groups": ["editors"]], in: store, at: .noon + 120)
    try expect(try store.start(less, "three", digest: 3, at: .noon + 120) == .started, "the first one is kept")
    try expect(try store.start(more, "four", digest: 4, at: .noon + 120) == .userChanged, "the second one isn't")
    try expect(try store.session(digest: [4]) == nil, "and begins no session")
    try expect(try store.spend(AttemptID("four"), until: .noon + 600), "nor spends its attempt")
    let changed = try store.user(user.id).orBroken("the user is there")
    try expect(
        changed.roles.isEmpty && changed.attributes["name"] == "Amelia", "what was taken away there is gone here")

    let one = try signIn("bob", ["preferred_username": "bob"], in: store, at: .noon)
    let other = try signIn("bob", ["preferred_username": "robert"], in: store, at: .noon)
    try expect(try store.start(one, "five", digest: 5, at: .noon) == .started, "of two first sign-ins at once one is")
    try expect(try store.start(other, "six", digest: 6, at: .noon) == .userChanged, "the other one decides again")
    try expect(try store.user(named: Username("robert")) == nil, "and leaves no second user")
    let sameName = try signIn("carl", ["preferred_username": "bob"], in: store, at: .noon, available: { Username($0) })
    try expect(
        try store.start(sameName, "seven", digest: 7, at: .noon) == .userChanged, "nor has anyone another's name")

    try expect(
        try store.endSessions(ofUpstream: "https://corp.example", sid: "a sid", subject: "nobody") == 0,
        "a session of somebody else there isn't theirs")
    try expect(
        try store.endSessions(ofUpstream: "https://corp.example", sid: "a sid", subject: "bob") == 1,
        "what came from a session there ends with it")
    try expect(try store.session(digest: [5]) == nil, "at once")
    try expect(
        try store.endSessions(ofUpstream: "https://corp.example", sid: "a sid", subject: nil) == 3,
        "whosever it was, where it isn't said")
    try expectEndOfWhatHasNoSID(in: store)
    var disabled = try store.user(user.id).orBroken("the user is there")
    let before = try signIn("amy", ["name": "Amelia"], in: store, at: .noon + 180)
    disabled.isDisabled = true
    try store.replace(disabled, ending: .everything)
    try expect(try store.start(before, "eight", digest: 8, at: .noon + 180) == .userChanged, "who is disabled is out")
    try expect(try store.removeUser(user.id), "a user is removed")
    try expect(try store.upstreamLink(id) == nil, "their links with them")
    try expectLinking(in: store)
}

/// Whose session there isn't known is known by the person alone.
private func expectEndOfWhatHasNoSID(in store: some Store) throws {
    let issuer = "https://corp.example"
    func start(_ subject: String, _ attempt: String, digest: UInt8, sid: String? = nil) throws -> UpstreamLinkID {
        let user = try signIn(subject, ["sid": sid.map(JSON.string) ?? .null], in: store, at: .noon + 130)
        try expect(
            try store.start(user, attempt, digest: digest, at: .noon + 130, sid: sid) == .started, "somebody comes")
        return user.link.id
    }
    let zoe = try start("zoe", "no sid one", digest: 70)
    _ = try start("zoe", "no sid two", digest: 71, sid: "her sid")
    let yves = try start("yves", "no sid three", digest: 72)
    try expect(
        try store.endSessions(ofUpstream: issuer, sid: "any sid", subject: nil) == 0,
        "a session there whose person isn't said ends nothing of which it isn't known that it came from it")
    try expect(
        try store.endSessions(ofUpstream: "https://other.example", sid: "any sid", subject: "zoe") == 0,
        "nor does another upstream")
    try expect(
        try store.endSessions(ofUpstream: issuer, sid: "any sid", subject: "zoe") == 1,
        "the person's end with it, whose session there isn't known")
    try expect(try store.session(digest: [70]) == nil, "at once")
    try expect(try store.session(digest: [71]) != nil, "one of another session there stays")
    try expect(try store.session(digest: [72]) != nil, "and everybody else's")
    try expect(try store.upstreamLink(zoe)?.check.isSignedOut == true, "it is known of tokens without one as well")
    try expect(try store.upstreamLink(yves)?.check.isSignedOut == false, "of nobody else's")
    let wes = try start("wes", "no sid four", digest: 73, sid: "his sid")
    try expect(try store.endSessions(ofUpstream: issuer, sid: "any sid", subject: "wes") == 0, "nor of another's")
    try expect(try store.upstreamLink(wes)?.check.isSignedOut == false, "whose tokens live on")
    for id in [zoe, yves, wes] { _ = try store.removeUser(try store.upstreamLink(id).orBroken("a link").userID) }
}

/// A user who is here already comes to be known by an upstream, and stops to be.
private func expectLinking(in store: some Store) throws {
    let dora = User.fixture("dora", name: "dora")
    try store.add(dora)
    func linked(_ subject: String, to user: User) throws -> UpstreamUser {
        let upstream = try Upstream.corp()
        let claims: [String: JSON] = ["groups": ["editors"], "name": "Dora"]
        return try UpstreamIdentity.fixture(subject, claims, of: upstream, at: .noon).linked(
            to: user, isInvited: true, by: upstream, tokens: nil,
            opening: Seal(current: .generate(), context: "https://login.example"),
            catalogue: try store.catalogue(), evaluator: GroupEvaluator(), at: .noon)
    }
    func link(_ subject: String, to user: User, spending invitation: [UInt8]? = nil) throws -> Bool {
        try store.link(try linked(subject, to: user), spending: invitation, at: .noon)
    }
    func current(_ id: UserID) throws -> User { try store.user(id).orBroken("the user is there") }

    try store.add(OneTimeLink(digest: [7], userID: dora.id, expiresAt: .noon + 1))
    try expect(try link("d-1", to: try current(dora.id), spending: [7]), "an invitation links")
    try expect(try store.oneTimeLink(digest: [7]) == nil, "once")
    try expect(try !link("d-2", to: try current(dora.id), spending: [7]), "and no second identity")
    let roles = try current(dora.id).roles
    try expect(roles.contains(RoleID("editor")), "with what follows from it")
    let stale = try current(dora.id)
    try store.replace(stale, ending: .nothing)
    try expect(try link("d-2", to: try current(dora.id)), "there may be several")
    let eve = User.fixture("eve", name: "eve")
    try store.add(eve)
    try expect(try !link("d-1", to: try current(eve.id)), "one that is another's stays theirs")
    try expect(try store.upstreamLinks(of: eve.id).isEmpty && current(eve.id).roles.isEmpty, "and gives nothing")

    let ids = try store.upstreamLinks(of: dora.id).map(\.id)
    try expect(ids.map(\.subject) == ["d-1", "d-2"], "all are the user's")
    try expect(try !store.unlink(ids[0], from: eve.id), "nobody takes away another's")
    let came = try signIn("d-1", ["groups": ["editors"], "name": "Dora"], in: store, at: .noon)
    try expect(try store.start(came, "dora", digest: 9, at: .noon) == .started, "they sign in by it")
    try expect(try store.upstreamLink(ids[0])?.isByHand == true, "and it stays one that a person made")
    let issuer = ids[0].issuer
    func take(_ issuer: String, _ seconds: Int64) throws -> UpstreamLinkID? {
        try store.takeUpstreamCheck(by: issuer, at: .noon + seconds)?.id
    }
    func record(_ check: UpstreamCheck, _ link: UpstreamLinkID, after former: UpstreamCheck? = nil) throws -> Bool {
        let former = try former ?? store.upstreamLink(link).orBroken("a link").check
        return try store.acting(as: .system, at: .noon) {
            try store.record(check, of: link, after: former, telling: .userSignInNeeded, at: .noon)
        }
    }
    let check = UpstreamCheck(at: .noon, nextAt: .noon + 10, sealedTokens: "later")
    try expect(try record(check, ids[0]) && record(check, ids[1]), "what came of asking is kept")
    let query = AuditQuery(userID: dora.id, eventPrefix: "user.sign_in_needed")
    try expect(try store.auditRecords(matching: query, before: nil, limit: 9).count == 2, "and told")
    let outdated = UpstreamCheck(at: .noon, nextAt: nil, sealedTokens: "before")
    try expect(try !record(outdated, ids[0], after: outdated), "what is about something older isn't")
    try expect(try store.upstreamLink(ids[0])?.check == check, "and changes nothing")
    try expect(try store.upstreamLink(ids[1])?.check.nextAt == nil, "nobody is asked about whom nothing lives here")
    try expect(try take(issuer, 9) == nil, "nobody is asked about before it is time")
    try expect(try take("https://other.example", 10) == nil, "nor by whoever doesn't know them")
    try expect(try take(issuer, 10) == ids[0], "then one asks, about whom something lives here")
    try expect(
        try take(issuer, 10) == nil && store.takeUpstreamCheck(of: ids[0], at: .noon + 10) == nil, "and no other")
    try expect(
        try store.upstreamLink(ids[0])?.check.mayBeSpent == false, "who took it is believed to keep what comes of it")
    try expect(try take(issuer, 10 + UpstreamCheck.lease) == ids[0], "unless that one is gone")
    try expect(try store.upstreamLink(ids[0])?.check.mayBeSpent == true, "with what may have come of it")
    let late = UpstreamCheck(at: .noon, nextAt: .noon + 999, sealedTokens: "later", sid: nil)
    try expect(try record(late, ids[0]), "who is asked about late")
    func plan(_ issuer: String, _ interval: Int64) throws -> Int {
        try store.planUpstreamChecks(by: issuer, within: interval, at: .noon)
    }
    try expect(try plan("https://other.example", 60) == 0 && plan(issuer, 999) == 0, "stays so where that is right")
    try expect(try plan(issuer, 60) == 1, "or is asked about in time")
    try expect(try store.upstreamLink(ids[0])?.check.nextAt == .noon + 60, "after the new interval")
    try expect(try store.oldestUpstreamCheck(by: issuer, at: .noon + 59) == nil, "nobody waits")
    try expect(try store.oldestUpstreamCheck(by: issuer, at: .noon + 90) == .noon + 60, "who waits does since then")
    try expect(try store.oldestUpstreamCheck(by: "https://other.example", at: .noon + 90) == nil, "and not elsewhere")
    try store.noteSignOut(ofUpstream: issuer, sid: "another", subject: ids[0].subject)
    try expect(try store.upstreamLink(ids[0])?.check.isSignedOut == false, "another session's end means nothing")
    try store.noteSignOut(ofUpstream: issuer, sid: nil, subject: ids[0].subject)
    try expect(try store.upstreamLink(ids[0])?.check.isSignedOut == true, "that of the tokens is known")
    var known = try store.upstreamLink(ids[0]).orBroken("a link").check
    known.isSignedOut = false
    try expect(
        try record(known, ids[0], after: known) && store.upstreamLink(ids[0])?.check.isSignedOut == true,
        "a check that didn't know of it leaves it")
    try expect(
        try record(known, ids[0]) && store.upstreamLink(ids[0])?.check.isSignedOut == false, "one that did forgets it")
    try expect(try store.unlink(ids[0], from: dora.id), "it ends")
    try expect(try store.session(digest: [9]) == nil, "with what came from there")
    try expect(try !current(dora.id).roles.contains(RoleID("editor")), "and what it gave")
    try expect(try current(dora.id).attributes["name"] == "Dora", "who they are stays")
    try expect(try !store.unlink(ids[0], from: dora.id), "once")
    try store.add(OneTimeLink(digest: [8], userID: dora.id, expiresAt: .noon + 1))
    let byRule = try signIn("d-3", ["name": "Dorothea"], in: store, at: .noon)
    try expect(try store.start(byRule, "by rule", digest: 10, at: .noon) == .started, "who comes by the rule")
    func admit(_ user: UserID, _ link: UpstreamLinkID, at now: Timestamp = .noon) throws -> Bool {
        try store.admit(link, of: user, spending: [8], at: now)
    }
    func isByHand(_ link: UpstreamLinkID) throws -> Bool? { try store.upstreamLink(link)?.isByHand }
    try expect(try !admit(eve.id, byRule.link.id), "nobody spends another's invitation")
    try expect(try !admit(dora.id, byRule.link.id, at: .noon + 1), "nor one that is over")
    try expect(try !admit(dora.id, byRule.link.id) && isByHand(byRule.link.id) == false, "nor for somebody else")
    try expect(try store.oneTimeLink(digest: [8]) != nil, "and it is there still")
    try expect(try admit(dora.id, ids[1]) && store.oneTimeLink(digest: [8]) == nil, "else it is spent")
    try expect(try !admit(dora.id, ids[1]), "once")
    let other = byRule.link.userID
    try store.add(OneTimeLink(digest: [8], userID: other, expiresAt: .noon + 1))
    try expect(try admit(other, byRule.link.id) && isByHand(byRule.link.id) == true, "it admits whom it is for")
    _ = try store.removeUser(other)
    try expectEndOfWhoIsGone(in: store)
    for user in [dora, eve] { _ = try store.removeUser(user.id) }
}

/// Whoever is gone at an upstream has nothing left here that they had by it.
private func expectEndOfWhoIsGone(in store: some Store) throws {
    let first = try signIn("gone", ["groups": ["editors"], "name": "Gwen", "dept": "Sales"], in: store, at: .noon)
    try expect(try store.start(first, "gone one", digest: 20, at: .noon) == .started, "somebody comes")
    var gwen = try store.user(first.user.id).orBroken("they are here")
    try expect(gwen.roles == [RoleID("editor")], "by what the upstream says they have a role")
    try store.add(Role(RoleID("auditor")))
    gwen.roles.insert(RoleID("auditor"))
    gwen = try store.replace(gwen, ending: .nothing)
    let id = first.link.id
    let unknown = UpstreamLinkID(issuer: id.issuer, subject: "unknown")
    try expect(try !store.endEverything(of: unknown), "of somebody unknown nothing ends")
    try expect(try store.session(digest: [20]) != nil, "nor of anybody else")

    try expect(try store.endEverything(of: id), "they are gone there")
    try expect(try store.session(digest: [20]) == nil, "all ends here")
    let after = try store.user(gwen.id).orBroken("the user stays")
    try expect(after.roles == [RoleID("auditor")], "with what they were given here alone")
    try expect(after.attributes["name"] == "Gwen", "and as who they are")
    let link = try store.upstreamLink(id).orBroken("the link stays")
    try expect(link.userID == gwen.id && link.roles.isEmpty, "and gives nothing")

    var given = after
    given.roles.insert(RoleID("editor"))
    try store.replace(given, ending: .nothing)
    try expect(try store.endEverything(of: id), "a second time ends nothing more")
    try expect(
        try store.user(gwen.id)?.roles == [RoleID("auditor"), RoleID("editor")],
        "what was given here since stays: it isn't by the upstream")
    let again = try signIn("gone", ["groups": ["editors"], "name": "Gwen"], in: store, at: .noon + 60)
    try expect(try store.start(again, "gone two", digest: 21, at: .noon + 60) == .started, "they may come back")

    // More than one change should end.
    for count in UInt8(0)..<12 {
        let more = try signIn("gone", ["groups": ["editors"], "name": "Gwen"], in: store, at: .noon + 60)
        _ = try store.start(more, "gone more \(count)", digest: 30 + count, at: .noon + 60)
    }
    try expect(try store.endEverything(of: id), "however much they have")
    try expect(try store.sessions(of: gwen.id, limit: 20).isEmpty, "it ends")
    _ = try store.removeUser(gwen.id)
    _ = try store.removeRole(RoleID("auditor"))
}

private let upstream = UpstreamName("corp")

extension Upstream {
    fileprivate static func corp() throws -> Upstream {
        Upstream(
            name: upstream, title: "Corp", issuer: try WebURI("https://corp.example").orBroken("it is a URI"),
            clientID: "broker", authentication: .basic, scope: Scope(names: ["openid"]), algorithms: [.es256],
            mapping: UpstreamMapping(roles: [RoleID("editor"): "editors"]))
    }
}

/// What is decided of somebody who has signed in there, as things stand in the store.
func signIn(
    _ subject: String, _ claims: [String: JSON], in store: some Store, at now: Timestamp,
    available: (String) throws -> Username? = { Username($0) }
) throws -> UpstreamUser {
    let upstream = try Upstream.corp()
    let identity = try UpstreamIdentity.fixture(subject, claims, of: upstream, at: now)
    let link = try store.upstreamLink(UpstreamLinkID(identity))
    return try identity.user(
        by: upstream, link: link, user: try link.flatMap { try store.user($0.userID) },
        tokens: nil, opening: Seal(current: .generate(), context: "https://login.example"),
        catalogue: try store.catalogue(), evaluator: GroupEvaluator(), available: available, random: SystemRandom(),
        at: now)
}

/// Its expressions are names of groups.
struct GroupEvaluator: UpstreamExpressionEvaluator {
    func verdict(on expression: String, over upstream: JSON) -> ExpressionVerdict {
        let groups = upstream["groups"]?.arrayValue ?? []
        return groups.contains(.string(expression)) ? .holds : .fails(gave: "0")
    }

    func value(of expression: String, over upstream: JSON) throws(ExpressionFailure) -> JSON { .null }
}

extension SessionStore {
    func start(
        _ user: UpstreamUser, _ attempt: String, digest: UInt8 = 1, at now: Timestamp, sid: String? = "a sid"
    ) throws -> SessionStart.Outcome {
        let session = Session(
            id: SessionID("of \(attempt)"), userID: user.user.id, authTime: now + -60, signedInAt: now, amr: ["pwd"],
            acr: "1", createdAt: now, lastUsedAt: now, expiresAt: now + 3600, sidKey: [1],
            upstream: UpstreamSession(upstream: upstream, link: user.link.id, sid: sid, sealedLogoutHint: "sealed"))
        return try start(
            SessionStart(
                session, digest: [digest], of: .upstream(user), spending: AttemptID(attempt), until: now + 600))
    }
}

extension UpstreamIdentity {
    /// Of an ID token with these claims, signed and verified.
    package static func fixture(
        _ subject: String, _ claims: [String: JSON], of upstream: Upstream, at now: Timestamp
    ) throws -> UpstreamIdentity {
        let key = try SigningKey.generate(.es256)
        let all: [String: JSON] = [
            "iss": .string(upstream.issuer.value), "sub": .string(subject), "aud": .string(upstream.clientID),
            "exp": .integer((now + 60).seconds), "iat": .integer(now.seconds), "nonce": "n",
        ]
        let text = try JWS.sign(
            header: "JWT", claims: .object(all.merging(claims) { _, own in own }), key: key)
        let metadata = try UpstreamMetadata(
            parsing: Array(
                """
                {"issuer": "\(upstream.issuer.value)", "authorization_endpoint": "https://corp.example/a",
                "token_endpoint": "https://corp.example/t", "jwks_uri": "https://corp.example/k"}
                """.utf8), of: upstream.issuer)
        let token = try UpstreamIDToken(
            text,
            from: Upstream(
                name: upstream.name, title: upstream.title, issuer: upstream.issuer, clientID: upstream.clientID,
                authentication: upstream.authentication, scope: upstream.scope, algorithms: [.es256]),
            metadata, keys: OneKey(set: try JWKSet(["keys": [key.publicKey.publicJWK]])), nonce: "n", accessToken: nil,
            at: now)
        return UpstreamIdentity(token, userinfo: nil, from: upstream)
    }
}

private struct OneKey: PublishedKeys {
    let set: JWKSet

    func keys(at place: KeyPlace) -> JWKSet { set }
    func newerKeys(at place: KeyPlace) -> JWKSet? { nil }
}
