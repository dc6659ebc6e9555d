import JOSE

/// How much a trace keeps. What is too long is shortened where it is long, and said to be.
enum TraceLength {
    /// In bytes, of what a step says, and of its details.
    static let what = 2048
    static let details = 16 * 1024
    /// Of details that have to give way to others.
    private static let shortDetails = 2048

    static func shortened(_ text: String, to limit: Int) -> String {
        let count = text.utf8.count
        guard count > limit else { return text }
        // A character that the cut parts is left out as a whole.
        var start = text.utf8.prefix(limit)
        while String(start) == nil { start = start.dropLast() }
        return "\(String(start) ?? "")… (\(count - start.count) bytes more, left out)"
    }

    /// Long lists and texts are cut, and if that isn't enough all of it.
    static func fitting(_ details: JSON, _ limit: Int) -> JSON {
        let count = details.serialized().count
        guard count > limit else { return details }
        for most in [50, 20, 5] {
            let shorter = shortened(details, most: most)
            if shorter.serialized().count <= limit { return shorter }
        }
        return .string("(\(count) bytes, left out)")
    }

    private static func shortened(_ json: JSON, most: Int) -> JSON {
        switch json {
        case .string(let text): .string(shortened(text, to: most * 10))
        case .array(let items):
            .array(
                items.prefix(most).map { shortened($0, most: most) }
                    + (items.count > most ? [.string("(\(items.count - most) more, left out)")] : []))
        case .object(let members): .object(members.mapValues { shortened($0, most: most) })
        case .null, .bool, .integer, .number: json
        }
    }

    /// A step with less of its details; nil: it has no more that it could spare.
    fileprivate static func shorter(_ step: UpstreamTrace.Step) -> UpstreamTrace.Step? {
        let details = fitting(step.details, shortDetails)
        return details == step.details
            ? nil : UpstreamTrace.Step(at: step.at, step.what, details, outcome: step.outcome)
    }
}

extension UpstreamTrace {
    /// All of them, if they are no longer than ``limit``. Else the longest are shortened; and if there are still too many, some
    /// of the middle are left out, and said to be. The last one, which says what it came to, is kept in any case.
    package static func fitting(_ steps: [Step]) -> [Step] {
        var steps = steps
        var sizes = steps.map(size)
        var total = sizes.reduce(0, +)
        for index in sizes.indices.sorted(by: { sizes[$0] > sizes[$1] }) where total > limit {
            guard let shorter = TraceLength.shorter(steps[index]) else { continue }
            steps[index] = shorter
            total += size(of: shorter) - sizes[index]
            sizes[index] = size(of: shorter)
        }
        guard total > limit, let last = steps.last, let lastSize = sizes.last else { return steps }
        var room = limit - lastSize - 256
        let first = zip(steps, sizes).prefix { _, size in
            room -= size
            return room >= 0
        }.map(\.0)
        let leftOut = Step(
            at: last.at, "\(steps.count - first.count - 1) steps are left out here: there is no room for them")
        return first + [leftOut, last]
    }

    /// With the comma after it.
    private static func size(of step: Step) -> Int { step.json.serialized().count + 1 }
}
