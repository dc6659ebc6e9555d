import OIDCLogic

/// What an upstream is asked by is never lost to somebody who knows something older.
func expectUpstreamTokens(in store: some Store) throws {
    let amy = try signIn("amy", [:], in: store, at: .noon)
    try expect(try store.start(amy, "one", at: .noon) == .started, "somebody comes")
    let id = amy.link.id
    func check() throws -> UpstreamCheck { try store.upstreamLink(id).orBroken("a link").check }
    func record(
        _ tokens: String?, after former: UpstreamCheck, mayBeSpent: Bool = false, _ event: AuditEvent? = nil
    ) throws -> Bool {
        var check = former
        (check.sealedTokens, check.mayBeSpent, check.isEnding) = (tokens, mayBeSpent, false)
        return try store.record(check, of: id, after: former, telling: event, at: .noon)
    }
    try expect(try record("first", after: try check(), mayBeSpent: true), "what came of asking is kept")
    try expect(try check().sealedTokens == "first" && check().mayBeSpent, "and whether an answer was lost")

    var ending = try check()
    ending.isEnding = true
    let isKept = try store.record(ending, of: id, after: try check(), telling: nil, at: .noon)
    try expect(try isKept && check() == ending, "and that what they had is being ended")
    try expect(try record("first", after: ending), "until it is")

    let before = try check()
    let again = try signIn("amy", [:], in: store, at: .noon + 9)
    try expect(try record("second", after: before), "a check gets others")
    try expect(
        try store.start(again, "two", digest: 2, at: .noon + 9) == .started,
        "while somebody signs in without any, who read the ones of before")
    try expect(try check().sealedTokens == "second" && !check().mayBeSpent, "the newer ones stay")
    try expect(try check().at == .noon + 9, "with the time of the sign-in")

    var asked = try check()
    asked.at = .noon
    try expect(try !record("third", after: asked), "what a check finds that began before is about something older")
    try expect(try check().sealedTokens == "third" && check().at == .noon + 9, "but its tokens are the newest")
    try expect(try !record("fourth", after: asked), "unless there are others by then")
    try expect(try check().sealedTokens == "third", "which serve")

    let unaware = try check()
    try store.noteSignOut(ofUpstream: id.issuer, sid: unaware.sid, subject: id.subject)
    try expect(try !record("third", after: unaware, .userGone), "whoever has signed out meanwhile isn't gone")
    try expect(try record("third", after: try check(), .userGone), "unless that is known and means nothing")
}
