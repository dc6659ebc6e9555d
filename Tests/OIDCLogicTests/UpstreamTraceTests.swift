import JOSE
import Testing

@testable import OIDCLogic

struct UpstreamTraceTests {
    private static let groups = JSON.array((0..<300).map { .string("group \($0) of those that somebody is in there") })

    private func size(_ steps: [UpstreamTrace.Step]) -> Int { JSON.array(steps.map(\.json)).serialized().count }

    // MARK: Room

    @Test func `a trace that is too long says less of its longest steps, and all of its last one`() {
        let long = UpstreamTrace.Step(at: .noon, "long", ["groups": Self.groups])
        let short = UpstreamTrace.Step(at: .noon, "short", ["name": "Amy"])
        let last = UpstreamTrace.Step(at: .noon, "why", outcome: .refused)
        let kept = UpstreamTrace.fitting([short] + Array(repeating: long, count: 9) + [short, last])
        #expect(size(kept) <= UpstreamTrace.limit)
        #expect(kept.map(\.what) == ["short"] + Array(repeating: "long", count: 9) + ["short", "why"])
        #expect(kept.first == short && kept[10] == short && kept.last == last)
        #expect(kept[1].json.text.contains("more, left out") && kept[1].json.text.contains("group 0 of"))
        #expect(UpstreamTrace.fitting([short, last]) == [short, last])
        #expect(UpstreamTrace.fitting([]).isEmpty)
    }

    @Test func `where there are too many steps some of the middle are left out, and said to be`() {
        let steps = (0..<2000).map { UpstreamTrace.Step(at: .noon, "The attribute number \($0)", ["gave": "Sales"]) }
        let last = UpstreamTrace.Step(at: .noon, "in", outcome: .signedIn)
        let kept = UpstreamTrace.fitting(steps + [last])
        #expect(size(kept) <= UpstreamTrace.limit && size(kept) > UpstreamTrace.limit * 9 / 10)
        #expect(kept.first == steps.first && kept.last == last)
        #expect(kept.dropLast().last?.what.hasPrefix("\(2001 - (kept.count - 1)) steps are left out here") ?? false)
        #expect(UpstreamTrace.fitting(kept) == kept)
    }

    @Test func `a step is shortened where it is long, between two characters`() {
        let step = UpstreamTrace.Step(
            at: .noon, "one", ["groups": .array((0..<5000).map { .integer($0) }), "name": "Amy"])
        #expect(step.details["name"] == "Amy")
        #expect(step.details["groups"]?.arrayValue?.count == 51)
        #expect(step.details["groups"]?.arrayValue?.last == "(4950 more, left out)")
        let text = UpstreamTrace.Step(at: .noon, "x" + String(repeating: "é", count: 3000)).what
        #expect(text == "x" + String(repeating: "é", count: 1023) + "… (3954 bytes more, left out)")
        let wide = JSON.object(Dictionary(uniqueKeysWithValues: (0..<5000).map { ("\($0)", .null) }))
        #expect(UpstreamTrace.Step(at: .noon, "two", wide).details.stringValue?.hasSuffix("bytes, left out)") ?? false)
    }

    // MARK: Outcome

    @Test func `what it came to is what its last step says, and nothing else`() throws {
        func trace(_ steps: [UpstreamTrace.Step]) throws -> UpstreamTrace {
            let stored = try steps.map { try #require(UpstreamTrace.Step(stored: $0.json)) }
            #expect(stored == steps)
            return UpstreamTrace(
                id: UpstreamTraceID("one"), upstream: UpstreamName("corp"), digest: [1], startedAt: .noon,
                expiresAt: .noon + 900, begunAt: .noon, endedAt: .noon, steps: stored)
        }
        let step = UpstreamTrace.Step(at: .noon, "one")
        #expect(try trace([step]).outcome == nil, "that nothing is said of a fault is no sign-in")
        #expect(try trace([step, .init(at: .noon, "two", outcome: .signedIn)]).outcome == .signedIn)
        let refused = try trace([step, .init(at: .noon, "two", outcome: .refused)])
        #expect(refused.outcome == .refused && refused.steps.map(\.isFault) == [false, true])
    }
}
