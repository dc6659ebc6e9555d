/// Counts over time, as bars.
struct ConsoleChart: Sendable {
    /// What is counted, in words for those who don't see it.
    var description: String
    /// The oldest first.
    var bars: [(label: String, count: Int)]

    private static let height = 60

    var members: PageMembers {
        let most = max(1, bars.map(\.count).max() ?? 1)
        let total = bars.map(\.count).reduce(0, +)
        return PageMembers([
            .description: .text("\(description): \(total)"), .value: .text("\(total)"),
            .width: .text("\(max(1, bars.count) * 10)"),
            .first: .text(bars.first?.label ?? ""), .last: .text(bars.last?.label ?? ""),
            .bars: .list(
                bars.enumerated().map { index, bar in
                    let height = bar.count == 0 ? 1 : max(2, bar.count * Self.height / most)
                    return PageMembers([
                        .x: .text("\(index * 10 + 1)"), .y: .text("\(Self.height - height)"),
                        .height: .text("\(height)"), .label: .text("\(bar.label): \(bar.count)"),
                    ])
                }),
        ])
    }
}
