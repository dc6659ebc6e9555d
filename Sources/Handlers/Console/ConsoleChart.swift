/// Counts over time, as bars.
struct ConsoleChart: Sendable {
    /// Over what time.
    var title: String
    /// What is counted, in words for those who don't see it.
    var description: String
    /// The oldest first.
    var bars: [(label: String, count: Int)]
    /// What is told of all of them: how many they are together, or else the most of one.
    var isSum = true

    private static let height = 60

    var members: PageMembers {
        let highest = bars.map(\.count).max() ?? 0
        let figure = isSum ? "\(bars.map(\.count).reduce(0, +))" : "\(highest)"
        return PageMembers([
            .heading: .text(title), .description: .text("\(description): \(figure)"), .value: .text(figure),
            .width: .text("\(max(1, bars.count) * 10)"),
            .first: .text(bars.first?.label ?? ""), .last: .text(bars.last?.label ?? ""),
            .bars: .list(
                bars.enumerated().map { index, bar in
                    let height = bar.count == 0 ? 1 : max(2, bar.count * Self.height / max(1, highest))
                    return PageMembers([
                        .x: .text("\(index * 10 + 1)"), .y: .text("\(Self.height - height)"),
                        .height: .text("\(height)"), .label: .text("\(bar.label): \(bar.count)"),
                    ])
                }),
        ])
    }
}
