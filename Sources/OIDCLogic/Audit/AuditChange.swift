import JOSE

/// The members of a thing that a change has changed, as they were and as they are.
package struct AuditChange: Sendable, Equatable {
    package private(set) var before: [String: JSON]
    package private(set) var after: [String: JSON]

    package init(before: [String: JSON] = [:], after: [String: JSON] = [:]) {
        self.before = before
        self.after = after
    }

    /// Only what differs. Nil: there was none, or there is none any more.
    ///
    /// A secret is a word: `set`, `changed` or `removed`.
    package init(from former: AuditedState?, to next: AuditedState?) {
        let old = former?.members ?? [:]
        let new = next?.members ?? [:]
        before = old.filter { name, value in new[name] != value }
        after = new.filter { name, value in old[name] != value }
        guard let next else { return }
        let names = Set((former?.secrets ?? [:]).keys).union(next.secrets.keys)
        for name in names {
            switch (former?.secrets[name], next.secrets[name]) {
            case (nil, .some): after[name] = "set"
            case (.some, nil): after[name] = "removed"
            case (let old?, let new?) where !old.utf8.elementsEqual(new.utf8): after[name] = "changed"
            default: break
            }
        }
    }

    package var isEmpty: Bool { before.isEmpty && after.isEmpty }

    /// With that many things of a kind that ended by it; none are not worth a word.
    package func ending(_ count: Int, _ kind: String) -> AuditChange {
        guard count > 0 else { return self }
        var change = self
        change.before[kind] = .integer(Int64(count))
        change.after[kind] = 0
        return change
    }

    package func with(_ name: String, _ value: JSON) -> AuditChange {
        var change = self
        change.after[name] = value
        return change
    }

    /// In bytes: what either side may have of JSON.
    package static let limit = 4096

    /// Both sides as JSON, nil for one without members. What is too long is left out, and said to be: the longest members
    /// first.
    package var texts: (before: String?, after: String?) { (Self.text(before), Self.text(after)) }

    private static func text(_ members: [String: JSON]) -> String? {
        guard !members.isEmpty else { return nil }
        let text = JSON.object(members).text
        return text.utf8.count > limit ? JSON.object(shortened(members, from: text.utf8.count)).text : text
    }

    /// - Parameter size: what they have as JSON, in bytes.
    private static func shortened(_ members: [String: JSON], from size: Int) -> [String: JSON] {
        var size = size
        var kept = members
        let sizes = members.mapValues { $0.serialized().count }
        for (name, bytes) in sizes.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) where size > limit {
            let note = JSON.string("(\(bytes) bytes, left out)")
            let saved = bytes - note.serialized().count
            guard saved > 0 else { break }
            kept[name] = note
            size -= saved
        }
        guard size > limit else { return kept }
        // So many of them that their names alone are too long.
        var left = 0
        for name in kept.keys.sorted(by: >) where size > limit - 64 {
            guard let value = kept.removeValue(forKey: name) else { continue }
            // With a comma in the place of both braces.
            size -= JSON.object([name: value]).serialized().count - 1
            left += 1
        }
        kept["…"] = .string("(\(left) more members, left out)")
        return kept
    }
}
