/// Rows in aligned columns.
struct Table {
    private let headings: [String]
    private var rows: [[String]] = []

    init(_ headings: String...) { self.headings = headings }

    mutating func add(_ cells: String...) { rows.append(cells.map(DisplayText.safe)) }

    /// Prints it, or `empty` if it has no rows.
    func print(empty: String) {
        guard !rows.isEmpty else {
            Swift.print(empty)
            return
        }
        let widths = headings.indices.map { column in
            ([headings] + rows).map { $0[column].count }.max() ?? 0
        }
        Swift.print(Terminal.bold(Self.line(headings, widths)))
        for row in rows { Swift.print(Self.line(row, widths)) }
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            if !line.isEmpty { line += "  " }
            line += cell + String(repeating: " ", count: width - cell.count)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
