import JOSE
import OIDCLogic

/// What a column of a CSV file holds, by its name.
struct CSVColumn: Sendable {
    enum Content: Sendable {
        /// A member of the record, as text.
        case member
        /// A member that is true or false.
        case flag
        /// A member that is a list, with spaces between.
        case list
        /// An attribute: text, unless ``json``, a flag, or a list says otherwise.
        case attribute(String, AttributeContent)
    }

    enum AttributeContent: Sendable {
        case text, flag, list, json
    }

    let name: String
    let content: Content

    /// What begins the name of a column whose cells are JSON.
    private static let jsonPrefix = "attribute:"

    /// Throws ``AdministrationError`` for a name that no attribute can have.
    init(_ name: String) throws(AdministrationError) {
        self.name = name
        switch name {
        case "username", "sub", "password", "password_hash": content = .member
        case "disabled": content = .flag
        case "roles", "groups": content = .list
        case "email_verified", "phone_number_verified": content = .attribute(name, .flag)
        case EmailAddresses.othersName: content = .attribute(name, .list)
        case _ where name.hasPrefix(Self.jsonPrefix):
            content = .attribute(String(name.dropFirst(Self.jsonPrefix.count)), .json)
        default: content = .attribute(name, .text)
        }
        guard case .attribute(let attribute, _) = content else { return }
        guard !attribute.isEmpty else { throw .invalid("a column has no name") }
        var attributes = UserAttributes()
        try attributes.set(attribute, to: .null)
    }

    /// Whether both fill the same place.
    func means(_ other: CSVColumn) -> Bool { place.hasSameBytes(as: other.place) }

    private var place: String {
        if case .attribute(let attribute, _) = content { Self.jsonPrefix + attribute } else { name }
    }
}

/// A row, in the members of a JSON line.
struct CSVRow {
    private var own: [String: JSON] = [:]
    private var attributes: [String: JSON] = [:]

    var members: [String: JSON] {
        attributes.isEmpty ? own : own.merging(["attributes": .object(attributes)]) { own, _ in own }
    }

    mutating func set(_ column: CSVColumn, to text: String) throws(AdministrationError) {
        switch column.content {
        case .member: own[column.name] = .string(text)
        case .flag: own[column.name] = try Self.flag(text, column)
        case .list: own[column.name] = Self.list(text)
        case .attribute(let name, let content):
            switch content {
            case .text: attributes[name] = .string(text)
            case .flag: attributes[name] = try Self.flag(text, column)
            case .list: attributes[name] = Self.list(text)
            case .json: attributes[name] = try Self.json(text, column)
            }
        }
    }

    /// Spreadsheets write them in capitals.
    private static func flag(_ text: String, _ column: CSVColumn) throws(AdministrationError) -> JSON {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: throw .invalid("\(column.name) is \"\(text)\"; it must be true or false")
        }
    }

    private static func list(_ text: String) -> JSON {
        .array(text.split(separator: " ").map { .string(String($0)) })
    }

    private static func json(_ text: String, _ column: CSVColumn) throws(AdministrationError) -> JSON {
        do {
            return try JSON(parsing: Array(text.utf8))
        } catch {
            throw .invalid(
                "\(column.name) is \(text), which is not JSON; a string needs quotes, each doubled in CSV: "
                    + "\"\"\"\(text)\"\"\"")
        }
    }
}
