import JOSE
import OIDCLogic
import Testing

@Suite struct AuditChangeTests {
    @Test func `only what differs is told, and a secret is a word`() {
        let former = AuditedState(
            ["same": 1, "other": "a", "gone": true, "absent": nil],
            secrets: ["kept": "x", "changed": "x", "removed": "x", "none": nil])
        let next = AuditedState(
            ["same": 1, "other": "b", "new": [1]], secrets: ["kept": "x", "changed": "y", "set": "y", "none": nil])
        let change = AuditChange(from: former, to: next)
        #expect(change.before == ["other": "a", "gone": true])
        #expect(
            change.after == ["other": "b", "new": [1], "changed": "changed", "removed": "removed", "set": "set"])
        #expect(AuditChange(from: former, to: former).isEmpty)
        #expect(AuditChange(from: former, to: nil) == AuditChange(before: ["same": 1, "other": "a", "gone": true]))
    }

    @Test func `what differs in its bytes alone differs`() {
        let composed = AuditedState(["name": "Zo\u{EB}"], secrets: ["secret": "\u{EB}"])
        let decomposed = AuditedState(["name": "Zoe\u{308}"], secrets: ["secret": "e\u{308}"])
        let change = AuditChange(from: composed, to: decomposed)
        #expect(change.before.count == 1 && change.after["secret"] == "changed")
    }

    @Test func `what ended by it is counted`() {
        let change = AuditChange().ending(2, "sessions").ending(0, "grants")
        #expect(change == AuditChange(before: ["sessions": 2], after: ["sessions": 0]))
    }

    @Test func `a side without members has no text`() {
        let texts = AuditChange(after: ["b": 1, "a": "ä"]).texts
        #expect(texts.before == nil && texts.after == #"{"a":"ä","b":1}"#)
    }

    @Test func `the longest members are left out first, and said to be`() throws {
        var members: [String: JSON] = ["short": "b", "long": .string(String(repeating: "a", count: 5000))]
        members["second"] = .string(String(repeating: "c", count: 3000))
        let texts = AuditChange(before: members, after: members).texts
        let before = try JSON(parsing: Array(#require(texts.before).utf8))
        #expect(before["long"] == "(5002 bytes, left out)")
        #expect(before["second"] == members["second"] && texts.after == texts.before)
    }

    @Test func `so are the last of too many members`() throws {
        let many = (0..<10_000).map { ("attributes.\(10_000 + $0)", JSON.integer(Int64($0))) }
        let text = try #require(AuditChange(after: Dictionary(uniqueKeysWithValues: many)).texts.after)
        #expect(text.utf8.count <= AuditChange.limit)
        let after = try #require(JSON(parsing: Array(text.utf8)).objectValue)
        #expect(after["attributes.10000"] == 0)
        let kept = after.count - 1
        #expect(after["…"] == .string("(\(10_000 - kept) more members, left out)"))
        #expect(kept > 100)
    }

    @Test(arguments: [
        (AuditEvent.registrationTokenIssued, "registration_token", false), (.sessionEnded, "session", true),
        (.userPasswordReset, "user", false),
    ])
    func `an event says what it happened to`(event: AuditEvent, object: String, isOfSession: Bool) {
        #expect(event.object == object && event.isOfSession == isOfSession)
    }
}
