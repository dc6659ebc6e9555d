/// Finds the name that someone probably meant.
package enum Nearest {
    /// The one of `candidates` that differs from `name` by the fewest inserted, left out, changed or swapped bytes; nil
    /// if none is near enough to be worth saying.
    package static func name(to name: String, among candidates: some Sequence<String>) -> String? {
        let limit = max(1, name.utf8.count / 3)
        let ranked = candidates.map { (distance: distance(name, $0), name: $0) }
        return ranked.filter { $0.distance <= limit }.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// ` Did you mean "…"?`, or nothing.
    package static func question(_ name: String, among candidates: some Sequence<String>) -> String {
        self.name(to: name, among: candidates).map { " Did you mean \"\($0)\"?" } ?? ""
    }

    /// The optimal string alignment distance, without regard to case.
    private static func distance(_ one: String, _ other: String) -> Int {
        let one = Array(one.lowercased().utf8)
        let other = Array(other.lowercased().utf8)
        var before: [Int] = []
        var previous = Array(0...other.count)
        for (row, byte) in one.enumerated() {
            var current = [row + 1]
            for (column, candidate) in other.enumerated() {
                var best = min(
                    previous[column + 1] + 1, current[column] + 1, previous[column] + (byte == candidate ? 0 : 1))
                if row > 0, column > 0, byte == other[column - 1], one[row - 1] == candidate {
                    best = min(best, before[column - 1] + 1)
                }
                current.append(best)
            }
            before = previous
            previous = current
        }
        return previous[other.count]
    }
}
