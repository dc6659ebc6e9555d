import JOSE
import OIDCLogic

/// A provider has another issuer since: who was linked by the one is linked by the other.
func expectUpstreamMoves(in store: some Store) throws {
    let former = "https://corp.example"
    let issuer = "https://new.example"
    func known(_ subject: String, by issuer: String) throws -> UpstreamLink? {
        try store.upstreamLink(UpstreamLinkID(issuer: issuer, subject: subject))
    }
    try store.addFixtures()
    try store.add(Role(RoleID("editor")))
    let amy = try signIn("amy", ["groups": ["editors"]], in: store, at: .noon)
    try expect(try store.start(amy, "one", at: .noon) == .started, "somebody comes by the issuer of before")
    let bob = try signIn("bob", [:], in: store, at: .noon)
    try expect(try store.start(bob, "two", digest: 2, at: .noon) == .started, "and somebody else")
    try expect(
        try store.redeemOrRevoke(.fixture(user: amy.user.id, session: "of one")) == .recorded, "an app has a grant")
    var check = amy.link.check
    check.sealedTokens = "sealed"
    let kept = try store.record(check, of: amy.link.id, after: amy.link.check, telling: nil, at: .noon)
    try expect(kept, "with tokens that it is asked by")
    let corp = UpstreamDeclaration(
        name: UpstreamName("corp"), members: ["issuer": .string(former)], createdAt: .noon, updatedAt: .noon)
    try store.add(corp)
    try expect(try store.upstreamLinkCounts() == [former: 2], "who is linked is counted")

    var next = corp
    next.members["issuer"] = .string(issuer)
    let move = UpstreamMove(former: former, issuer: issuer, upstream: UpstreamName("new"), declaration: next)
    try expectConflict(of: move, with: "bob", in: store)
    try expect(try known("amy", by: former) != nil, "where one is in the way nobody is moved")
    try expect(try store.upstreamDeclarations() == [corp], "and nothing changed")

    try expect(try store.move(move) == 2, "all are moved that the former named")
    try expect(try store.upstreamLinkCounts() == [issuer: 2], "and nobody stays")
    try expect(try store.upstreamDeclarations() == [next.next], "the upstream has the other issuer by then")
    let link = try known("amy", by: issuer).orBroken("they are known by the other one")
    try expect(
        link.userID == amy.user.id && link.roles == amy.link.roles, "as whom they were, with what they have by it")
    try expect(link.check.sealedTokens == nil, "the tokens of the former serve at no other")
    try expect(link.check.at == amy.link.check.at, "what it said of them holds for as long as it would have")
    let session = try store.session(digest: [1]).orBroken("their session goes on")
    try expect(
        session.upstream == UpstreamSession(upstream: UpstreamName("new"), link: link.id, sid: "a sid"),
        "as one that came from the other, where nobody is signed out by what the former gave")
    try expect(try store.grant(GrantID("code-1"))?.upstream == link.id, "and what apps were granted in it")
    try expect(
        try store.endSessions(ofUpstream: issuer, sid: "a sid", subject: "amy") == 1, "a sign-out there finds them")
    try expect(.changed, "one that has changed since isn't moved") { try store.move(move) }
    try expect(
        try store.move(UpstreamMove(former: former, issuer: issuer, upstream: UpstreamName("new"))) == 0,
        "a second time there is nobody")
    let told = try store.auditRecords(matching: AuditQuery(eventPrefix: "upstream.moved"), before: nil, limit: 9)
    try expect(
        told.last?.change
            == AuditChange(
                before: ["issuer": .string(former)], after: ["issuer": .string(issuer), "people": 2]),
        "the audit log tells from where, to where, and how many")
}

/// Whom both name is in the way: as two users, or as one with two links.
private func expectConflict(of move: UpstreamMove, with subject: String, in store: some Store) throws {
    let zoe = User.fixture("zoe", name: "zoe")
    try store.add(zoe)
    let upstream = Upstream(
        name: move.upstream, title: "New", issuer: try WebURI(move.issuer).orBroken("it is a URI"), clientID: "broker",
        authentication: .basic, scope: Scope(names: ["openid"]), algorithms: [.es256])
    let known = try UpstreamIdentity.fixture(subject, [:], of: upstream, at: .noon).linked(
        to: try store.user(zoe.id).orBroken("the user is there"), isInvited: true, by: upstream, tokens: nil,
        opening: Seal(current: .generate(), context: "https://login.example"), catalogue: try store.catalogue(),
        evaluator: GroupEvaluator(), at: .noon)
    try expect(try store.link(known, spending: nil, at: .noon), "somebody came by the other one already")
    func inTheWay(_ limit: Int) throws -> [UpstreamLink] {
        try store.upstreamLinks(of: move.issuer, alsoNamedBy: move.former, limit: limit)
    }
    try expect(try inTheWay(9) == [known.link], "who is in the way is found")
    try expect(try inTheWay(0).isEmpty, "at most so many")
    try expect(.exists, "and nobody is moved over them") { try store.move(move) }
    try expect(try store.unlink(known.link.id, from: zoe.id), "they are unlinked")
    try expect(try inTheWay(9).isEmpty, "and in nobody's way")
}
