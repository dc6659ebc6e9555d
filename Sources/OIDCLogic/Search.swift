/// A page of what begins with the words of a search, and where the next one begins.
package struct SearchPage<Item: Sendable>: Sendable {
    package let items: [Item]
    /// Nil: these were the last.
    package let next: SearchPosition?

    package init(items: [Item], next: SearchPosition?) {
        self.items = items
        self.next = next
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
