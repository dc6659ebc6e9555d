import JOSE

/// JSON Schema (2020-12, as OpenAPI 3.1 has it), as far as the API's document needs it.
enum JSONSchema {
    static let anything: JSON = .object([:])
    static let boolean: JSON = ["type": "boolean"]
    static func boolean(_ description: String) -> JSON { ["type": "boolean", "description": .string(description)] }
    static let time: JSON = ["type": "integer", "description": "Seconds since 1970"]
    static func time(_ description: String) -> JSON {
        ["type": "integer", "description": .string(description + ", in seconds since 1970")]
    }

    static func text(_ description: String? = nil, atLeast: Int64 = 0, atMost: Int64? = nil) -> JSON {
        var members: [String: JSON] = ["type": "string"]
        members["description"] = description.map(JSON.string)
        if atLeast > 0 { members["minLength"] = .integer(atLeast) }
        members["maxLength"] = atMost.map(JSON.integer)
        return .object(members)
    }

    static func choice(_ values: [String], _ description: String? = nil) -> JSON {
        var members: [String: JSON] = ["type": "string", "enum": .array(values.map(JSON.string))]
        members["description"] = description.map(JSON.string)
        return .object(members)
    }

    static func integer(_ range: ClosedRange<Int64>, _ description: String? = nil) -> JSON {
        var members: [String: JSON] = [
            "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
        ]
        members["description"] = description.map(JSON.string)
        return .object(members)
    }

    static func list(_ items: JSON = text(), _ description: String? = nil) -> JSON {
        var members: [String: JSON] = ["type": "array", "items": items]
        members["description"] = description.map(JSON.string)
        return .object(members)
    }

    /// - Parameter isOpen: whether there may be other members.
    static func object(_ properties: [String: JSON], required: [String] = [], isOpen: Bool = false) -> JSON {
        var members: [String: JSON] = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { members["required"] = .array(required.sorted().map(JSON.string)) }
        if !isOpen { members["additionalProperties"] = false }
        return .object(members)
    }

    /// Null as well, which takes a member out.
    static func orNull(_ schema: JSON) -> JSON {
        guard var members = schema.objectValue, case .string(let type) = members["type"] else { return schema }
        members["type"] = [.string(type), "null"]
        if let values = members["enum"]?.arrayValue { members["enum"] = .array(values + [.null]) }
        return .object(members)
    }

    static func reference(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }
}
