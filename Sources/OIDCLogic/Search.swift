/// A page of what begins with the words of a search, and where the next one begins.
package struct SearchPage<Item: Sendable>: Sendable {
    package let items: [Item]
    /// Nil: these were the last.
    package let next: SearchPosition?

    package init(items: [Item], next: SearchPosition?) {
        self.items = items
        self.next = next
    }

    /// What all pages hold, each found by where the one before it ended.
    package static func all(_ page: (SearchPosition?) throws -> SearchPage) rethrows -> [Item] {
        var items: [Item] = []
        var position: SearchPosition?
        repeat {
            let page = try page(position)
            items += page.items
            position = page.next
        } while position != nil
        return items
    }
}

/// After what a page of a search begins: which of the things that are searched was the last one found by, what that was,
/// and its key.
package struct SearchPosition: Sendable, Equatable {
    package let field: Int
    package let text: String
    package let key: String

    package init(field: Int, text: String, key: String) {
        self.field = field
        self.text = text
        self.key = key
    }
}
