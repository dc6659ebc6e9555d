/// What is known of one thing, a line each.
struct Details {
    private var lines: [(name: String, value: String)] = []

    /// Nothing is shown for nil.
    mutating func add(_ name: String, _ value: String?) {
        if let value { lines.append((name, DisplayText.safe(value))) }
    }

    /// The first stands beside the name, the others below it.
    mutating func add(_ name: String, _ values: [String]) {
        for (index, value) in values.enumerated() { add(index == 0 ? name : "", value) }
    }

    func print() {
        let width = lines.map(\.name.count).max() ?? 0
        for line in lines {
            let gap = String(repeating: " ", count: width - line.name.count + 2)
            Swift.print("  \(Terminal.bold(line.name))\(gap)\(line.value)")
        }
    }
}
