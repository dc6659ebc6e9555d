import OIDCLogic

/// A search in one table for what begins with some words: field by field, each by its index, and of each row only what it
/// was found by first.
struct PrefixSearch {
    let table: String
    let columns: String
    /// Unique, and the last column of every field's index.
    let key: String
    /// SQL expressions, the key first.
    let fields: [String]

    /// `read` reads a row of ``columns``, whose number is `count`.
    func page<Item>(
        beginning prefix: String, after position: SearchPosition?, limit: Int, in reader: Database, count: Int32,
        read: (borrowing Row) throws(StoreError) -> Item
    ) throws(StoreError) -> SearchPage<Item> {
        var items: [Item] = []
        var last: SearchPosition?
        for field in fields.indices.dropFirst(position?.field ?? 0) {
            let start = position.flatMap { $0.field == field ? $0 : nil }
            let found = try reader.all(
                sql(field),
                values: [
                    .text(prefix), .text(prefix + "\u{10FFFF}"), Value(start?.text ?? prefix), Value(start?.key ?? ""),
                    Value(start != nil), Value(max(0, limit) + 1 - items.count),
                ]
            ) { row throws(StoreError) in
                (item: try read(row), text: try row.text(count), key: try row.text(count + 1))
            }
            for row in found {
                // One more than asked for shows that there is a next page.
                guard items.count < limit else { return SearchPage(items: items, next: last) }
                items.append(row.item)
                last = SearchPosition(field: field, text: row.text, key: row.key)
            }
        }
        return SearchPage(items: items, next: nil)
    }

    private func sql(_ field: Int) -> String {
        let expression = fields[field]
        let earlier = fields[..<field].map { "AND NOT ifnull(\($0) >= ?1 AND \($0) < ?2, 0)" }.joined(separator: " ")
        return """
            SELECT \(columns), \(expression), \(key) FROM \(table)
            WHERE \(expression) >= ?3 AND \(expression) < ?2 AND (?5 = 0 OR \(expression) > ?3 OR \(key) > ?4) \(earlier)
            ORDER BY \(expression), \(key) LIMIT ?6
            """
    }
}
