import JOSE

extension JSON {
    /// The same on several lines, members in the order of their names.
    package var readableText: String { readable(indent: "") }

    private func readable(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .object(let members) where !members.isEmpty:
            let lines = members.keys.sorted().map { name in
                "\(inner)\(JSON.string(name).text): \((members[name] ?? .null).readable(indent: inner))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        case .array(let items) where !items.isEmpty:
            let lines = items.map { inner + $0.readable(indent: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        default:
            return text
        }
    }
}
