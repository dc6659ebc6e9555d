import JOSE
import OIDCLogic

/// Reads the lists `scopes`, `roles`, `groups`, `clients` and `claims.custom` of a file.
struct DeclarationReading {
    private(set) var declarations = Declarations()

    init(_ root: ConfigurationSection, claims: ConfigurationSection, in file: DeclaringFile) {
        declarations.scopes = root.items("scopes") { section, line in
            defer { section.refuseUnknown() }
            let description = section.value("description")?.text
            guard let name = Self.name(section, line) else { return nil }
            return Declarations.Scope(place: file.place(line), name: name, description: description)
        }
        declarations.roles = root.items("roles") { section, line in
            defer { section.refuseUnknown() }
            let client = section.value("client")?.text
            let description = section.value("description")?.text
            guard let name = Self.name(section, line) else { return nil }
            return Declarations.Role(place: file.place(line), name: name, client: client, description: description)
        }
        declarations.groups = root.items("groups") { section, line in
            defer { section.refuseUnknown() }
            let description = section.value("description")?.text
            let roles = section.values("roles")?.map(\.text) ?? []
            guard let name = Self.name(section, line) else { return nil }
            return Declarations.Group(place: file.place(line), name: name, description: description, roles: roles)
        }
        declarations.clients = root.items("clients") { section, line in
            DeclaredClientReading(section, line, in: file).client
        }
        declarations.claims = claims.items("custom") { section, line in Self.claim(section, line, in: file) }
    }

    private static func name(_ section: ConfigurationSection, _ line: Int?) -> String? {
        let name = section.value("name")?.text
        if name == nil { section.fault("has no name", line: line) }
        return name
    }

    private static func claim(
        _ section: ConfigurationSection, _ line: Int?, in file: DeclaringFile
    ) -> Declarations.Claim? {
        defer { section.refuseUnknown() }
        let name = name(section, line)
        let client = section.value("client")?.text
        var sources: [ClaimSource] = []
        // As the store will give it back, so that the same number is the same value.
        if let value = section.json("value"), let value = try? JSON(parsing: value.serialized()) {
            sources.append(.constant(value))
        }
        if let attribute = section.value("attribute") { sources.append(.attribute(attribute.text)) }
        if let expression = section.value("expression") { sources.append(.expression(expression.text)) }
        var change = ClaimChange()
        change.scope = section.value("scope")?.text ?? ""
        change.destinations = section.values("in")?.map(\.text) ?? []
        change.isRequired = section.value("required", default: false, expected: "must be true or false") { Bool($0) }
        guard let name else { return nil }
        guard let source = sources.first, sources.count == 1 else {
            section.fault("must have one of value, attribute and expression", line: line)
            return nil
        }
        change.source = source
        return Declarations.Claim(place: file.place(line), name: name, client: client, change: change)
    }
}
