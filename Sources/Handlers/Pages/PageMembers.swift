import Mustache

/// What a page fills its template with. Nothing in it is HTML: every text is escaped where it's shown.
package struct PageMembers: Sendable {
    /// A value that a template can show or branch on.
    package enum Value: Sendable {
        case text(String)
        case flag(Bool)
        case group(PageMembers)
        case list([PageMembers])
    }

    private var values: [PageMember: Value]

    package init(_ values: [PageMember: Value] = [:]) { self.values = values }

    package subscript(member: PageMember) -> Value? {
        get { values[member] }
        set { values[member] = newValue }
    }

    /// An absent text is an absent member: its section isn't shown.
    package subscript(text member: PageMember) -> String? {
        get { if case .text(let text) = values[member] { text } else { nil } }
        set { values[member] = newValue.map(Value.text) }
    }
}

/// Found by name rather than by reflection, which would cost more than the rest of the page.
extension PageMembers: MustacheParent {
    package func child(named name: String) -> Any? {
        guard let member = PageMember(rawValue: name), let value = values[member] else { return nil }
        return switch value {
        case .text(let text): text
        case .flag(let flag): flag
        case .group(let members): members
        case .list(let list): list
        }
    }
}
